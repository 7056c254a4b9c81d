"""Tests of the room `persisted`."""
