"""The event bus, and the listener that feeds it the changes of other processes.

Only `AuditLog.change` publishes: a change that is not audited reaches no cache.
"""
