"""The steps that bring a database to the models' shape; additive only."""
