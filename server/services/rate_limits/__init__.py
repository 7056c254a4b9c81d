"""Rate limits, counted in Redis or in this process.

Which caller gets which limit is decided by `quotas` and `sign_in`, not by the stores.
"""
