"""One sheet and one script for every page, made of plain files, and small."""

from collections.abc import Iterator

import pytest

from server.http.pages import assets
from server.http.pages.assets import (
    ROOT,
    SCRIPTS,
    SHEETS,
    STATIC,
    find,
    minified_script,
    script_source,
)

MOST_SCRIPT = 20 * 1024
HEADERS = 700
"""Bytes of the answer's head, with all headers of ours."""


@pytest.fixture
def fresh() -> Iterator[None]:
    """Nothing that was read before, and nothing kept of what is read."""
    find.cache_clear()
    yield
    find.cache_clear()


def test_all_scripts_of_a_page_fit_into_the_budget(fresh: None) -> None:
    assert minified_script().is_file(), (
        "static/js has changed since: run make static/vendor/scripts"
    )
    script = find("app.js")
    assert script is not None
    assert len(script.compressed) + HEADERS <= MOST_SCRIPT


def test_changed_scripts_are_served_as_they_are(
    fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "SCRIPTS", ("app",))
    script = find("app.js")
    assert script is not None
    assert script.content.endswith(script_source())
    assert (STATIC / "js" / "app.js").read_bytes() in script.content


def test_every_sheet_and_script_is_used() -> None:
    scripts = {file.stem for file in (STATIC / "js").glob("*.js")}
    assert scripts == set(SCRIPTS)
    templates = "".join(file.read_text() for file in (ROOT / "templates").rglob("*.html"))
    alone = {file.stem for file in (STATIC / "css").glob("*.css")} - set(SHEETS)
    assert [name for name in alone if f"asset('css/{name}.css')" not in templates] == []
    sheet = find("app.css")
    assert sheet is not None
    for name in SHEETS:
        assert (STATIC / "css" / f"{name}.css").read_bytes() in sheet.content


def test_an_address_changes_with_the_content(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = find("app.css")
    monkeypatch.setattr(assets, "SHEETS", SHEETS[:-1])
    find.cache_clear()
    other = find("app.css")
    assert asset is not None
    assert other is not None
    assert asset.version != other.version


def test_texts_of_scripts_are_found() -> None:
    texts = {"Copied to clipboard", "Uploading %(name)s…", "%(count)s selected"}
    assert texts <= assets.marked_texts()
