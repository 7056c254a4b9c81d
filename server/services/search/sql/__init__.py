"""Filters and orders of a list, translated into SQL for SQLite or PostgreSQL.

Never put a caller's value into a statement: bind it with `SqlBuilder.mark`.
"""
