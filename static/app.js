// What plain HTML cannot do; every screen works without it. Listeners sit on the document, so swapped-in content just works.
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const on = (event, does) => document.addEventListener(event, does, true);
const halt = (event) => {
  event.preventDefault();
  event.stopPropagation();
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
function arrive() {
  for (const dialog of all("dialog[open]:not(:modal)")) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  for (const field of all("[data-masked]")) field.type = "password";
  for (const field of all("textarea[data-limit]")) count(field);
  for (const button of all(".unscripted")) button.remove();
  for (const input of all("#f-logo[aria-invalid]")) input.value = ""; // refused: do not send it again
  if (one("#f-search")?.value) search(one("#f-search").value);
  arriveSecret();
}
on("htmx:after:swap", arrive);

// --- The wizard: Esc presses Close; a link out of a step with unsaved input asks first
let leaving;
const wizard = () => one("#wizard");
const pressClose = () => one("#wizard [data-closes]").click();
on("cancel", (event) => {
  if (event.target === wizard()) {
    event.preventDefault();
    pressClose();
  }
});
on("close", (event) => {
  if (event.target === wizard()) {
    wizard().showModal();
    pressClose();
  }
});
on("input", ({ target }) => {
  if (target.closest("#wizard .step-form") && target.id !== "f-search") wizard().dataset.dirty = "";
});
on("click", (event) => {
  const link = event.target.closest("#wizard[data-dirty] a:not([href^='#'], [data-leave])");
  if (!link) return;
  halt(event);
  leaving = link;
  one("#wizard-leave").hidden = false;
  one("[data-stay]").focus();
});
on("submit", (event) => {
  // a button with an address of its own leads there
  if (event.submitter?.dataset.navigates === undefined) return;
  halt(event);
  location.assign(event.submitter.formAction);
});

// --- Requests: closing, sign-in ended, failures
const FAILURES = {
  403: "You are not allowed to do that.",
  413: "That file is too large. Choose one of at most 5 MB.",
  429: "Too many attempts. Wait a little, and try again.",
};
on("htmx:before:request", ({ detail: { ctx } }) => {
  one("#status").textContent = "";
  ctx.target.setAttribute("aria-busy", "true");
  if (ctx.target.id !== "grid" || !wizard()) return;
  wizard().remove();
  one("#add")?.focus();
});
on("htmx:before:swap", (event) => {
  const { response, text, target } = event.detail.ctx;
  if (response.status >= 400 && response.status !== 422 && !text.includes('<dialog id="wizard"')) {
    event.preventDefault();
    say(
      FAILURES[response.status] ?? "That did not work, and nothing was changed. Try again.",
      "stays",
    );
  } else if (target !== document.body && /^\s*<!doctype/i.test(text)) {
    // a page for a part: signed out, most likely
    event.preventDefault();
    location.assign(response.raw.url);
  }
});
on("htmx:error", () =>
  say("Tokendesk could not be reached. What you entered is still here: try again.", "stays"),
);
on("htmx:finally:request", ({ detail: { ctx } }) =>
  setTimeout(() => {
    ctx.target.removeAttribute("aria-busy");
    if (document.activeElement === document.body) (ctx.request.submitter ?? wizard())?.focus();
  }),
);

// --- Step 1: logo, counter
function pickLogo(input) {
  const [file] = input.files,
    preview = one("#logo-preview");
  const wrong = !file
    ? ""
    : !/^image\/(jpeg|png)$/.test(file.type)
      ? "Choose a .jpg or .png file."
      : file.size > input.dataset.limit
        ? "Choose a file of at most 5 MB."
        : "";
  const taken = file && !wrong;
  if (wrong) input.value = "";
  one(".chosen", preview)?.remove();
  if (taken)
    preview.append(
      Object.assign(new Image(), {
        className: "chosen",
        alt: "The chosen logo",
        src: URL.createObjectURL(file),
      }),
    );
  one("#logo-clear").hidden = !taken;
  one("#logo-note").textContent = wrong && `${file.name} was not taken. ${wrong}`;
  say(wrong || (taken ? `${file.name} chosen as logo` : "No logo chosen"), "quiet");
}
function dragged(event, inside) {
  const area = event.target.closest?.("#drop");
  if (!area) return;
  event.preventDefault();
  if (area.classList.contains("over") === inside || (!inside && area.contains(event.relatedTarget)))
    return;
  area.classList.toggle("over", inside);
  say(inside ? "Entered drop zone" : "Left drop zone", "quiet");
}
on("dragover", (event) => dragged(event, true));
on("dragleave", (event) => dragged(event, false));
on("drop", (event) => {
  dragged(event, false);
  if (!event.defaultPrevented || !event.dataTransfer.files.length) return;
  one("#f-logo").files = event.dataTransfer.files;
  one("#f-logo").dispatchEvent(new Event("input", { bubbles: true }));
});
const count = (field) =>
  (one(`[data-counts="${field.id}"]`).textContent =
    `${field.value.length.toLocaleString("en")} used.`);

// --- Step 2: search, tick, count
const boxes = () => all("#modules-form [name=modules]");
const recount = () =>
  (one("#modules-count").textContent =
    `${boxes().filter((box) => box.checked || box.type === "hidden").length} of ${boxes().length} selected`);
function search(words) {
  const rows = all(".module-rows li");
  for (const row of rows)
    row.hidden = !row.textContent.toLowerCase().includes(words.trim().toLowerCase());
  const shown = rows.filter((row) => !row.hidden).length;
  one("#no-match").hidden = shown > 0;
  say(shown === 1 ? "1 module shown" : `${shown} modules shown`, "quiet");
}
function tickShown(checked) {
  for (const box of all(".module-rows li:not([hidden]) input")) box.checked = checked;
  wizard().dataset.dirty = "";
  recount();
}
on("input", ({ target }) => {
  if (target.id === "f-logo") pickLogo(target);
  if (target.id === "f-search") search(target.value);
  if (target.name === "modules") recount();
  if (target.matches("textarea[data-limit]")) count(target);
});
on("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "f-search") event.preventDefault();
});

