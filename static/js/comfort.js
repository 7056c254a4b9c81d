// Dates in the reader's time zone, and keyboard shortcuts.
"use strict";

// --- Dates: in the reader's time zone; the title holds the exact time in UTC
const spoken = document.documentElement.lang;
const reader = navigator.languages.find((each) => each.startsWith(spoken)) ?? spoken;
const form = (options) => new Intl.DateTimeFormat(reader, options);
const DAY = form({ dateStyle: "medium" });
const CLOCK = form({ timeStyle: "short" });
const SECONDS = form({ timeStyle: "medium" });
ARRIVALS.push(() => {
  for (const time of all("time:not([title])")) {
    const at = new Date(time.dateTime);
    const small = one("small", time) ?? time;
    if (!small.textContent.endsWith("UTC")) continue; // a day, or an hour of the chart
    time.title = time.dateTime.replace("T", " ").replace(/Z|\+00:00$/, " UTC");
    small.textContent = (small.textContent.split(":").length > 2 ? SECONDS : CLOCK).format(at);
    if (small !== time) time.firstChild.data = `${DAY.format(at)} `;
  }
});

// --- Shortcuts: not while typing, not while a dialog is open, and not if switched off
const keys = () => one("#keys");
const KEYS = {
  "/": () => one("main [type=search]"),
  n: () => one("#add") ?? one("#help-new"),
  "?": () => one("#help"),
};
on("keydown", (event) => {
  const { key, target } = event;
  const typing = target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  const held = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  if (typing || held || !keys() || localStorage.keys === "off" || one("dialog[open]")) return;
  const found = Object.hasOwn(KEYS, key) && KEYS[key]();
  if (!found) return;
  event.preventDefault();
  if (key === "n") found.click();
  else if (key === "/") found.focus();
  else showHelp();
});
function showHelp() {
  keys().checked = localStorage.keys !== "off";
  one("#help").showModal();
}
on("input", ({ target }) => {
  if (target === keys()) localStorage.keys = target.checked ? "on" : "off";
});
Object.assign(PRESSES, { help: showHelp });

// --- A popover closes when focus leaves it, as it would cover the focused element
on("focusin", ({ target }) => {
  for (const popover of all(":popover-open"))
    if (!popover.contains(target) && target.popoverTargetElement !== popover) popover.hidePopover();
});
