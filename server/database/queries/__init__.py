"""Hand-written SQL, and rows read without Tortoise's models.

No rule of the product belongs here.
"""
