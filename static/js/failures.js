// Requests: feedback while one is running, and recovery when one fails.
"use strict";
const MESSAGES = {
  403: _("You are not allowed to do that."),
  404: _("This is no longer there. Load the page again."),
  409: _("This is not possible any more, as things have changed. Load the page again."),
  413: _("That is too large. A logo can have at most 5 MB."),
  429: _("Too many attempts. Wait a little, and try again."),
};
const LATER = new Set([429, 500, 502, 503, 504]); // statuses worth a retry
let again, uploading;

on("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.quiet) return; // a background request
  one("#status").textContent = "";
  one(".failure")?.remove();
  ctx.target.setAttribute("aria-busy", "true");
  const file = [...(ctx.request.body?.values() ?? [])].find((value) => value.size);
  if (file) uploading = setTimeout(() => say(_("Uploading %(name)s…", file), "stays"), 300);
  if (ctx.target.id !== "grid" || !wizard()) return;
  wizard().remove();
  one("#add")?.focus();
});
on("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const { response, text, target, select, quiet } = ctx;
  if (quiet && (response.status < 400 || response.status === 404)) return;
  if (quiet) event.preventDefault();
  else if (response.status >= 400 && response.status !== 422 && !/<dialog id="(wizard|dialog|again)"/.test(text)) {
    event.preventDefault();
    fail(
      MESSAGES[response.status] ?? _("Tokendesk could not do this right now. Nothing you entered is lost."),
      LATER.has(response.status) && repeat(ctx),
    );
  } else if (!select && target !== document.body && /^\s*<!doctype/i.test(text)) {
    // a full page instead of a partial: probably signed out
    event.preventDefault();
    location.assign(response.raw.url);
  }
});
on("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.request && !ctx.quiet) fail(UNREACHED(), repeat(ctx));
});
on("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(uploading);
  setTimeout(() => {
    ctx.target.removeAttribute("aria-busy");
    if (document.activeElement === document.body) (ctx.request.submitter ?? wizard())?.focus();
  });
});
const UNREACHED = () => _("Tokendesk could not be reached. Nothing is lost.");

// Without htmx, the browser would replace this page with its own error page.
function stayWhenOffline(event) {
  if (navigator.onLine || event.defaultPrevented) return;
  const way = event.target.closest(event.type === "click" ? "a[href]:not([href^='#'])" : "form");
  if (!way || way.method === "dialog" || way.dataset.hxGet || way.dataset.hxPost) return;
  halt(event);
  fail(UNREACHED(), repeat({ sourceElement: way, request: event }));
}

// Returns a function that repeats the request.
const repeat =
  ({ sourceElement: source, request }) =>
  () =>
    source.requestSubmit ? source.requestSubmit(request.submitter) : source.click();

// Shows an error: in the open dialog above the input, else in the status region.
function fail(text, retry) {
  const body = one("dialog[open] :is(.wizard-body, .dialog-body)");
  const box = one("#failure").content.cloneNode(true).firstElementChild;
  again = retry;
  if (!retry) one("button", box).remove();
  if (!body) {
    say(text, "stays", ...box.querySelectorAll("button"));
    return;
  }
  say("");
  one(".failure")?.remove();
  one("p", box).textContent = text;
  body.prepend(box);
  box.focus();
}
Object.assign(PRESSES, {
  again: () => {
    one("#status").textContent = "";
    again();
  },
});
