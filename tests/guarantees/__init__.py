"""Guarantees that cut across the rooms."""
