"""The audit trail's pages: the list, its filters, one record, and the export.

Nothing here may write a record.
"""
