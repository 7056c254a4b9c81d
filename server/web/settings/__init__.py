"""An account's settings and its people."""
