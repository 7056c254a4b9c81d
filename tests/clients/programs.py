"""The JavaScript programs of this folder, run against a live desk."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.live_tokens import Tokendesk
from tests.support.node import Node


@dataclass(frozen=True)
class Program:
    """One client's program; each of its scenarios prints one JSON value."""

    node: Node
    file: str
    tokendesk: Tokendesk
    picture: Path

    def run(self, scenario: str, *arguments: object) -> Any:
        """What the client got in a scenario, as the program that manages tokens."""
        environment = {
            "DESK_URL": self.tokendesk.server.url,
            "DESK_TOKEN": self.tokendesk.tokens.manager,
            "DESK_PICTURE": str(self.picture),
        }
        texts = [json.dumps(each) for each in arguments]
        return json.loads(self.node.output(self.file, scenario, *texts, environment=environment))
