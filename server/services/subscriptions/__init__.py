"""Streams of changes for the actors who may see them.

Nothing is delivered from memory to an actor whose permission is not known to be current.
"""
