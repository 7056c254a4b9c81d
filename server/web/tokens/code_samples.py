"""Sample requests that send a token: curl, Python, JavaScript and an editor's HTTP client."""

from server.web.html.request import Visit
from server.web.html.view_models import Shape

QUERY = "{ account { id name } }"
VARIABLE = "TOKENDESK_TOKEN"


def endpoint_of(visit: Visit) -> str:
    """Return the public URL of the GraphQL endpoint."""
    return f"{visit.desk.settings.origin}/graphql"


def examples(endpoint: str, value: str | None = None) -> list[Shape]:
    """Return four sample requests; without a value, they read it from the environment.

    Each one is the text before the value, the value (or None), and the text after it, so that a
    page can mask only the value.
    """
    made = [_curl(endpoint, value), _python(endpoint, value), _javascript(endpoint, value)]
    made.append(_http(endpoint, value))
    keys = ["curl", "python", "javascript", "http"]
    labels = ["curl", "Python", "JavaScript", "HTTP"]
    return [
        {"key": key, "label": label, "before": before, "value": value, "after": after}
        for key, label, (before, after) in zip(keys, labels, made, strict=True)
    ]


def _curl(endpoint: str, value: str | None) -> tuple[str, str]:
    quote, token = ("'", "") if value else ('"', f"${VARIABLE}")
    return (
        f"curl {endpoint} \\\n  -H {quote}Authorization: Bearer {token}",
        f"{quote} \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"query\": \"{QUERY}\"}}'",
    )


def _python(endpoint: str, value: str | None) -> tuple[str, str]:
    imports = "import json\n" if value else "import json\nimport os\n"
    opening, closing = ('"', '"') if value else (f'os.environ["{VARIABLE}"]', "")
    return (
        f"{imports}from urllib.request import Request, urlopen\n\ntoken = {opening}",
        f"""{closing}
request = Request(
    "{endpoint}",
    data=json.dumps({{"query": "{QUERY}"}}).encode(),
    headers={{
        "Authorization": f"Bearer {{token}}",
        "Content-Type": "application/json",
    }},
)
with urlopen(request) as answer:
    print(json.load(answer))""",
    )


def _javascript(endpoint: str, value: str | None) -> tuple[str, str]:
    opening, closing = ('"', '"') if value else (f"process.env.{VARIABLE}", "")
    return (
        f"const token = {opening}",
        f"""{closing};
const answer = await fetch("{endpoint}", {{
  method: "POST",
  headers: {{
    "Authorization": `Bearer ${{token}}`,
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({{ query: "{QUERY}" }}),
}});
console.log(await answer.json());""",
    )


def _http(endpoint: str, value: str | None) -> tuple[str, str]:
    token = "" if value else f"${VARIABLE}"
    return (
        f"POST {endpoint} HTTP/1.1\nAuthorization: Bearer {token}",
        f'\nContent-Type: application/json\n\n{{"query": "{QUERY}"}}',
    )
