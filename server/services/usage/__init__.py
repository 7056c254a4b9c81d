"""Usage of tokens: counted in memory, written in batches, reported by hour or day.

No request waits for the database to be counted.
"""
