"""Tests of the room `wizard`."""
