"""Every page of the user interface, in every condition that people meet it in, judged by tools."""
