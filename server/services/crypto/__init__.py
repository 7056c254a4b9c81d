"""Keys, and all that is signed, sealed or digested with them."""
