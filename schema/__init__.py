"""The GraphQL face: a Strawberry schema whose fields each make one call on the desk."""
