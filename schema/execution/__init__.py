"""How documents are bounded, cached and executed."""
