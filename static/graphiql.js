// The API explorer: GraphiQL with our fetcher, a token that can be pasted, and first documents.
"use strict";

// GraphiQL's dialogs add one style element, which the policy lets pass by this nonce.
window.__webpack_nonce__ = document.currentScript.nonce;

const FIRST = `# Ctrl-Enter runs it, Ctrl-Space completes names,
# the book at the left has the whole schema.
#
# You act as yourself, or as a token pasted above.

query Desk {
  # who asks; a program is a viewer too
  viewer {
    id
    name
    kind
    mayManageTokens
  }
  account {
    id
    name
    reveal
  }
  # what a new token may be allowed into
  enabledModules {
    id
    name
    description
  }
  # the newest; for more, pass endCursor as \`after\`
  apiTokens(first: 5) {
    totalCount
    nodes {
      id
      name
      status
      lastAccessAt
      modules {
        id
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const CREATE = `# A token in one call. This input is refused on
# purpose: a refusal is an answer, not an error.

mutation NewToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    ... on CreateApiTokenPayload {
      apiToken {
        id
        name
      }
      secret
    }
    ... on UserError {
      code
      message
      path
    }
    ... on ValidationError {
      fieldErrors {
        path
        message
      }
    }
  }
}
`;

const WATCH = `# Tells of every change of a token until you stop it.

subscription Watch {
  apiTokenChanged {
    event
    id
    apiToken {
      name
      status
    }
  }
}
`;

const WISH = `{
  "input": {
    "name": "",
    "moduleIds": []
  }
}
`;

const field = document.querySelector("#token");
const caller = document.querySelector("#caller");
const session = document.querySelector("#session");
const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;

function credentials() {
  const token = field.value.trim();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// A fetcher for each operation: a socket, too, is opened for whoever is the caller now.
function fetcher(parameters, options) {
  const send = GraphiQL.createFetcher({
    url: "/graphql",
    subscriptionUrl: socket,
    headers: credentials(),
    wsConnectionParams: credentials(),
    fetch: (url, request) => fetch(url, { ...request, credentials: "same-origin" }),
  });
  return send(parameters, options);
}

async function tellCaller() {
  const sent = credentials();
  session.hidden = Boolean(sent.Authorization);
  caller.textContent = "";
  if (!sent.Authorization) return;
  const query = "{ viewer { id name } account { name } }";
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { ...sent, "Content-Type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await answer.json();
  if (sent.Authorization !== credentials().Authorization) return; // another was pasted meanwhile
  caller.classList.toggle("refused", !data?.viewer);
  caller.textContent = data?.viewer
    ? caller.dataset.acts.replace(/{(\w+)}/g, (_, key) => ({ ...data.viewer, account: data.account.name })[key])
    : errors[0].message;
}

field.addEventListener("change", () => {
  tellCaller().catch(() => {
    caller.textContent = caller.dataset.silent;
  });
});
addEventListener("pagehide", () => {
  field.value = "";
});

ReactDOM.createRoot(document.querySelector("#graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: FIRST,
    defaultTabs: [{ query: FIRST }, { query: CREATE, variables: WISH }, { query: WATCH }],
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false, // a token typed there must not stay in the browser
    showPersistHeadersSettings: false,
    defaultEditorToolsVisibility: "variables",
  }),
);
