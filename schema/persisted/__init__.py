"""Documents that clients registered beforehand."""
