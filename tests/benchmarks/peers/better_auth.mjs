// better-auth's API-key plugin behind Node's own server, on Node's own SQLite.
// `node better_auth.mjs fill COUNT FILE` makes the database; `node better_auth.mjs serve PORT` serves.
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { apiKey } from "@better-auth/api-key";

const database = new DatabaseSync(process.env.PEER_DATABASE);
database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");

const auth = betterAuth({
  database,
  secret: "bench-bench-bench-bench-bench-bench",
  baseURL: "http://127.0.0.1",
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
  logger: { disabled: true },
});

const [command, ...rest] = process.argv.slice(2);

if (command === "fill") {
  const [count, file] = rest;
  await (await getMigrations(auth.options)).runMigrations();
  const { user } = await auth.api.signUpEmail({
    body: { email: "robot@bench.example", password: "correct horse", name: "Robot" },
  });
  const keys = [];
  for (let number = 0; number < Number(count); number += 1) {
    const made = await auth.api.createApiKey({ body: { name: `Robot ${number}`, userId: user.id } });
    keys.push(made.key);
  }
  writeFileSync(file, JSON.stringify({ "better-auth": keys }));
} else {
  createServer(async (request, response) => {
    const key = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const found = await auth.api.verifyApiKey({ body: { key } });
    response.writeHead(found.valid ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ active: found.valid, id: found.key?.id, name: found.key?.name }));
  }).listen(Number(rest[0]), "127.0.0.1");
}
