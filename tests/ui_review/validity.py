"""Whether the HTML that browsers were sent is valid, by html-validate and by the Nu checker."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.support.debian import Missing, find_program
from tests.support.node import UI_REVIEW, Node
from tests.ui_review.findings import FOLDER, Finding

_PATIENCE_SECONDS: Final = 300
_JAR: Final = UI_REVIEW / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@dataclass(frozen=True)
class Sent:
    """HTML that the server sent, a whole page or a fragment."""

    state: str
    url: str
    text: str

    @property
    def name(self) -> str:
        """Where it was seen, and whether it is a fragment."""
        kind = "page" if self.is_page else "fragment"
        return f"{self.state}: {kind} of {re.sub(r'[0-9-]{4,}', '…', urlsplit(self.url).path)}"

    @property
    def is_page(self) -> bool:
        """Whether it is whole."""
        return self.text.lstrip().lower().startswith("<!doctype")

    @property
    def as_page(self) -> str:
        """A fragment stands in a page where its target would; its title goes to the head."""
        if self.is_page:
            return self.text
        title = re.search(r"<title>.*?</title>", self.text, re.DOTALL)
        body = self.text.replace(title[0], "", 1) if title else self.text
        head = title[0] if title else "<title>A fragment</title>"
        return (
            f'<!doctype html>\n<html lang="en"><head>{head}</head>'
            f"<body>\n<h1>Page</h1>\n{body}\n</body></html>\n"
        )


def skeleton(text: str) -> str:
    """HTML without what differs from visit to visit: pages alike in it are one."""
    bare = re.sub(r">[^<>]+<", "><", text)
    bare = re.sub(
        r'(value|href|src|action|content|title|aria-label|data-\S+?)="[^"]*"', r"\1", bare
    )
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", bare))


def validate(pages: Iterable[Sent], node: Node, *, thorough: bool) -> list[Finding]:
    """What html-validate finds and, where thorough, the Nu checker, which needs Java."""
    folder = FOLDER / "html"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files: dict[str, str] = {}
    for number, page in enumerate(pages):
        file = folder / f"{number:03d}.html"
        file.write_text(page.as_page, encoding="utf-8")
        files[str(file)] = page.name
    found = _html_validate(files, node)
    return [*found, *_nu(files)] if thorough else found


def _html_validate(files: dict[str, str], node: Node) -> list[Finding]:
    program = UI_REVIEW / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    config = UI_REVIEW / "html-validate.json"
    answer = FOLDER / "html-validate.json"  # it ends before a pipe has taken much
    answer.unlink(missing_ok=True)
    outcome = node.run(program, "--formatter", f"json={answer}", "--config", config, *files)
    if not answer.exists():
        raise RuntimeError(f"html-validate: {outcome.stderr.strip()[-500:]}")
    return [
        Finding(
            "html",
            f"html-validate {message['ruleId']}",
            f"{message['message']} {_line(result['filePath'], message['line'])}",
            files[result["filePath"]],
        )
        for result in json.loads(answer.read_text(encoding="utf-8"))
        for message in result["messages"]
    ]


def _nu(files: dict[str, str]) -> list[Finding]:
    java = find_program("default-jre-headless", ("java",), "TOKENDESK_JAVA")
    if isinstance(java, Missing):
        raise RuntimeError(f"the Nu checker needs Java: {java.reason}")
    outcome = subprocess.run(
        [java, "-Xss1m", "-jar", _JAR, "--format", "json", "--exit-zero-always", *files],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    messages = json.loads(outcome.stderr or '{"messages": []}')["messages"]
    return [
        Finding(
            "html",
            f"Nu {message.get('subType', message['type'])}",
            f"{message['message']} {message.get('extract', '').strip()[:120]}",
            files[message["url"].removeprefix("file:")],
        )
        for message in messages
    ]


def _line(file: str, number: int) -> str:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return lines[number - 1].strip()[:120] if number <= len(lines) else ""
