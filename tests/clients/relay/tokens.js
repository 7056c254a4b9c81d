// What a page of tokens asks for in Relay; the compiler reads the tagged documents alone.
import { graphql } from "relay-runtime";

export const page = graphql`
  query tokensQuery($filter: ApiTokenFilter) {
    viewer {
      name
    }
    ...tokens_list @arguments(filter: $filter)
  }
`;

export const list = graphql`
  fragment tokens_list on Query
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
    filter: { type: "ApiTokenFilter" }
  )
  @refetchable(queryName: "tokensListQuery") {
    apiTokens(first: $first, after: $after, last: $last, before: $before, filter: $filter)
      @connection(key: "tokens_apiTokens", filters: ["filter"]) {
      totalCount
      edges {
        node {
          id
          ...tokens_row
        }
      }
    }
  }
`;

export const row = graphql`
  fragment tokens_row on ApiToken {
    name
    status
    modules {
      id
      name
    }
  }
`;

export const token = graphql`
  query tokensTokenQuery($id: ID!) {
    apiToken(id: $id) {
      ...tokens_trail
    }
  }
`;

export const trail = graphql`
  fragment tokens_trail on ApiToken
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
  @refetchable(queryName: "tokensTrailQuery") {
    auditTrail(first: $count, after: $cursor) @connection(key: "tokens_auditTrail") {
      edges {
        node {
          id
          event
        }
      }
    }
  }
`;

export const deletion = graphql`
  mutation tokensDeleteMutation($input: DeleteApiTokenInput!, $connections: [ID!]!) {
    deleteApiToken(input: $input) {
      __typename
      ... on DeleteApiTokenPayload {
        id @deleteEdge(connections: $connections)
      }
      ... on UserError {
        code
        message
        path
      }
    }
  }
`;
