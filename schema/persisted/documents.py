"""Documents that a request names instead of sending them: registered or cached ones.

Registered documents are files in a folder that `tokendesk schema register` fills. Requests name
them by GraphQL over HTTP's `documentId` (appendix "Persisted Documents") or Apollo's
`extensions.persistedQuery`. If the operator accepts only registered documents, nothing else runs.
Otherwise, Apollo's clients can also send a document once with its hash (automatic persisted
queries); each process caches a limited number of them.
"""

import hashlib
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from schema.base.http_error import HTTPError
from schema.base.request import GraphQLRequest
from server.private_files import create_private, make_private_folder

log = logging.getLogger("tokendesk.graphql")

SHA256: Final = "sha256:"
MOST_REMEMBERED: Final = 1_000
LONGEST_REMEMBERED: Final = 16 * 1024
"""Characters; a longer document is executed but not cached."""

_ID: Final = re.compile(r"(?:sha256:[0-9a-f]{64}|(?:x-[\w.~-]+:)?[\w.~-]+)", re.ASCII)
_LONGEST_ID: Final = 200
_SUFFIX: Final = ".graphql"


def id_of(text: str) -> str:
    """Return a document's own id: `sha256:` and the SHA-256 of its UTF-8 text in lower-case hex."""
    return SHA256 + hashlib.sha256(text.encode(errors="replace")).hexdigest()


def is_id(text: str) -> bool:
    """Return whether a text is an id: a name, `x-….:name`, or `sha256:` and 64 hex digits."""
    return len(text) <= _LONGEST_ID and _ID.fullmatch(text) is not None


class Registry:
    """The registered documents: one file per id, read on first use and cached.

    A change of the folder takes effect at the next request, in every process that shares it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen_at = 0
        self._texts: dict[str, str] = {}

    def text(self, document_id: str) -> str | None:
        """Return the document with this id; None if there is none."""
        if not is_id(document_id):
            return None
        try:
            changed_at = self._folder.stat().st_mtime_ns
            if changed_at != self._seen_at:
                self._texts, self._seen_at = {}, changed_at
            if document_id not in self._texts:
                self._texts[document_id] = self._read(document_id)
        except FileNotFoundError:
            return None
        return self._texts[document_id]

    def register(self, documents: Mapping[str, str]) -> None:
        """Store documents under their ids; concurrent readers never see a partial file."""
        make_private_folder(self._folder)
        for document_id, text in documents.items():
            fresh = self._folder / f".{secrets.token_hex(8)}"
            create_private(fresh)
            fresh.write_text(text, encoding="utf-8", newline="")
            fresh.replace(self._path(document_id))

    def _read(self, document_id: str) -> str:
        text = self._path(document_id).read_bytes().decode(errors="replace")
        if document_id.startswith(SHA256) and id_of(text) != document_id:
            log.error("the registered document %s was altered, and is not used", document_id)
            raise FileNotFoundError
        return text

    def _path(self, document_id: str) -> Path:
        return self._folder / (document_id.replace(":", "+") + _SUFFIX)


class TrustedDocuments:
    """Resolves the document of a request, or refuses the request."""

    def __init__(self, registry: Registry, *, only_registered: bool) -> None:
        self._registry = registry
        self._only_registered = only_registered
        self._remembered: OrderedDict[str, str] = OrderedDict()

    def text(self, asked: GraphQLRequest) -> str:
        """Return the document to run; `HTTPError` if it is unknown, not trusted or not named."""
        if asked.document_id is not None:
            if asked.query is not None:
                raise HTTPError(400, "Send the query or a documentId, not both.")
            return self._registered(asked.document_id)
        sent_hash = _sent_hash(asked.extensions)
        if sent_hash is not None:
            return self._by_hash(sent_hash, asked.query)
        if not asked.query:
            raise HTTPError(400, "Send the operation's text as query, or the id of a document.")
        return self._trusted(asked.query)

    def _registered(self, document_id: str) -> str:
        text = self._registry.text(document_id)
        if text is None:
            message = "No document is registered under this documentId."
            raise HTTPError(400, message, code="DOCUMENT_NOT_FOUND", well_formed=True)
        return text

    def _by_hash(self, sent_hash: str, query: str | None) -> str:
        """Apollo's protocol: clients send the hash alone, then the text if it is unknown."""
        if query:
            if id_of(query) != SHA256 + sent_hash:
                raise HTTPError(400, "The sha256Hash is not that of the query.")
            text = self._trusted(query)
            self._remember(sent_hash, text)
            return text
        # Ids of a manifest also arrive as `sha256Hash`, even if they are not hashes.
        found = self._registry.text(SHA256 + sent_hash) or self._registry.text(sent_hash)
        if found is None and sent_hash in self._remembered:
            self._remembered.move_to_end(sent_hash)
            found = self._remembered[sent_hash]
        if found is None:
            code = "PERSISTED_QUERY_NOT_FOUND"
            raise HTTPError(400, "PersistedQueryNotFound", code=code, well_formed=True)
        return found

    def _trusted(self, query: str) -> str:
        """Return a text that was sent in full; raise 403 if it must be registered and is not."""
        if self._only_registered and self._registry.text(id_of(query)) is None:
            message = "Only registered documents are accepted here: send the id of one."
            raise HTTPError(403, message, code="DOCUMENT_NOT_TRUSTED")
        return query

    def _remember(self, sent_hash: str, text: str) -> None:
        if self._only_registered or len(text) > LONGEST_REMEMBERED:
            return
        self._remembered[sent_hash] = text
        self._remembered.move_to_end(sent_hash)
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _sent_hash(extensions: Mapping[str, Any] | None) -> str | None:
    """Return the hash in `extensions.persistedQuery`; None if the request has none."""
    sent = (extensions or {}).get("persistedQuery")
    if sent is None:
        return None
    if not isinstance(sent, dict) or sent.get("version") != 1:
        raise HTTPError(400, "extensions.persistedQuery must be an object of version 1.")
    sent_hash = sent.get("sha256Hash")
    if not isinstance(sent_hash, str) or not is_id(sent_hash):
        raise HTTPError(400, "extensions.persistedQuery.sha256Hash must be a hash or an id.")
    return sent_hash
