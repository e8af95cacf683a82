// The workbench: evidence panes, single keys, and a warning before a score that was not saved is lost.
//
// Markup: <form data-score>; partials/keys_dialog.html for the list of keys; see evidence.js and shortcuts.js for the
// rest. With data-draft-url on the form it saves drafts as a question does (answer.js).
import { $ } from "./dom.js";
import { wireEvidence } from "./evidence.js";
import { shortcuts } from "./shortcuts.js";

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
  if (out) out.value = reply && (reply.ok || reply.type === "opaqueredirect") ? "Saved in your profile" : "Not saved. It holds for this page.";
});

if (form && !form.dataset.draftUrl) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
