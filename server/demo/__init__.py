"""The demo world that `make run` serves.

It only calls services of the desk, and never writes rows itself.
"""
