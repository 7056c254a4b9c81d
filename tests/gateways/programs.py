"""nginx and Caddy, run with what docs/gateways.md says, on free ports."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.debian import Missing, find_program
from tests.support.live import ROOT, free_port

PAGE: Final = ROOT / "docs" / "gateways.md"
_PATIENCE_SECONDS: Final = 30

_NGINX: Final = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include gateway.conf;
}
"""
"""What Debian's /etc/nginx/nginx.conf is around the page's file."""

_CADDY: Final = "{\n\tadmin off\n\tauto_https off\n}\n"


@dataclass(frozen=True)
class Gateway:
    """One of the gateways that the page has a configuration for."""

    name: str
    names: tuple[str, ...]

    @contextmanager
    def running(self, folder: Path, tokendesk_port: int, service_port: int) -> Iterator[str]:
        """Its URL, while it stands between the two; skips where it cannot be had."""
        program = find_program(self.name, self.names, f"TOKENDESK_{self.name.upper()}")
        if isinstance(program, Missing):
            pytest.skip(program.reason)
        port = free_port()
        text = filled(
            documented(self.name),
            {
                "listen 8080;" if self.name == "nginx" else ":8080 {": self._listening(port),
                "127.0.0.1:8000": f"127.0.0.1:{tokendesk_port}",
                "127.0.0.1:9000": f"127.0.0.1:{service_port}",
                "MOD-1425": "MOD-2001",
            },
        )
        folder.mkdir()
        with _process(self._command(program, folder, text), folder, port):
            yield f"http://127.0.0.1:{port}"

    def _listening(self, port: int) -> str:
        if self.name == "nginx":
            return f"listen 127.0.0.1:{port};"
        return f"http://127.0.0.1:{port} {{"

    def _command(self, program: Path, folder: Path, text: str) -> list[str]:
        if self.name == "nginx":
            (folder / "gateway.conf").write_text(text)
            (folder / "nginx.conf").write_text(_NGINX)
            return [str(program), "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
        (folder / "Caddyfile").write_text(_CADDY + text)
        return [str(program), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]


NGINX: Final = Gateway("nginx", ("nginx", "/usr/sbin/nginx"))
CADDY: Final = Gateway("caddy", ("caddy", "/usr/bin/caddy"))


def documented(language: str) -> str:
    """The one block in this language that the page has."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, f"{PAGE.name} needs one block in {language}"
    return str(blocks[0])


def filled(text: str, places: Mapping[str, str]) -> str:
    """The text with other addresses; each must be in it."""
    for place, value in places.items():
        assert place in text, f"{PAGE.name} no longer says {place}"
        text = text.replace(place, value)
    return text


@contextmanager
def _process(command: list[str], folder: Path, port: int) -> Iterator[None]:
    # Caddy keeps its state in the home folder.
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    output = folder / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_socket(process, port, output)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _await_socket(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)  # its socket is not open yet, and nothing tells when
    raise AssertionError(f"the gateway did not start:\n{output.read_text()}")
