"""Tests of the room `tokens`."""
