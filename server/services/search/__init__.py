"""Lists of tokens, accounts, modules and audit records: filtered, ordered, counted."""
