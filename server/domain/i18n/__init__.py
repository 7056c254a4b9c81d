"""Messages that can be translated, and the languages there are."""
