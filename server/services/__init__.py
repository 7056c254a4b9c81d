"""What the desk does. A service method checks permission in its first line.

Nothing here knows HTTP, GraphQL or HTML, and no row leaves: services return frozen views.
"""
