"""Real gateways with the README's own configurations, between a client and a small service."""
