"""Names, descriptions and searches: validation, normalization and comparison.

Comparison in SQL is in `server/services/search/sql`; both must give the same result.
"""
