"""Tests of the room `developer`."""
