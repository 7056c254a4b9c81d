"""How a verification is judged."""
