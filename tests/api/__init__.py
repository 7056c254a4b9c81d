"""Tests of the machine face."""
