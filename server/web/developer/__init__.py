"""GraphiQL, and the page that shows the design."""
