"""The HTML face: pages and htmx partials for people in a browser."""
