"""The audit trail: writing, sealing, reading, exporting and verifying it.

`log` alone writes audit records; every audited write runs inside `AuditLog.change`.
"""
