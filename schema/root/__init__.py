"""The schema put together: query, mutation, subscription, and its printed form."""
