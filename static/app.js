// What plain HTML cannot do. Every screen works without this file. Listeners sit on the document, so that swapped-in content just works.
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (event, does) => document.addEventListener(event, does, true);
const wizard = () => one("#wizard");

// --- Trusted Types: htmx is the only code that may parse HTML
if (window.trustedTypes) htmx.registerExtension("tt", { init(api) {
  api.initSecurity(trustedTypes.createPolicy("htmx", { createHTML: (html) => html, createScript: () => "" }));
} });

// --- Saying things: in the open dialog (what lies outside is inert), else in the page's status region
function say(text, { quiet = false, stays = false } = {}) {
  const region = one("dialog[open] .status") ?? one("#status");
  region.classList.toggle("quiet", quiet);
  region.textContent = "";
  clearTimeout(say.clearing);
  setTimeout(() => (region.textContent = text), 50);
  if (!stays) say.clearing = setTimeout(() => (region.textContent = ""), 8000);
}

// --- The dialog: the server sends <dialog open>; make it modal, and let Esc press Close
let leaving = null;
function arrive() {
  for (const dialog of all("dialog[open]:not(:modal)")) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  for (const field of all("[data-masked]")) field.type = "password";
  if (one("#f-logo[aria-invalid]")) one("#f-logo").value = ""; // refused: do not send it again
  all("textarea[data-limit]").forEach(count);
  arriveSecret();
}
const pressClose = () => one("#wizard [data-closes]").click();
on("cancel", (event) => { if (event.target.id === "wizard") { event.preventDefault(); pressClose(); } });
on("close", (event) => { if (event.target === wizard()) { event.target.showModal(); pressClose(); } });
on("input", (event) => { const dialog = event.target.closest("#wizard form[method=post]") && wizard(); if (dialog && event.target.id !== "f-search") dialog.dataset.dirty = ""; });
on("click", (event) => { // a link out of a step with unsaved input asks first
  const link = event.target.closest("#wizard a:not([href^='#'], [data-leave])");
  if (!link || !("dirty" in wizard().dataset)) return;
  event.preventDefault();
  event.stopPropagation();
  leaving = link;
  one("#wizard-leave").hidden = false;
  one("[data-stay]").focus();
});
on("submit", (event) => { // a button with its own address leads there
  if (!event.submitter?.dataset || !("navigates" in event.submitter.dataset)) return;
  event.preventDefault();
  event.stopPropagation();
  location.assign(event.submitter.formAction);
});

// --- Requests: closing, sign-in ended, failures
on("htmx:before:request", ({ detail: { ctx } }) => {
  one("#status").textContent = "";
  if (ctx.target?.id !== "grid") return;
  ctx.target.setAttribute("aria-busy", "true");
  if (!wizard()) return;
  wizard().remove();
  one("#add")?.focus();
});
on("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const { status, raw } = ctx.response;
  if (status >= 400 && status !== 422 && !ctx.text.includes('<dialog id="wizard"')) {
    event.preventDefault();
    say(FAILURES[status] ?? "Something went wrong, and nothing was changed. Try again.", { stays: true });
  } else if (ctx.target !== document.body && /^\s*<!doctype/i.test(ctx.text)) {
    event.preventDefault(); // a whole page for a part: signed out, most likely
    location.assign(raw.url);
  }
});
const FAILURES = {
  403: "You are not allowed to do that.",
  404: "That is not there any more. Reload the page.",
  409: "Somebody else changed it meanwhile. Reload the page.",
  413: "That file is too large. Choose one of at most 5 MB.",
  429: "Too many attempts. Wait a little, and try again.",
  503: "Tokendesk is not available for the moment. Try again.",
};
on("htmx:error", () => say("Tokendesk could not be reached. What you entered is still here: try again.", { stays: true }));
on("htmx:finally:request", ({ detail: { ctx } }) => setTimeout(() => {
  if (document.activeElement === document.body || !document.activeElement) (ctx.request.submitter ?? wizard())?.focus();
}));
on("htmx:after:swap", arrive);

