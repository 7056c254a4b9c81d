"""Objects as the Marketplace's clients send and read them."""
