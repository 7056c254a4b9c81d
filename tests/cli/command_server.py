"""Runs `tokendesk` again and again without importing it again: a process that forks itself.

Each command still is a process, with its own arguments, environment, standard streams and exit
code; it only starts with the modules already there. The server has one thread and opens nothing,
so that a fork of it is as good as new.

Requests come over a Unix socket: a pickled (words, environment) of a known length, with the three
streams as file descriptors. The answer is the exit code.
"""

import gc
import importlib
import io
import os
import pickle
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from tests.support.live import ROOT

_IMPORTED: Final = (
    "rich.console",
    "rich.panel",
    "rich.table",
    "schema.root.sdl",
    "server.app",
    "server.cli.commands",
    "server.demo.world",
)
_HEAD: Final = struct.Struct("!I")
_EXIT_CODE: Final = struct.Struct("!i")


class CommandServer:
    """The near end: starts the server, and has it run commands one after the other."""

    def __init__(self) -> None:
        self._socket, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.command_server", str(far.fileno())],
                cwd=ROOT,
                pass_fds=[far.fileno()],
            )

    def run(self, words: Sequence[str], environment: Mapping[str, str], streams: list[int]) -> int:
        """Run a command to its end; its exit code."""
        request = pickle.dumps((list(words), dict(environment)))
        socket.send_fds(self._socket, [_HEAD.pack(len(request))], streams)
        self._socket.sendall(request)
        code: int = _EXIT_CODE.unpack(_receive(self._socket, _EXIT_CODE.size))[0]
        return code

    def close(self) -> None:
        """End the server."""
        self._socket.close()
        self._process.wait()


def _receive(near: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = near.recv(size - len(received))
        if not part:
            raise ConnectionError("the command server is gone")
        received += part
    return received


def _serve(near: socket.socket) -> None:
    for module in _IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    while True:
        head, streams, _, _ = socket.recv_fds(near, _HEAD.size, 3)
        if not head:
            return
        words, environment = pickle.loads(_receive(near, _HEAD.unpack(head)[0]))
        child = os.fork()
        if child == 0:
            near.close()
            _become_command(words, environment, streams)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        near.sendall(_EXIT_CODE.pack(os.waitstatus_to_exitcode(status)))


def _become_command(words: list[str], environment: dict[str, str], streams: list[int]) -> NoReturn:
    """What `python -m server` does in a new process, up to its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["tokendesk", *words]
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8")  # noqa: SIM115
    sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8")  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(
        open(2, "wb", closefd=False),  # noqa: SIM115
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
    code = 1
    try:
        from server.cli.commands import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
