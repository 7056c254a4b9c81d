"""What `/metrics` tells."""
