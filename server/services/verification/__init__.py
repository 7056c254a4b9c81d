"""Whether a value may pass, answered from memory where it can be. Nothing here writes."""
