"""Pure rules of the product; time and data are arguments.

No database, network, file or clock here, and no library but the standard one.
"""
