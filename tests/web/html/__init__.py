"""Tests of the room `html`."""
