"""Pages between cursors and numbered pages."""
