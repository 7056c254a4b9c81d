// Lists: what they say after each change; of tokens also the rows selected here and elsewhere.
"use strict";
const picked = new Set(); // ids, of this and other pages
const pickBoxes = () => all("[name=ids][form=bulk]");

function showPicked() {
  if (!one("#bulk")) return;
  const boxes = pickBoxes();
  for (const box of boxes) box.checked = picked.has(box.value);
  const here = boxes.filter((box) => box.checked).length;
  const elsewhere = [...picked].filter((id) => !boxes.some((box) => box.value === id));
  const everything = one("#pick-all-found")?.checked;
  one("#picked-count").textContent = everything
    ? "All rows found are selected"
    : picked.size === 0
      ? "None selected"
      : `${picked.size} selected${elsewhere.length ? `, ${elsewhere.length} of them on other pages` : ""}`;
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
ARRIVALS.push(showPicked);
Object.assign(PRESSES, {
  pick: () => {
    picked.clear();
    if (one("#pick-all-found")) one("#pick-all-found").checked = false;
    showPicked();
  },
});
