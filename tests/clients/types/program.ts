// A small typed program: tsc holds it to the types that gql.tada builds from the schema.
import { Client, fetchExchange } from "@urql/core";
import { initGraphQLTada, type ResultOf, type VariablesOf } from "gql.tada";
import type { introspection } from "./introspection.js";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Count: number; JSON: unknown; Upload: Blob };
}>();

const MODULES = graphql(`
  fragment Modules on ApiToken {
    modules { id name }
  }
`);

const TOKENS = graphql(
  `
    query Tokens($first: Int, $filter: ApiTokenFilter) {
      apiTokens(first: $first, filter: $filter) {
        totalCount
        nodes { id name status expiresAt ...Modules }
      }
    }
  `,
  [MODULES],
);

const ROTATE = graphql(`
  mutation Rotate($input: RotateApiTokenInput!) {
    rotateApiToken(input: $input) {
      __typename
      ... on RotateApiTokenPayload { secret apiToken { oldSecrets { acceptedUntil works } } }
      ... on UserError { code message path }
    }
  }
`);

type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const same = <Same extends true>(): Same | undefined => undefined;

type Token = ResultOf<typeof TOKENS>["apiTokens"]["nodes"][number];
same<Equal<Token["status"], "ACTIVE" | "DISABLED" | "EXPIRED">>();
same<Equal<Token["expiresAt"], string | null>>();
same<Equal<ResultOf<typeof MODULES>["modules"], { id: string; name: string }[]>>();
same<
  Equal<
    VariablesOf<typeof ROTATE>["input"],
    { id: string; grace: "NONE" | "ONE_HOUR" | "ONE_DAY" | "ONE_WEEK" }
  >
>();

/** Rotate a token; a refusal cannot be taken for a secret. */
export async function rotate(client: Client, id: string): Promise<string> {
  const { data } = await client.mutation(ROTATE, { input: { id, grace: "ONE_DAY" } });
  const result = data?.rotateApiToken;
  switch (result?.__typename) {
    case "RotateApiTokenPayload":
      return result.secret;
    case "NotFoundError":
    case "NotAllowedError":
    case "IllegalStateError":
      throw new Error(`${result.code}: ${result.message}`);
    case undefined:
      throw new Error("no answer");
  }
}

const client = new Client({ url: "/graphql", preferGetMethod: false, exchanges: [fetchExchange] });
// @ts-expect-error an enum has only its values
void client.mutation(ROTATE, { input: { id: "TKN-1234-5678", grace: "FOREVER" } });
// @ts-expect-error an input's field that has no default must be there
void client.mutation(ROTATE, { input: { id: "TKN-1234-5678" } });
// @ts-expect-error a filter has only the fields of the schema
void client.query(TOKENS, { filter: { colour: "teal" } });
void client.query(TOKENS, { first: 5, filter: { statuses: ["ACTIVE"], search: "crm" } });
