"""Conditions of a list, written as SQL for one engine."""
