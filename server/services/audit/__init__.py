"""The audit trail. Every write of the product goes through `log`."""
