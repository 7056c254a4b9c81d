// Changes made elsewhere, shown as they happen; data-live names the page's token, or none for all.
"use strict";
let stream, due;
const live = () => one("[data-live]");

// Only a visible page listens: a browser has few connections to spare.
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
      if (listen.before) plan(); // what happened between is not known
      listen.before = true;
    });
    stream.addEventListener("error", () => (listen.before = true)); // cut, perhaps before it began
    stream.addEventListener("ended", () => stream.close()); // the session
  }
}

// Many changes at once are one, and nothing is taken away from under somebody's hands.
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
  if (!live()) say(one("#main h1 + p").textContent, "quiet"); // it was deleted
  if (focused && document.activeElement === document.body) (one("#grid-title") ?? one("#main")).focus();
}
on("htmx:before:request", ({ detail: { ctx } }) => {
  if (["grid", "main"].includes(ctx.target.id)) clearTimeout(due); // it brings all of it
});
on("visibilitychange", listen);
ARRIVALS.push(listen);
