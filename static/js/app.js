// What plain HTML cannot do; every screen works without it. Listeners sit on the document, so swapped-in content just works.
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const on = (event, does) => document.addEventListener(event, does, true);
const halt = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

// --- Trusted Types: only htmx may parse HTML
if (window.trustedTypes)
  htmx.registerExtension("tt", {
    init(api) {
      api.initSecurity(
        trustedTypes.createPolicy("htmx", { createHTML: (html) => html, createScript: () => "" }),
      );
    },
  });

// --- Saying things: in the open dialog (all else is inert), or in the page's status region
function say(text, look = "") {
  const region = one("dialog[open] .status") ?? one("#status");
  region.className = `status ${look}`;
  region.textContent = "";
  clearTimeout(say.clearing);
  setTimeout(() => (region.textContent = text), 50);
  if (look !== "stays") say.clearing = setTimeout(() => (region.textContent = ""), 8000);
}

// --- Whatever arrived, by load, swap or history
const ARRIVALS = []; // what each script does with it
function arrive() {
  for (const popover of all(":popover-open")) popover.hidePopover(); // a morph keeps it
  for (const dialog of all("dialog[open]:not(:modal)")) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  for (const button of all(".unscripted")) button.remove();
  one(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const does of ARRIVALS) does();
}
on("htmx:after:swap", arrive);

// --- Requests: closing, sign-in ended, failures
const FAILURES = {
  403: "You are not allowed to do that.",
  413: "That file is too large. Choose one of at most 5 MB.",
  429: "Too many attempts. Wait a little, and try again.",
};
on("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.quiet) return; // nobody asked for it
  one("#status").textContent = "";
  ctx.target.setAttribute("aria-busy", "true");
  if (ctx.target.id !== "grid" || !wizard()) return;
  wizard().remove();
  one("#add")?.focus();
});
on("htmx:before:swap", (event) => {
  const { response, text, target, select, quiet } = event.detail.ctx;
  if (quiet && (response.status < 400 || response.status === 404)) return;
  if (quiet) event.preventDefault();
  else if (response.status >= 400 && response.status !== 422 && !/<dialog id="(wizard|dialog)"/.test(text)) {
    event.preventDefault();
    say(
      FAILURES[response.status] ?? "That did not work, and nothing was changed. Try again.",
      "stays",
    );
  } else if (!select && target !== document.body && /^\s*<!doctype/i.test(text)) {
    // a page for a part: signed out, most likely
    event.preventDefault();
    location.assign(response.raw.url);
  }
});
on("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.quiet) return;
  say("Tokendesk could not be reached. What you entered is still here: try again.", "stays");
});
on("htmx:finally:request", ({ detail: { ctx } }) =>
  setTimeout(() => {
    ctx.target.removeAttribute("aria-busy");
    if (document.activeElement === document.body) (ctx.request.submitter ?? wizard())?.focus();
  }),
);

// --- Small dialogs: focus goes back to what opened them, or to what took its place
let opener; // the id of the link
const dialog = () => one("#dialog-slot dialog, #dialog");
function dismiss() {
  const stale = dialog() && one("[data-stale]", dialog()); // it changed what the page shows
  dialog()?.remove();
  if (stale) refresh();
  (one(`[id="${opener}"]`) ?? one("main")).focus();
}
function refresh() {
  const way = { target: "#main", select: "#main", swap: "outerMorph" };
  htmx.ajax("GET", location.pathname + location.search, way);
}
on("click", ({ target }) => {
  const link = target.closest("[data-opens]");
  if (!link) return;
  const menu = link.closest("[popover]"); // its button outlives it
  opener = menu ? one(`[popovertarget="${menu.id}"]`)?.id : link.id;
  menu?.hidePopover?.();
});
on("cancel", (event) => {
  if (event.target !== one("#dialog")) return;
  event.preventDefault();
  one("[data-dismiss]", dialog()).click();
});
on("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.dataset?.finishes !== undefined) dismiss();
});
on("done", ({ detail }) => {
  dismiss();
  say(detail.text);
});

// --- Copying
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    say("Copied to clipboard");
  } catch {
    if (source.select) {
      source.type = "text";
      source.removeAttribute("data-masked");
      source.select();
    } else getSelection().selectAllChildren(source);
    say(
      "This browser does not let the page copy. The text is selected: press Ctrl+C or Cmd+C.",
      "stays",
    );
  }
}

// --- Buttons, by their data-* name
const PRESSES = {
  copy: (button, id) => copy(one(`#${id}`)),
  refresh,
  dismiss: (button, id, event) => {
    if (!one("#dialog-slot dialog")) return; // a page of its own: the link leads on
    halt(event);
    dismiss();
  },
};
function press(event) {
  const button = event.target.closest("button, a");
  for (const name in button?.dataset) PRESSES[name]?.(button, button.dataset[name], event);
}
on("DOMContentLoaded", () => {
  on("click", press); // after all scripts' own listeners, which may halt the click
  arrive();
});
