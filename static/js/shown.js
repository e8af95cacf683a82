// What the files show ([data-shown], which htmx fetches): asked for again after a change, with the rows of files it brings.
// [data-otherwise] leads to it, and is shown while it holds a contradiction.
import { wireCopy } from "./copy.js";
import { $, $$ } from "./dom.js";

const STOPS = "a, button, summary, input, select";

let again = false;   // what is on its way was asked for before the last change

/** Something changed that the files are held against. */
export function refreshShown() {
  const part = $("[data-shown][hx-get]");
  if (part?.classList.contains("htmx-request")) again = true;
  else if (part) window.htmx?.trigger(part, "refresh");
}

/** The row that stands for this file: its older self, or the one that was drawn here while it was on its way. */
export const rowOf = (fresh) => $(`[data-files] > li[data-upload-id="${CSS.escape(fresh.dataset.uploadId)}"]`);

const isBeingTyped = (row) => $$("input:not([type=hidden]), select", row).some((field) => field === document.activeElement
  || (field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.index) : field.value !== field.defaultValue));

/**
 * Put a row in the place of its older self, or else below `above`, the row before it; never while somebody types in it,
 * and the focus stays where it was. The row that stands there now.
 */
function put(fresh, list, above) {
  const old = rowOf(fresh);
  if (!old && above) above.after(fresh);
  else if (!old) list.prepend(fresh);
  if (!old) return fresh;
  if (isBeingTyped(old)) return old;
  const at = $$(STOPS, old).indexOf(document.activeElement);
  for (const fold of $$("details[data-part]", fresh)) {
    const before = $(`details[data-part="${fold.dataset.part}"]`, old);
    if (before) fold.open = before.open;
  }
  old.replaceWith(fresh);
  if (at >= 0) ($$(STOPS, fresh)[at] ?? $(STOPS, fresh))?.focus();
  return fresh;
}

addEventListener("htmx:afterSettle", () => {
  const part = $("[data-shown]"), list = $("[data-files]");
  if (!part) return;
  wireCopy(part);
  for (const link of $$("[data-otherwise]")) link.hidden = !$("#otherwise", part);
  const brought = $("template[data-fresh-rows]", part), isOld = again;
  if (again) { again = false; refreshShown(); }
  if (!brought) return;
  let above = null;
  if (list && !isOld) for (const row of $$("li.file", brought.content)) above = put(document.importNode(row, true), list, above);
  brought.remove();
});
