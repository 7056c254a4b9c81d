"""Tokendesk's server: everything that decides, stores or speaks HTTP."""
