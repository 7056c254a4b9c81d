// The operations that the JavaScript clients send, as text.
export const PAGE = `
  query Page($first: Int!, $after: String) {
    apiTokens(first: $first, after: $after, orderBy: {field: NAME, descending: false}) {
      totalCount
      edges { cursor node { id name modules { id name } } }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
  }
`;
export const CREATE = `
  mutation Create($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      ... on CreateApiTokenPayload { apiToken { id name } secret }
      ... on UserError { code message path }
      ... on ValidationError { fieldErrors { message path } }
    }
  }
`;
export const SET_LOGO = `
  mutation SetLogo($input: SetApiTokenLogoInput!) {
    setApiTokenLogo(input: $input) {
      ... on SetApiTokenLogoPayload { apiToken { id logoUrl } }
      ... on UserError { code message path }
    }
  }
`;
export const DESCRIBE = `
  mutation Describe($input: UpdateApiTokenInput!) {
    updateApiToken(input: $input) { __typename }
  }
`;
export const VIEWER = `query Viewer { viewer { id name kind } }`;
export const WRONG = `query Wrong { viewer { id shoeSize } }`;
export const POSSIBLE_TYPES = `
  { __schema { types { kind name possibleTypes { name } } } }
`;
export const CHANGED = `
  subscription Changed($id: ID!) { apiTokenChanged(id: $id) { apiToken { id description } } }
`;
