"""The Marketplace's REST interface, so that its own clients work here unchanged."""
