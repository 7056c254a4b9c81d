"""Tests of the room `root`."""
