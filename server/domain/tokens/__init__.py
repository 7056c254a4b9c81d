"""What a token may be: states, expiry, limits, and the form of its value."""
