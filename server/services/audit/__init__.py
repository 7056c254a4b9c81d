"""The audit trail: writing and chaining (`writer`), sealing, reading, exporting, verifying.

`writer` alone writes audit records; every audited write runs inside `AuditLog.change`.
"""
