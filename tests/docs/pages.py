"""The pages of the documentation, as the tests read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.live import ROOT

_FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"`[^`\n]*`")
_HEADING: Final = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All that stands in it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def anchors(self) -> set[str]:
        """What a link can lead to after `#`, as GitHub makes it of headings."""
        return set(map(anchor, _HEADING.findall(_FENCED.sub("", self.text))))

    @property
    def links(self) -> list[str]:
        """Where its links and pictures lead."""
        return _LINK.findall(_CODE.sub("", _FENCED.sub("", self.text)))

    def blocks(self, language: str) -> list[str]:
        """Its blocks of code in a language, in their order."""
        found = re.findall(rf"^```{language}\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)
        return [str(each) for each in found]

    def section(self, heading: str) -> str:
        """What stands under a heading, up to the next one of its level."""
        level = heading.partition(" ")[0]
        found = self.text.partition(f"\n{heading}\n")[2]
        assert found, f"{self.name} has no heading {heading!r}"
        return re.split(rf"^{level} ", found, maxsplit=1, flags=re.MULTILINE)[0]


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading: small letters, digits, hyphens and underscores."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


README: Final = Page(ROOT / "README.md")
DOCS: Final = ROOT / "docs"


def pages() -> Iterator[Page]:
    """Everything that people read."""
    yield from map(Page, sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]))


def documentation() -> str:
    """All pages but the changelog, one after another."""
    return "\n".join(page.text for page in pages() if page.name != "CHANGELOG.md")
