"""Every link leads to a file that is there, and to a heading that it has."""

import pytest

from tests.docs.pages import DOCS, README, Page, anchor, pages

PAGES = {page.name: page for page in pages()}
ABROAD = ("http://", "https://", "mailto:")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    broken = [link for link in page.links if not link.startswith(ABROAD) and _is_broken(page, link)]
    assert broken == []


def _is_broken(page: Page, link: str) -> bool:
    file, _, heading = link.partition("#")
    target = (page.path.parent / file).resolve() if file else page.path
    if not target.is_file():
        return True
    return heading != "" and heading not in Page(target).anchors


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, next_ones = set[str](), [README]
    while next_ones:
        page = next_ones.pop()
        reached.add(page.name)
        for link in page.links:
            target = Page((page.path.parent / link.partition("#")[0]).resolve())
            known = target.path.is_file() and target.path.suffix == ".md"
            if not link.startswith((*ABROAD, "#")) and known and target.name not in reached:
                next_ones.append(target)
    # GitHub itself leads to this one.
    assert set(PAGES) - reached == {"CONTRIBUTING.md"}


def test_every_picture_is_shown() -> None:
    shown = {(page.path.parent / link).resolve() for page in pages() for link in page.links}
    assert [each.name for each in (DOCS / "images").iterdir() if each.resolve() not in shown] == []


def test_every_decision_is_listed_under_its_title() -> None:
    titles = {
        page.path.name: page.text.partition("\n")[0].removeprefix("# ")
        for page in pages()
        if page.path.parent == DOCS / "decisions" and page.path.name != "README.md"
    }
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for file, title in titles.items():
        number, _, words = title.partition(". ")
        assert f"| [{number}]({file}) | {words} |" in index
        assert file.startswith(f"{number}-")
    numbers = sorted(title.partition(". ")[0] for title in titles.values())
    assert numbers == [f"{number:04}" for number in range(1, len(titles) + 1)]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("A token's life", "a-tokens-life"),
        ("TLS to PostgreSQL", "tls-to-postgresql"),
        ("tokendesk token end-grace", "tokendesk-token-end-grace"),
        ("`/verify` first", "verify-first"),
    ],
)
def test_anchors_are_githubs(heading: str, expected: str) -> None:
    assert anchor(heading) == expected
