"""Background jobs and the supervisor that keeps them running."""
