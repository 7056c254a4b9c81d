"""Gathers the texts for translation from the code into server/http/pages/catalogues/*.po.

New texts come in empty, what is no longer said goes; `make texts` runs it. Translations stand
between the quotes after msgstr, written with any editor or with Poedit.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "server" / "http" / "pages" / "catalogues"
FOLDERS = {"server", "templates", "static"}
SOURCES = [
    ("server/domain/**.py", "python"),
    ("server/services/**.py", "python"),
    ("server/http/**.py", "python"),
    ("server/web/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("static/js/**.js", "javascript"),
]
TEMPLATES = {
    "extensions": "jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
KEYWORDS = {**DEFAULT_KEYWORDS, "Message": None, "PluralMessage": (1, 2), "mark": None}
HEADER = """\
# `make texts` brings new texts in here, empty, and takes out what is no longer said.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def gathered() -> Catalog:
    """All marked texts, with the files that say them."""
    catalogue = Catalog()
    options = {"templates/**.html": TEMPLATES}
    found = extract_from_dir(ROOT, SOURCES, options, KEYWORDS, directory_filter=_is_ours)
    for file, _, text, comments, context in found:
        catalogue.add(text, None, [(file, 0)], auto_comments=comments, context=context)
    return catalogue


def update(file: Path, texts: Catalog) -> None:
    """Bring a catalogue up to date; what is translated and still said stays as it is."""
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=file.stem)
    catalogue.update(texts, no_fuzzy_matching=True)
    header = HEADER.format(language=file.stem, plural_forms=catalogue.plural_forms)
    with file.open("wb") as stream:
        stream.write(header.encode())
        write_po(
            stream,
            catalogue,
            width=100,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )
    missing = sum(message.id != "" and not is_translated(message) for message in catalogue)
    sys.stdout.write(f"{file.name}: {len(catalogue)} texts, {missing} without translation\n")


def is_translated(message: Message) -> bool:
    """Whether each form of a text has its translation."""
    forms = [message.string] if isinstance(message.string, str) else message.string
    return bool(forms) and all(forms)


def _is_ours(folder: str) -> bool:
    parts = Path(folder).relative_to(ROOT).parts
    return not parts or (parts[0] in FOLDERS and "vendor" not in parts)


if __name__ == "__main__":
    texts = gathered()
    for each in sorted(CATALOGUES.glob("*.po")):
        update(each, texts)
