"""Requests as the Marketplace's clients put them on the wire, byte for byte."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

CREATES: Final = {
    "User-Agent": "swo-marketplace-client/1.0",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
"""The headers of lists, creates and deletes."""
READS: Final = CREATES | {"Accept": "application/json"}
"""Those of gets, puts, enables and disables."""


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON of this face's types."""
        assert self.headers["content-type"] in {"application/json", "application/problem+json"}
        return json.loads(self.body)

    @property
    def ids(self) -> list[str]:
        """The ids of a list."""
        assert self.status == 200, self.body
        return [each["id"] for each in self.json["data"]]

    @property
    def errors(self) -> dict[str, list[str]]:
        """The errors of a 400."""
        assert self.status == 400, self.body
        assert self.json["title"] == "Bad Request"
        errors: dict[str, list[str]] = self.json["errors"]
        return errors


@dataclass(frozen=True)
class Wire:
    """A server, and the token that is sent to it; None sends none."""

    url: str
    token: str | None

    async def get(self, target: str, headers: Mapping[str, str] = READS) -> Answer:
        """A GET; the target stands in the request line as it is."""
        return await self.send("GET", target, headers=headers)

    async def post(self, target: str, body: object = None) -> Answer:
        """A POST of JSON as the client writes it, or without a body and a type."""
        return await self._send_json("POST", target, body, READS if body is None else CREATES)

    async def put(self, target: str, body: object) -> Answer:
        """A PUT of JSON."""
        return await self._send_json("PUT", target, body, READS)

    async def delete(self, target: str) -> Answer:
        """A DELETE."""
        return await self.send("DELETE", target, headers=CREATES)

    async def send_form(
        self, method: str, target: str, account: object, logo: bytes | None = None
    ) -> Answer:
        """A form as the client sends accounts: the logo first, then compact JSON."""
        parts = []
        if logo is not None:
            head = 'name="logo"; filename="logo.png"\r\nContent-Type: image/png'
            parts.append((head, logo))
        content = json.dumps(account, separators=(",", ":"), ensure_ascii=False).encode()
        parts.append(('name="account"\r\nContent-Type: application/json', content))
        body = b"".join(
            f"--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
            + part
            + b"\r\n"
            for head, part in parts
        )
        kind = {"Content-Type": "multipart/form-data; boundary=frontier"}
        return await self.send(method, target, body + b"--frontier--\r\n", CREATES | kind)

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = READS
    ) -> Answer:
        """One request over a connection of its own."""
        parts = urlsplit(self.url)
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.token is not None:
            lines.append(f"Authorization: Bearer {self.token}")
        if "Content-Length" not in headers and (body or method in {"POST", "PUT"}):
            lines.append(f"Content-Length: {len(body)}")
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            await writer.drain()
            return _parsed(await reader.read(), has_body=method != "HEAD")
        finally:
            writer.close()

    async def _send_json(
        self, method: str, target: str, body: object, headers: Mapping[str, str]
    ) -> Answer:
        if body is None:
            return await self.send(method, target, headers=headers)
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        kind = {"Content-Type": "application/json"}
        return await self.send(method, target, content, {**headers, **kind})


def _parsed(received: bytes, *, has_body: bool) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in lines]
    headers = {name.lower(): value for name, _, value in pairs}
    assert headers.get("transfer-encoding") is None
    assert len(body) == (int(headers.get("content-length", "0")) if has_body else 0)
    return Answer(int(first.split()[1]), headers, body)
