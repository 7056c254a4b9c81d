// urql against the desk: `node urql.mjs SCENARIO` prints what the client got, as JSON.
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, notedFetch, picture, run, socketUrl, until, url } from "./desk.mjs";
import { CHANGED, CREATE, DESCRIBE, PAGE, SET_LOGO, VIEWER, WRONG } from "./documents.mjs";

const requests = [];

function client({ exchanges = [], ...options } = {}) {
  requests.length = 0;
  return new Client({
    url,
    preferGetMethod: false,
    fetch: notedFetch(requests),
    fetchOptions: { headers: { authorization, "GraphQL-Require-Preflight": "1" } },
    exchanges: [cacheExchange, ...exchanges, fetchExchange],
    ...options,
  });
}

/** The data of an answer that must have no errors. */
function good({ data, error }) {
  if (error) throw error;
  return data;
}

/** Hear of a change through this client that another made. */
async function hear(urql, id) {
  const heard = new Promise((resolve, reject) => {
    urql.subscription(CHANGED, { id }).subscribe(({ data, error }) => {
      if (error) reject(error);
      else if (data) resolve(data.apiTokenChanged.apiToken);
    });
  });
  const other = client();
  let count = 0;
  const token = await until(heard, async () => {
    count += 1;
    const input = { id, description: `Change ${count}` };
    good(await other.mutation(DESCRIBE, { input }));
  });
  return { id: token.id, description: token.description.replace(/\d+/, "N") };
}

run({
  /** Read all pages, and tell what stood in them. */
  async pages() {
    const urql = client();
    const names = [];
    let page = { hasNextPage: true, endCursor: null };
    let total;
    while (page.hasNextPage) {
      const { apiTokens } = good(await urql.query(PAGE, { first: 2, after: page.endCursor }));
      names.push(...apiTokens.edges.map((edge) => edge.node.name));
      page = apiTokens.pageInfo;
      total = apiTokens.totalCount;
    }
    return { total, names, requests: requests.length };
  },

  /** Create a token with this input. */
  async create(input) {
    return good(await client().mutation(CREATE, { input })).createApiToken;
  },

  /** A document that is not valid. */
  async wrong() {
    const { data, error } = await client().query(WRONG, {});
    return {
      data: data ?? null,
      codes: error.graphQLErrors.map((each) => each.extensions.code),
      message: error.graphQLErrors[0]?.message,
    };
  },

  /** A bearer that is none. */
  async stranger() {
    const fetchOptions = { headers: { authorization: "Bearer idt:nothing" } };
    const { error } = await client({ fetchOptions }).query(VIEWER, {});
    return error.graphQLErrors.map((each) => each.extensions.code);
  },

  /** Ask by hash with two clients that share no cache. */
  async persisted(name) {
    const exchange = persistedExchange({ preferGetForPersistedQueries: true });
    const asked = [];
    for (let time = 0; time < 2; time += 1) {
      const data = good(await client({ exchanges: [exchange] }).query(VIEWER.replace("Viewer", name), {}));
      asked.push({ kind: data.viewer.kind, requests: [...requests] });
    }
    return asked;
  },

  /** Give a token the picture as its logo. */
  async upload(id) {
    const data = good(await client().mutation(SET_LOGO, { input: { id, logo: picture() } }));
    return { result: data.setApiTokenLogo, requests };
  },

  /** Hear of a change over WebSocket. */
  async subscription(id) {
    const sockets = createClient({
      url: socketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: authorization },
      retryAttempts: 0,
    });
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
    });
    return hear(client({ exchanges: [subscriptionExchange({ forwardSubscription })] }), id);
  },

  /** Hear of a change over server-sent events. */
  async events(id) {
    return hear(client({ fetchSubscriptions: true }), id);
  },
});
