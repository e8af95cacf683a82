// The workbench: evidence panes, single keys, and a result that is not lost before it is saved.
//
// Markup: <form data-score>; links to #ask open the form of a question to the vendor; partials/keys_dialog.html for the
// list of keys; see evidence.js, shortcuts.js and unsaved.js for the rest.
import { $, $$ } from "./dom.js";
import { wireEvidence } from "./evidence.js";
import { shortcuts } from "./shortcuts.js";
import { forgetOnChoice, keepUnsaved } from "./unsaved.js";
import { gettext } from "./words.js";

const form = $("form[data-score]");
const toggle = $("[data-shortcuts-toggle]");
let on = document.body.dataset.singleKeys !== "off";

wireEvidence();
shortcuts({ form, isOn: () => on });

/** Kept in the person's profile: the box is part of a form with the whole profile, sent without leaving the page. */
toggle?.addEventListener("change", async () => {
  on = toggle.checked;
  const profile = toggle.form;
  const out = $("output", profile);
  const reply = await fetch(profile.action, { method: "POST", body: new FormData(profile), redirect: "manual" }).catch(() => null);
  if (out) out.value = reply && (reply.ok || reply.type === "opaqueredirect") ? gettext("Saved in your profile") : gettext("Not saved. It holds for this page.");
});

/** Asking the vendor: its form opens, and the text can be typed at once. */
for (const link of $$("a[href='#ask']")) {
  link.addEventListener("click", (event) => {
    const text = $("#ask-text");
    if (!text) return;
    event.preventDefault();
    text.closest("details").open = true;
    text.focus();
  });
}

// The list of questions shows where one is. Only the list moves: the page stays at its top.
const rail = $(".rail"), here = rail && $("[aria-current]", rail);
if (here) rail.scrollTop += here.getBoundingClientRect().top - rail.getBoundingClientRect().top - rail.clientHeight / 2;

forgetOnChoice();
if (form) {
  keepUnsaved(form);
  // A field that the result covers in part counts as visible, so the browser would leave it there (WCAG 2.4.11).
  form.addEventListener("focusin", ({ target }) => { if (!target.closest(".side-end")) target.scrollIntoView({ block: "nearest" }); });
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", () => { dirty = true; });
  // Any form of the page that is sent comes back to a page of this tab, where the text is put back.
  addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
