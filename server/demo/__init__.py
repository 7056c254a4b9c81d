"""The demo world that `make run` serves."""
