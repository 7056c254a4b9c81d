"""Changes passed on to whoever may see them."""
