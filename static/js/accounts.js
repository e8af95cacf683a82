// Rows of a formset, as in the list of AWS accounts.
//
// <form data-formset="form"> (the prefix) with <template data-empty-row> holding one row with __prefix__, a place
// [data-rows], and <button type="button" data-add-row hidden>. Without JavaScript the page's extra rows do.
import { announce } from "./announce.js";
import { $, $$ } from "./dom.js";
import { gettext } from "./words.js";

for (const form of $$("form[data-formset]")) {
  const total = form.elements[`${form.dataset.formset}-TOTAL_FORMS`], most = form.elements[`${form.dataset.formset}-MAX_NUM_FORMS`];
  const press = $("[data-add-row]", form), rows = $("[data-rows]", form), empty = $("template[data-empty-row]", form);
  if (!total || !press || !rows || !empty) continue;
  const full = () => most && Number(total.value) >= Number(most.value);
  press.hidden = full();
  press.addEventListener("click", () => {
    const holder = document.createElement("template");
    holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);   // the server's own markup
    const row = holder.content.firstElementChild;
    rows.append(row);
    total.value = Number(total.value) + 1;
    press.hidden = full();
    $("input:not([type=hidden]), select", row)?.focus();
    announce(gettext("A row was added"));
  });
}
