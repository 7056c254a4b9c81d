"""Input of a connection that has arrived but was not read."""

import array
import asyncio
import fcntl
import termios


def unread_bytes(transport: asyncio.Transport) -> int:
    """Return the number of bytes in the kernel's receive buffer; 0 if it cannot be determined."""
    socket = transport.get_extra_info("socket")
    number = array.array("i", [0])
    try:
        fcntl.ioctl(socket.fileno(), termios.FIONREAD, number)
    except (AttributeError, OSError):
        return 0
    return number[0]
