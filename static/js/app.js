// What plain HTML cannot do; every screen also works without it. Listeners are on the document, so swapped content works.
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const on = (event, does) => document.addEventListener(event, does, true);
const halt = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

// --- Texts: English in the source; pages in other languages carry translations
const texts = JSON.parse(one("meta[name=texts]")?.content ?? "{}");
const _ = (text, values) =>
  (texts[text] ?? text).replace(/%\((\w+)\)s/g, (mark, name) => values[name]);

// --- Trusted Types: only htmx may parse HTML
if (window.trustedTypes)
  htmx.registerExtension("tt", {
    init(api) {
      api.initSecurity(
        trustedTypes.createPolicy("htmx", { createHTML: (html) => html, createScript: () => "" }),
      );
    },
  });

// --- Status messages: in the open dialog (everything else is inert), or in the page's status region
function say(text, look = "", ...more) {
  const region = one("dialog[open] .status") ?? one("#status");
  region.className = `status ${look}`;
  region.textContent = "";
  clearTimeout(say.clearing);
  setTimeout(() => region.replaceChildren(text, ...more), 50);
  if (look !== "stays") say.clearing = setTimeout(() => (region.textContent = ""), 8000);
}

// --- New content, by page load, swap or history
const ARRIVALS = []; // callbacks of the scripts
function arrive() {
  for (const popover of all(":popover-open")) popover.hidePopover(); // morphing would leave it open
  for (const dialog of all("dialog[open]:not(:modal)")) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  for (const button of all(".unscripted")) button.remove();
  one(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const does of ARRIVALS) does();
}
on("htmx:after:swap", arrive);

// --- Small dialogs: focus returns to the element that opened them, or to its replacement
let opener; // the id of the link
const dialog = () => one("#dialog-slot dialog, #dialog");
function dismiss() {
  const stale = dialog() && one("[data-stale]", dialog()); // the dialog's action changed the page below
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
  const menu = link.closest("[popover]"); // the menu closes, its button stays
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
    say(_("Copied to clipboard"));
  } catch {
    if (source.select) {
      source.type = "text";
      source.removeAttribute("data-masked");
      source.select();
    } else getSelection().selectAllChildren(source);
    say(
      _("This browser does not let the page copy. The text is selected: press Ctrl+C or Cmd+C."),
      "stays",
    );
  }
}

// --- Buttons: actions by data-* attribute
const PRESSES = {
  copy: (button, id) => copy(one(`#${id}`)),
  refresh,
  dismiss: (button, id, event) => {
    if (!one("#dialog-slot dialog")) return; // the dialog is its own page: follow the link
    halt(event);
    dismiss();
  },
};
function press(event) {
  const button = event.target.closest("button, a");
  for (const name in button?.dataset) PRESSES[name]?.(button, button.dataset[name], event);
}
on("DOMContentLoaded", () => {
  on("click", press); // registered last, so that other scripts' listeners can stop the click
  for (const event of ["click", "submit"]) on(event, stayWhenOffline);
  arrive();
});
