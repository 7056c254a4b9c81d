"""Usage of tokens: counted in memory, written in batches, reported by hour."""
