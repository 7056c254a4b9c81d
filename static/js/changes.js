// Live updates: reloads what changed elsewhere. data-live holds the id of the page's token, or is empty on lists.
"use strict";
let stream, due;
const live = () => one("[data-live]");

// Only a visible page keeps a connection: browsers allow few per host.
function listen() {
  if (!live() || document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    stream = new EventSource("/settings/api-tokens/changes");
    stream.addEventListener("changed", ({ data }) => {
      const id = live()?.dataset.live;
      if (!id || id === data || data.startsWith("ACC-")) plan();
    });
    stream.addEventListener("listening", () => {
      if (listen.before) plan(); // reconnected: changes in between are unknown
      listen.before = true;
    });
    stream.addEventListener("error", () => (listen.before = true)); // the connection was lost, perhaps before the first event
    stream.addEventListener("ended", () => stream.close()); // the session ended
  }
}

// Debounces changes, and waits while somebody uses what the reload would replace.
function plan(after = 300) {
  clearTimeout(due);
  due = setTimeout(() => (inUse() ? plan(500) : bringUpToDate()), after);
}
const inUse = () =>
  wizard() ||
  one(":popover-open, [aria-busy], [data-revealed], #secret .ask") ||
  document.activeElement?.matches("main input:not([type=checkbox])");

async function bringUpToDate() {
  if (!live() || document.hidden) return;
  const list = live().id === "grid",
    part = list ? "#grid" : "#main";
  const focused = one(part).contains(document.activeElement);
  await htmx.ajax("GET", (list && one("#refresh")?.href) || location.pathname + location.search, {
    target: part,
    select: part,
    swap: `outerMorph${list ? " ignoreTitle:true" : ""}`,
    quiet: true,
  });
  if (!live()) say(one("#main h1 + p").textContent, "quiet"); // the token was deleted
  if (focused && document.activeElement === document.body) (one("#grid-title") ?? one("#main")).focus();
}
on("htmx:before:request", ({ detail: { ctx } }) => {
  if (["grid", "main"].includes(ctx.target.id)) clearTimeout(due); // this request loads the changes as well
});
on("visibilitychange", listen);
ARRIVALS.push(listen);