// --- Step 1: logo and counter
const pickedLogo = (input, file) => {
  const wrong = !/^image\/(jpeg|png)$/.test(file.type) ? "Choose a .jpg or .png file." : file.size > input.dataset.limit ? "Choose a file of at most 5 MB." : "";
  if (wrong) input.value = "";
  else showLogo(URL.createObjectURL(file));
  one("#logo-clear").hidden = Boolean(wrong);
  one("#logo-note").textContent = wrong ? `${file.name} was not taken. ${wrong}` : "";
  say(wrong || `${file.name} chosen as logo.`, { quiet: true });
};
const showLogo = (url) => {
  const image = Object.assign(new Image(72, 72), { src: url, alt: "The chosen logo" });
  image.dataset.chosen = "";
  one("#logo-preview [data-chosen]")?.remove();
  for (const child of one("#logo-preview").children) child.toggleAttribute("hidden", true);
  one("#logo-preview").append(image);
};
const clearLogo = () => {
  one("#f-logo").value = "";
  one("#logo-preview [data-chosen]")?.remove();
  for (const child of one("#logo-preview").children) child.removeAttribute("hidden");
  one("#logo-clear").hidden = true;
  one("#f-logo").focus();
  say("Logo removed.", { quiet: true });
};
on("change", ({ target }) => { if (target.id === "f-logo") target.files[0] ? pickedLogo(target, target.files[0]) : clearLogo(); });
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) on(name, (event) => {
  const area = event.target.closest?.("#drop");
  if (!area) return;
  event.preventDefault();
  const inside = name === "dragover" || name === "dragenter";
  if (area.classList.contains("over") !== inside && !area.contains(name === "dragleave" ? event.relatedTarget : null)) {
    area.classList.toggle("over", inside);
    say(inside ? "Entered drop zone" : "Left drop zone", { quiet: true });
  }
  if (name !== "drop" || !event.dataTransfer.files.length) return;
  one("#f-logo").files = event.dataTransfer.files;
  one("#f-logo").dispatchEvent(new Event("change", { bubbles: true }));
});
const count = (field) => {
  one(`[data-counts="${field.id}"]`).textContent = `${field.value.length.toLocaleString("en")} used.`;
};

// --- Step 2: search, tick all, count
const boxes = () => all("#modules-form [name=modules]");
const recount = () => {
  one("#modules-count").textContent = `${boxes().filter((box) => box.checked || box.type === "hidden").length} of ${boxes().length} selected`;
};
const search = (words) => {
  for (const row of all(".module-rows li")) row.hidden = !row.textContent.toLowerCase().includes(words.trim().toLowerCase());
  const shown = all(".module-rows li:not([hidden])").length;
  one("#no-match").hidden = shown > 0;
  say(`${shown} ${shown === 1 ? "module" : "modules"} shown`, { quiet: true });
};
on("input", ({ target }) => {
  if (target.id === "f-search") search(target.value);
  if (target.name === "modules") recount();
  if (target.matches("textarea[data-limit]")) count(target);
});
on("keydown", (event) => { // Enter: never the search button's round trip
  if (event.key !== "Enter" || !event.target.matches("#modules-form input")) return;
  event.preventDefault();
  if (event.target.type === "checkbox") one("#wizard-next").click();
});

// --- Copy, show and hide
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    say("Copied to clipboard");
  } catch {
    if (source.select) { source.type = "text"; delete source.dataset.masked; source.focus(); source.select(); }
    else getSelection().selectAllChildren(source);
    say("Your browser does not let this page copy. It is selected: press Ctrl+C or Cmd+C.", { stays: true });
  }
}
function unmask(button) {
  const field = one(`#${button.dataset.unmask}`), shown = field.type === "password";
  field.type = shown ? "text" : "password";
  field.toggleAttribute("data-masked", !shown);
  one("span", button).textContent = shown ? "Hide" : "Show";
  button.setAttribute("aria-label", shown ? "Hide API token" : "Show API token");
  say(`API token is ${shown ? "visible" : "hidden"}`, { quiet: true });
}
function arriveSecret() {
  clearTimeout(arriveSecret.hiding);
  const revealed = one("#secret[data-revealed]");
  if (!revealed) return;
  arriveSecret.hiding = setTimeout(hideSecret, 30000);
  if (revealed.dataset.revealed === "copy") copy(one("#secret-value"));
  else say("API token is visible", { quiet: true });
}
function hideSecret() {
  const revealed = one("#secret[data-revealed]");
  if (!revealed) return;
  const focused = revealed.contains(document.activeElement);
  revealed.replaceWith(one("template", revealed).content.cloneNode(true));
  htmx.process(one("#secret"));
  if (focused) one("#secret-toggle").focus();
  say("API token is hidden", { quiet: true });
}
on("visibilitychange", () => document.hidden && hideSecret());
on("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  const { copy: source, unmask: field, tick } = button.dataset;
  if (source) copy(one(`#${source}`));
  if (field) unmask(button);
  if (tick) { for (const box of boxes()) if (!box.closest("li[hidden]") && box.type === "checkbox") box.checked = tick === "all"; wizard().dataset.dirty = ""; recount(); }
  if ("hide" in button.dataset) { event.preventDefault(); hideSecret(); }
  if (button.id === "logo-clear") clearLogo();
  if ("stay" in button.dataset) { one("#wizard-leave").hidden = true; leaving?.focus(); }
  if ("leaveAnyway" in button.dataset) { delete wizard().dataset.dirty; leaving?.click(); }
});
arrive();
