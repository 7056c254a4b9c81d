"""What every page needs: the request, forms, errors, languages, view models."""
