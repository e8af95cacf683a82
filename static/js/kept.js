// Text the server has not stored yet. It lives in sessionStorage: it survives a reload and signing in again in the
// same tab, and dies with the tab. Another person's text is never offered.
const PREFIX = "assay:";
const SKIPPED = new Set(["csrfmiddlewaretoken", "base_version", "tab", "action"]);

const person = () => document.body.dataset.user ?? "";
/** Where the text of a form is kept; also from the address it is sent to. */
export const keyOf = (form) => `${PREFIX}${person()}:${form.dataset?.draftUrl ?? form.getAttribute?.("action") ?? form}`;

/** [name, value] of every field a person fills, files left out. */
export function contentOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIPPED.has(name));
}

export function keep(form) {
  try { sessionStorage.setItem(keyOf(form), JSON.stringify(contentOf(form))); } catch { /* full or forbidden: the page still holds it */ }
}

export function forget(form) {
  try { sessionStorage.removeItem(keyOf(form)); } catch { /* nothing was kept then */ }
}

const SENT = `${PREFIX}sent`;
/** The form goes to the server as a whole; if that ends at the sign-in page, its text is offered afterwards. */
export function keepSent(form) {
  keep(form);
  try { sessionStorage.setItem(SENT, keyOf(form)); } catch { /* nothing was kept then */ }
}

/** A form that was sent and led to another page of ours was stored, or its text stands there. Only signed in. */
export function settleSent() {
  try {
    const key = sessionStorage.getItem(SENT);
    if (!key) return;
    sessionStorage.removeItem(SENT);
    const forms = [...document.querySelectorAll("form[data-draft-url]")];
    if (!forms.some((form) => keyOf(form) === key)) sessionStorage.removeItem(key);
  } catch { /* storage is forbidden, so nothing is there */ }
}

/** What was kept for this form, or null where there is nothing or the server has the same by now. */
export function keptFor(form) {
  let kept = null;
  try { kept = JSON.parse(sessionStorage.getItem(keyOf(form))); } catch { return null; }
  if (!Array.isArray(kept)) return null;
  if (JSON.stringify(kept) !== JSON.stringify(contentOf(form))) return kept;
  forget(form);
  return null;
}

/** At sign-out everything goes; when somebody else signs in, what others left goes. */
export function forgetOthers({ all = false } = {}) {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && (all || !key.startsWith(`${PREFIX}${person()}:`))) sessionStorage.removeItem(key);
    }
  } catch { /* storage is forbidden, so nothing is there */ }
}

/** Put values into a form. `fields` is {name: value or list of values}; fields it does not name stay as they are. */
export function fill(form, fields) {
  for (const [name, given] of Object.entries(fields)) {
    const values = (Array.isArray(given) ? given : [given ?? ""]).map(String);
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.matches("[type=radio], [type=checkbox]")) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
    }
  }
}

/** {name: [values]} from [name, value] pairs, with an empty list for every box of the form that is not among them. */
export function grouped(form, pairs) {
  const fields = {};
  for (const input of form.querySelectorAll("input[type=radio][name], input[type=checkbox][name]")) fields[input.name] = [];
  for (const [name, value] of pairs) (fields[name] ??= []).push(value);
  return fields;
}
