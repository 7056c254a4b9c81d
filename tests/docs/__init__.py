"""The documentation against the code: nothing is missing, nothing leads nowhere, examples run."""
