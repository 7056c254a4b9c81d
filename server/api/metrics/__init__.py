"""The metrics of `/metrics`: collected, summed over workers, and served.

Services count in plain attributes; only this package knows prometheus_client.
"""
