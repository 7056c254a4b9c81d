"""Cursor pages by keyset, and numbered pages.

Nothing here knows a resource or checks permission: callers pass rows already scoped.
"""
