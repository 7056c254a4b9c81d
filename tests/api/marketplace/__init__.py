"""Tests of the Marketplace's REST interface."""
