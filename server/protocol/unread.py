"""What has arrived on a connection and was not read yet."""

import array
import asyncio
import fcntl
import termios


def unread_bytes(transport: asyncio.Transport) -> int:
    """How much the system keeps for it; 0 where that cannot be told."""
    socket = transport.get_extra_info("socket")
    number = array.array("i", [0])
    try:
        fcntl.ioctl(socket.fileno(), termios.FIONREAD, number)
    except (AttributeError, OSError):
        return 0
    return number[0]
