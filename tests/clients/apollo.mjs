// Apollo Client against the desk: `node apollo.mjs SCENARIO` prints what the client got, as JSON.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, notedFetch, picture, run, socketUrl, until, url } from "./desk.mjs";
import { CHANGED, CREATE, DESCRIBE, PAGE, POSSIBLE_TYPES, SET_LOGO, VIEWER, WRONG } from "./documents.mjs";

const requests = [];
const headers = { authorization };
const http = () => new HttpLink({ uri: url, headers, fetch: notedFetch(requests) });

async function client(link = http()) {
  const { data } = await new ApolloClient({ link: http(), cache: new InMemoryCache() })
    .query({ query: gql(POSSIBLE_TYPES) });
  const abstract = data.__schema.types.filter((type) => ["UNION", "INTERFACE"].includes(type.kind));
  requests.length = 0;
  return new ApolloClient({
    link,
    cache: new InMemoryCache({
      possibleTypes: Object.fromEntries(
        abstract.map((type) => [type.name, type.possibleTypes.map((each) => each.name)]),
      ),
      typePolicies: { Query: { fields: { apiTokens: relayStylePagination(["orderBy"]) } } },
    }),
  });
}

run({
  /** Read all pages, and tell what the cache then holds as one list. */
  async pages() {
    const apollo = await client();
    const list = apollo.watchQuery({ query: gql(PAGE), variables: { first: 2 } });
    let { data } = await list.refetch();
    while (data.apiTokens.pageInfo.hasNextPage) {
      ({ data } = await list.fetchMore({ variables: { after: data.apiTokens.pageInfo.endCursor } }));
    }
    const cached = apollo.readQuery({ query: gql(PAGE), variables: { first: 2 } });
    return {
      total: cached.apiTokens.totalCount,
      names: cached.apiTokens.edges.map((edge) => edge.node.name),
      requests: requests.length,
    };
  },

  /** Create a token with this input. */
  async create(input) {
    const { data } = await (await client()).mutate({ mutation: gql(CREATE), variables: { input } });
    return data.createApiToken;
  },

  /** A document that is not valid. */
  async wrong() {
    const failure = await (await client()).query({ query: gql(WRONG) }).catch((error) => error);
    return {
      combined: CombinedGraphQLErrors.is(failure),
      codes: failure.errors?.map((error) => error.extensions.code),
      message: failure.message,
    };
  },

  /** A bearer that is none. */
  async stranger() {
    const link = new HttpLink({ uri: url, headers: { authorization: "Bearer idt:nothing" } });
    const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
    const failure = await apollo.query({ query: gql(VIEWER) }).catch((error) => error);
    return failure.errors.map((error) => error.extensions.code);
  },

  /** Ask twice by hash, without the first client's cache: first unknown, then known. */
  async persisted(name) {
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
    const asked = [];
    for (let time = 0; time < 2; time += 1) {
      const apollo = await client(persisted.concat(http()));
      const { data } = await apollo.query({ query: gql(VIEWER.replace("Viewer", name)) });
      asked.push({ kind: data.viewer.kind, requests: [...requests] });
    }
    return asked;
  },

  /** Give a token the picture as its logo. */
  async upload(id) {
    const link = new UploadHttpLink({
      uri: url,
      headers: { ...headers, "GraphQL-Require-Preflight": "1" },
      fetch: notedFetch(requests),
    });
    const variables = { input: { id, logo: picture() } };
    const { data } = await (await client(link)).mutate({ mutation: gql(SET_LOGO), variables });
    return { result: data.setApiTokenLogo, requests };
  },

  /** Hear over WebSocket of a change that was made over HTTP. */
  async subscription(id) {
    const sockets = createClient({
      url: socketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: authorization },
      retryAttempts: 0,
    });
    const apollo = await client(
      ApolloLink.split(
        ({ operationType }) => operationType === "subscription", new GraphQLWsLink(sockets), http(),
      ),
    );
    const heard = new Promise((resolve, reject) => {
      apollo.subscribe({ query: gql(CHANGED), variables: { id } }).subscribe({
        next: ({ data, error }) => (error ? reject(error) : resolve(data.apiTokenChanged.apiToken)),
        error: reject,
      });
    });
    let count = 0;
    const token = await until(heard, () =>
      apollo.mutate({
        mutation: gql(DESCRIBE),
        variables: { input: { id, description: `Change ${(count += 1)}` } },
      }),
    );
    return { id: token.id, description: token.description.replace(/\d+/, "N") };
  },
});
