"""People: who they are, where they belong, and who vouches for them."""
