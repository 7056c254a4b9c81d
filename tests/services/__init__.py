"""Every service, on SQLite and on PostgreSQL."""
