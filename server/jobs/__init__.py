"""Background jobs: work beside requests, and the supervisor that keeps it running.

A job calls services and has no rule of its own. Nothing here answers a request, and no job catches
its own failures: it raises, and the supervisor counts, logs and retries.
"""
