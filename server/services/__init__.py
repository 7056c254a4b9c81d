"""What the desk does. Each method's first line asks the actor for permission."""
