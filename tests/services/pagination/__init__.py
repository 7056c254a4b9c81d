"""Tests of the room `pagination`."""
