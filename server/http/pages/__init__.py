"""What every HTML page is built with: templates, languages, assets.

No view and no page of its own belongs here.
"""
