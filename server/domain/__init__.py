"""Pure rules: no database, no HTTP, no clock of their own; time is an argument."""
