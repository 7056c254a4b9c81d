"""What happens when several do the same at once, or a process dies."""
