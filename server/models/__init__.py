"""The tables, one class each. Only services and the database module touch them.

A class's docstring becomes the table's comment in SQL: no backtick, semicolon or quote in it.
"""
