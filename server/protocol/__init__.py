"""What stands between the wire and the application: bounds of heads, time, connections and frames.

Nothing here knows of tokens, people or pages.
"""
