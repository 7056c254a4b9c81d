// The API explorer: GraphiQL with our fetcher and a first query worth running.
"use strict";

const defaultQuery = `# Tokendesk's API explorer. Run the query with Ctrl-Enter, complete with Ctrl-Space,
# and open the schema with the book at the left.
#
# You act with your own sign-in. To act as an API token instead, put this into Headers below:
#   { "Authorization": "Bearer idt:TKN-..." }

query Desk {
  viewer {
    id
    name
  }
  account {
    id
    name
    reveal
  }
  # what a new token of this account may be allowed into
  enabledModules {
    id
    name
    description
  }
  # the newest tokens; use pageInfo.endCursor as \`after\` for more
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

const place = document.querySelector("#graphiql");
const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
const fetcher = GraphiQL.createFetcher({
  url: "/graphql",
  subscriptionUrl: socket,
  fetch: (url, options) => fetch(url, { ...options, credentials: "same-origin" }),
});

ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false, // a token typed here must not stay in the browser
    defaultEditorToolsVisibility: "headers",
  }),
);
