"""The events of the audit trail, and how a change is described."""
