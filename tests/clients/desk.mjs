// What the programs of all clients share: where the desk is, who asks, and how a scenario is run.
import { readFileSync } from "node:fs";

export const url = `${process.env.DESK_URL}/graphql`;
export const socketUrl = url.replace(/^http/, "ws");
export const authorization = `Bearer ${process.env.DESK_TOKEN}`;
export const picture = () =>
  new File([readFileSync(process.env.DESK_PICTURE)], "logo.png", { type: "image/png" });

/** Run the scenario that the command line names with the rest of it; print its answer as JSON. */
export async function run(scenarios) {
  const [name, ...rest] = process.argv.slice(2);
  const answer = await scenarios[name](...rest.map((each) => JSON.parse(each)));
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

/** A fetch that notes the method of each request, to be seen in the answer. */
export function notedFetch(requests) {
  return (input, options) => {
    const sent = new URL(input);
    const body = typeof options.body === "string" ? JSON.parse(options.body) : null;
    requests.push({
      method: options.method ?? "GET",
      query: sent.searchParams.has("query") || Boolean(body?.query),
      multipart: options.body instanceof FormData,
    });
    return fetch(input, options);
  };
}

/** Make a change again and again until the promise is kept: nothing tells when a subscription began. */
export async function until(kept, change) {
  let waiting = true;
  const end = () => { waiting = false; };
  kept.then(end, end);
  for (let tries = 0; waiting; tries += 1) {
    if (tries === 200) throw new Error("The subscription never heard of a change.");
    await change();
    await new Promise((next) => setTimeout(next, 50));
  }
  return kept;
}
