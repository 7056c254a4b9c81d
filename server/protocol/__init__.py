"""uvicorn's protocols with limits on heads, time, connections and frames.

Nothing here may know of tokens, people or pages.
"""
