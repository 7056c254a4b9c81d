"""The pure rules, without database and clock."""
