"""Lists of tokens, accounts, modules and audit records: filtered, sorted, counted, paginated.

Nothing here writes, except a person's own saved views.
"""
