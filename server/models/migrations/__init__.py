"""The migrations, which bring a database to the models' schema.

They are additive only.
"""
