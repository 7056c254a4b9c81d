"""The audit: every page in every condition that people meet it in, judged by tools."""
