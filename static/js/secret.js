// A token's value: shown, masked, and hidden again automatically.
"use strict";

function unmask(button, field) {
  const shown = field.toggleAttribute("data-masked") === false;
  field.type = shown ? "text" : "password";
  one("span", button).textContent = shown ? _("Hide") : _("Show");
  button.setAttribute("aria-label", shown ? _("Hide API token") : _("Show API token"));
  say(shown ? _("API token is visible") : _("API token is hidden"), "quiet");
}
function arriveSecret() {
  const revealed = one("#secret[data-revealed]");
  clearTimeout(arriveSecret.hiding);
  if (!revealed) return;
  arriveSecret.hiding = setTimeout(hideSecret, 30000);
  if (revealed.dataset.revealed === "copy") copy(one("#secret-value"));
  else say(_("API token is visible"), "quiet");
}
function hideSecret() {
  const revealed = one("#secret[data-revealed]");
  if (!revealed) return;
  const focused = revealed.contains(document.activeElement);
  revealed.replaceWith(one("template", revealed).content.cloneNode(true));
  htmx.process(one("#secret"));
  if (focused) one("#secret-toggle").focus();
  say(_("API token is hidden"), "quiet");
}
on("visibilitychange", () => {
  if (document.hidden) hideSecret();
});

ARRIVALS.push(() => {
  for (const field of all("[data-masked]")) field.type = "password";
  arriveSecret();
});
Object.assign(PRESSES, {
  unmask: (button, id) => unmask(button, one(`#${id}`)),
  hide: (button, id, event) => {
    event.preventDefault();
    hideSecret();
  },
});
