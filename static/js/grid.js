// Lists: announcements after each change; in the tokens list also the selection, across pages.
"use strict";
const picked = new Set(); // ids on all pages
const pickBoxes = () => all("[name=ids][form=bulk]");

function showPicked() {
  if (!one("#bulk")) return;
  const boxes = pickBoxes();
  for (const box of boxes) box.checked = picked.has(box.value);
  const here = boxes.filter((box) => box.checked).length;
  const elsewhere = [...picked].filter((id) => !boxes.some((box) => box.value === id));
  const everything = one("#pick-all-found")?.checked;
  const numbers = { count: picked.size, elsewhere: elsewhere.length };
  one("#picked-count").textContent = everything
    ? _("All rows found are selected")
    : !picked.size
      ? _("None selected")
      : elsewhere.length
        ? _("%(count)s selected, %(elsewhere)s of them on other pages", numbers)
        : _("%(count)s selected", numbers);
  one("#bulk").toggleAttribute("data-picked", picked.size > 0 || Boolean(everything));
  one("#pick-page").checked = here > 0 && here === boxes.length;
  one("#pick-page").indeterminate = here > 0 && here < boxes.length;
  one("#picked-elsewhere").replaceChildren(
    ...elsewhere.map((value) =>
      Object.assign(document.createElement("input"), { type: "hidden", name: "ids", value }),
    ),
  );
}
on("input", ({ target }) => {
  if (target.id === "pick-all-found") showPicked();
  const boxes = target.id === "pick-page" ? pickBoxes() : target.form?.id === "bulk" && target.name === "ids" ? [target] : [];
  for (const box of boxes) picked[target.checked ? "add" : "delete"](box.value);
  if (boxes.length) showPicked();
});
on("done", () => picked.clear());
on("htmx:after:swap", ({ detail: { ctx } }) => {
  const list = one("#grid, #records");
  if (list && ctx.target?.id === list.id && !ctx.quiet) say(list.dataset.said, "quiet");
});
// Some browsers drop table semantics when CSS shows rows as cards.
const ROLES = { TABLE: "table", TR: "row", TD: "cell" };
const roleOf = ({ tagName, scope }) =>
  tagName === "TH" ? (scope === "row" ? "rowheader" : "columnheader") : (ROLES[tagName] ?? "rowgroup");
ARRIVALS.push(showPicked, () => {
  for (const part of all(".cards, .cards :is(thead, tbody, tr, td, th)")) part.role ??= roleOf(part);
});
Object.assign(PRESSES, {
  pick: () => {
    picked.clear();
    if (one("#pick-all-found")) one("#pick-all-found").checked = false;
    showPicked();
  },
});
