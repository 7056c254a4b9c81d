"""Real gateways, as docs/gateways.md configures them, between a client and a small service."""
