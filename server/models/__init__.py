"""The tables, one class each. Only services and the database module use them.

The first line of a class's docstring is the table's comment in SQL, and part of a migration: do not
change it without one, and put no backtick, semicolon or quote in it.
"""