// --- The value: copy, show, hide
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
function unmask(button, field) {
  const shown = field.toggleAttribute("data-masked") === false;
  field.type = shown ? "text" : "password";
  one("span", button).textContent = shown ? "Hide" : "Show";
  button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} API token`);
  say(`API token is ${shown ? "visible" : "hidden"}`, "quiet");
}
function arriveSecret() {
  const revealed = one("#secret[data-revealed]");
  clearTimeout(arriveSecret.hiding);
  if (!revealed) return;
  arriveSecret.hiding = setTimeout(hideSecret, 30000);
  if (revealed.dataset.revealed === "copy") copy(one("#secret-value"));
  else say("API token is visible", "quiet");
}
function hideSecret() {
  const revealed = one("#secret[data-revealed]");
  if (!revealed) return;
  const focused = revealed.contains(document.activeElement);
  revealed.replaceWith(one("template", revealed).content.cloneNode(true));
  htmx.process(one("#secret"));
  if (focused) one("#secret-toggle").focus();
  say("API token is hidden", "quiet");
}
on("visibilitychange", () => {
  if (document.hidden) hideSecret();
});

// --- Buttons, by their data-* name
const PRESSES = {
  copy: (button, id) => copy(one(`#${id}`)),
  unmask: (button, id) => unmask(button, one(`#${id}`)),
  tick: (button, which) => tickShown(which === "all"),
  clear: (button, id) => {
    one(`#${id}`).value = "";
    pickLogo(one(`#${id}`));
    one(`#${id}`).focus();
  },
  stay: () => {
    one("#wizard-leave").hidden = true;
    leaving.focus();
  },
  leaveAnyway: () => {
    delete wizard().dataset.dirty;
    leaving.click();
  },
  hide: (button, id, event) => {
    event.preventDefault();
    hideSecret();
  },
};
on("click", (event) => {
  const button = event.target.closest("button, a");
  for (const name in button?.dataset) PRESSES[name]?.(button, button.dataset[name], event);
});
arrive();
