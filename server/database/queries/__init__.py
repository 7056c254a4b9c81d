"""SQL written by hand, and rows read past Tortoise. No rule of the product lives here."""
