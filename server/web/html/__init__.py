"""What every page needs: the request, forms, errors and view models.

No page of its own belongs here.
"""
