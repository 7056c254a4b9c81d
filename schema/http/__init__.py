"""GraphQL over HTTP, WebSocket and server-sent events.

Only transports belong here: no type of the schema, no rule of execution.
"""
