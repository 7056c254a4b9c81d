// The wizards for adding and editing a token: closing, logo, modules.
"use strict";

// --- The wizard: Esc presses Close; links out of a step save the draft, and ask first when an edit would be lost
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
  const form = one("#wizard [data-keeps]");
  if (form) {
    const button = document.createElement("button");
    form.append(Object.assign(button, { name: "go", value: link.pathname.split("/").at(-1), hidden: true }));
    form.requestSubmit(button);
    return;
  }
  leaving = link;
  one("#wizard-leave").hidden = false;
  one("[data-stay]").focus();
});
// Close the wizard before the success message is announced, as it would go into the dialog.
addEventListener(
  "done",
  () => {
    if (!one("#wizard-slot > dialog")) return;
    wizard().remove();
    opener = "add";
  },
  true,
);

// --- Session ended: sign in over the page, then repeat the request
let unsent;
on("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status !== 401) return;
  const slot = one("#again-slot") ?? Object.assign(document.createElement("div"), { id: "again-slot" });
  document.body.prepend(slot);
  ctx.target.removeAttribute("aria-busy");
  unsent = repeat(ctx);
  Object.assign(ctx, { target: slot, swap: "innerHTML" });
});
on("signed-in", () => {
  one("#again").remove();
  unsent();
});

// --- Step 1: logo, counter
function pickLogo(input) {
  const [file] = input.files,
    preview = one("#logo-preview");
  const wrong = !file
    ? ""
    : !/^image\/(jpeg|png)$/.test(file.type)
      ? _("Choose a .jpg or .png file.")
      : file.size > input.dataset.limit
        ? _("Choose a file of at most 5 MB.")
        : "";
  const taken = file && !wrong;
  if (wrong) input.value = "";
  one(".chosen", preview)?.remove();
  if (taken)
    preview.append(
      Object.assign(new Image(), {
        className: "chosen",
        alt: _("The chosen logo"),
        src: URL.createObjectURL(file),
      }),
    );
  one("#logo-clear").hidden = !taken;
  one("#logo-note").textContent = wrong && `${_("%(name)s was not taken.", file)} ${wrong}`;
  say(wrong || (taken ? _("%(name)s chosen as logo", file) : _("No logo chosen")), "quiet");
}
function dragged(event, inside) {
  const area = event.target.closest?.("#drop");
  if (!area) return;
  event.preventDefault();
  if (area.classList.contains("over") === inside || (!inside && area.contains(event.relatedTarget)))
    return;
  area.classList.toggle("over", inside);
  say(inside ? _("Entered drop zone") : _("Left drop zone"), "quiet");
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
    _("%(count)s used.", {
    count: field.value.length.toLocaleString(document.documentElement.lang),
  }));

// --- Step 2: search, tick, count
const boxes = () => all("#modules-form [name=modules]");
const recount = () =>
  (one("#modules-count").textContent =
    _("%(ticked)s of %(rows)s selected", {
    ticked: boxes().filter((box) => box.checked || box.type === "hidden").length,
    rows: boxes().length,
  }));
function search(words) {
  const rows = all(".module-rows li");
  for (const row of rows)
    row.hidden = !row.textContent.toLowerCase().includes(words.trim().toLowerCase());
  const shown = rows.filter((row) => !row.hidden).length;
  one("#no-match").hidden = shown > 0;
  say(shown === 1 ? _("1 module shown") : _("%(count)s modules shown", { count: shown }), "quiet");
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

ARRIVALS.push(() => {
  for (const field of all("textarea[data-limit]")) count(field);
  for (const input of all("#f-logo[aria-invalid]")) input.value = ""; // refused by the server: do not send it again
  if (one("#f-search")?.value) search(one("#f-search").value);
});
Object.assign(PRESSES, {
  step: (link, name, event) => {
    event.preventDefault();
    for (const part of all(".edit-step, .steps li"))
      part.classList.toggle("current", part.dataset.part === name);
    for (const item of all(".steps li"))
      item.toggleAttribute("aria-current", item.dataset.part === name);
    one(`.edit-step[data-part=${name}] .step-title`).focus();
  },
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
  giveUp: (link, id, event) => {
    if (!one("#again-slot > dialog")) return; // the dialog is its own page: follow the link
    halt(event);
    one("#again").remove();
  },
  leaveAnyway: () => {
    delete wizard().dataset.dirty;
    leaving.click();
  },
});
