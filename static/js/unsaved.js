// The form of a result is saved by its buttons alone. What is typed is kept for this tab until the server has it: it is
// back in the form after asking the vendor, after a reload, and after signing in again.
//
// Markup: form[data-score] with base_version; every question of the list carries data-own-version, the version of the
// result if the reader gave it: a higher one than the form was sent with says that it was stored. On the page of two
// versions, form[data-choice] is one's own and [data-use-theirs] gives it up.
import { announce } from "./announce.js";
import { $, $$, button, notice } from "./dom.js";
import { contentOf, fill, forget, grouped, keyOf } from "./kept.js";
import { gettext } from "./words.js";

const ENDS = (pairs) => JSON.stringify(pairs.map(([name, value]) => [name, value.trim()]));   // the server trims too

function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}
function write(form, isSent) {
  const kept = { base: form.elements.base_version.value, content: contentOf(form), isSent };
  try { sessionStorage.setItem(keyOf(form), JSON.stringify(kept)); } catch { /* full or forbidden: the page still holds it */ }
}

/** What was sent and stored needs no keeping. */
function dropStored() {
  for (const link of $$("[data-own-version]")) {
    const key = keyOf(link.pathname), kept = read(key);
    if (kept?.isSent && Number(link.dataset.ownVersion) > Number(kept.base)) forget(link.pathname);
  }
}

function putBack(form, kept) {
  const version = form.elements.base_version, shown = version.value;
  fill(form, grouped(form, kept.content));
  version.value = kept.base;                            // older than what is stored now: the choice of versions comes
  const title = gettext("Not saved yet."), words = gettext("What you typed here before is back in the form.");
  const box = notice("", title, words, button(gettext("Discard it"), "", () => {
    forget(form); form.reset(); version.value = shown; box.remove();
  }, "btn btn-plain btn-sm"));
  box.classList.add("m-3");
  form.prepend(box);
  announce(`${title} ${words}`);
}

/** Keep what is typed into this form, and bring back what was kept. */
export function keepUnsaved(form) {
  dropStored();
  const kept = read(keyOf(form));
  if ($(".error-summary")) write(form, false);          // what was refused is not stored either
  else if (kept && ENDS(kept.content) !== ENDS(contentOf(form))) putBack(form, kept);
  else forget(form);
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => write(form, false));
  form.addEventListener("submit", () => write(form, true));
}

/** On the page of two versions: whoever takes the other one gives up what was typed. */
export function forgetOnChoice() {
  $("[data-use-theirs]")?.addEventListener("click", () => forget($("form[data-choice]")));
}
