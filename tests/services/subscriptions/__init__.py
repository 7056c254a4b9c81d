"""Tests of the room `subscriptions`."""
