"""What the faces share of HTTP. It knows Starlette and no face."""
