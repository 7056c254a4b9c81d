"""What every HTML page is made with: templates, languages, assets."""
