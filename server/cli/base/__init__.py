"""What every command needs: the desk, output, and how values are written."""
