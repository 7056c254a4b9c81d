"""Tests of the HTML face, without a browser."""
