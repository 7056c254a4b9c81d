"""The schema: the roots of queries, mutations and subscriptions, and its printed form.

A resolver makes one call on the desk; no rule and no query belongs here.
"""
