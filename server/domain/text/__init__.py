"""What people may write, and how texts are compared."""
