"""Tests of the HTML face in a real browser."""
