"""Tests of the room `sign_in`."""
