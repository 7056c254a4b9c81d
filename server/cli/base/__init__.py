"""What every command needs: the desk, output, and parsing of values.

No command of its own belongs here.
"""
