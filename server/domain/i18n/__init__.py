"""Translatable messages, and the supported languages.

No catalogue is read here: a face translates, with a `Translator` of its own.
"""
