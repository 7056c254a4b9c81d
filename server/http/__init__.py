"""HTTP code that all faces share: headers, forms, cookies, compression, static files.

It may import Starlette, but no face.
"""
