"""What people may write: names, descriptions and search words, cleaned and checked."""

import unicodedata
from typing import Final, NamedTuple

from server.domain.errors import Complaints
from server.domain.phrases import Phrase

NAME_CHARACTERS: Final = 255
DESCRIPTION_CHARACTERS: Final = 2_000
SEARCH_CHARACTERS: Final = 255


class Noun(NamedTuple):
    """What messages call a field: where they ask for it, and where a sentence begins with it."""

    asked: Phrase
    first: Phrase


TOKEN_NAME: Final = Noun(Phrase("an API token name"), Phrase("An API token name"))
ACCOUNT_NAME: Final = Noun(Phrase("an account name"), Phrase("An account name"))
MODULE_NAME: Final = Noun(Phrase("a module name"), Phrase("A module name"))
VIEW_NAME: Final = Noun(Phrase("a name for the view"), Phrase("A name for the view"))
NAME: Final = Noun(Phrase("a name"), Phrase("A name"))

_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(raw: str, complaints: Complaints, *, field: str, noun: Noun) -> str:
    """A one-line name of 1 to 255 characters, in Unicode's composed form (NFC), trimmed."""
    name = unicodedata.normalize("NFC", raw).strip()
    if not _visible(name):
        complaints.add(field, Phrase("Enter %(noun)s.", noun=noun.asked))
    elif len(name) > NAME_CHARACTERS:
        complaints.add(
            field,
            Phrase(
                "%(noun)s can have at most %(most)s characters; this one has %(length)s.",
                noun=noun.first,
                most=NAME_CHARACTERS,
                length=len(name),
            ),
        )
    elif any(map(is_control, name)):
        complaints.add(
            field,
            Phrase("%(noun)s cannot contain line breaks or control characters.", noun=noun.first),
        )
    return name


def clean_description(raw: str, complaints: Complaints, *, field: str = "description") -> str:
    """Free text of at most 2,000 characters; line breaks become `\\n`, ends are trimmed."""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > DESCRIPTION_CHARACTERS:
        complaints.add(
            field,
            Phrase(
                "The description can have at most %(most)s characters; this one has %(length)s.",
                most=DESCRIPTION_CHARACTERS,
                length=len(text),
            ),
        )
    elif any(is_control(character) for character in text if character not in "\n\t"):
        complaints.add(field, Phrase("The description cannot contain control characters."))
    return text


def clean_search(raw: str) -> str:
    """Search words as they can be looked up: no control characters, of bounded length.

    What was cleaned is left as it is when it is cleaned again.
    """
    printable = "".join(" " if is_control(character) else character for character in raw)
    return unicodedata.normalize("NFC", printable).strip()[:SEARCH_CHARACTERS].rstrip()


def name_key(name: str) -> str:
    """What names are ordered by: the same for upper and lower case, at most 255 characters."""
    return clean_search(clean_search(name).casefold())


def search_key(*texts: str) -> str:
    """What searches look in: all the texts, a line each, alike for upper and lower case."""
    return "\n".join(texts).casefold()


def is_control(character: str) -> bool:
    """Whether a character ends a line, commands a terminal or turns text round."""
    return character in _BIDI_CONTROLS or unicodedata.category(character) in {
        "Cc",
        "Cs",
        "Zl",
        "Zp",
    }


def _visible(text: str) -> bool:
    """Whether anything in the text can be seen: not spaces, joiners and fillers alone."""
    return any(
        unicodedata.category(character) not in {"Zs", "Cf", "Mn"}
        and character not in "\u115f\u1160\u3164\uffa0"
        for character in text
    )
