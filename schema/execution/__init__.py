"""How documents are limited, cached and executed, on every transport.

It may not know HTTP requests or sockets.
"""
