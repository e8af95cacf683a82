// Looking at evidence: tabs (or a select for many files), image zoom, rows that breach.
import { announce } from "./announce.js";
import { $, $$ } from "./dom.js";
import { ngettext } from "./words.js";

const LEAST = 50, MOST = 400, STEP = 50;   // % of the width of the pane

/** [role=tablist] with [role=tab aria-controls]; arrows, Home and End move. */
export function tabs(list) {
  const all = $$("[role=tab]", list);
  function pick(tab, focus) {
    for (const one of all) {
      const on = one === tab;
      one.setAttribute("aria-selected", String(on));
      one.tabIndex = on ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !on;
    }
    if (focus) tab.focus();
  }
  list.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) pick(tab); });
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: all[(at + 1) % all.length], ArrowLeft: all.at(at - 1), Home: all[0], End: all.at(-1) }[event.key];
    if (at < 0 || !to) return;
    event.preventDefault();
    pick(to, true);
  });
  list.hidden = false;                                  // without this script all panels are shown and no tabs
  pick(all.find((tab) => tab.getAttribute("aria-selected") === "true") ?? all[0]);
}

/** select[data-panels] whose values are ids of panels: for more than four files. */
export function panels(select) {
  const draw = () => { for (const option of select.options) document.getElementById(option.value).hidden = option.value !== select.value; };
  select.addEventListener("change", draw);
  draw();
}

/** A panel with [data-viewer] around images, buttons [data-zoom="+|-|fit"] and [data-zoom-out] for the number. */
export function zoom(panel) {
  const view = $("[data-viewer]", panel), images = $$("img", view), out = $("[data-zoom-out]", panel);
  let level = 100;
  function set(next) {
    const x = (view.scrollLeft + view.clientWidth / 2) / level, y = (view.scrollTop + view.clientHeight / 2) / level;
    level = Math.min(MOST, Math.max(LEAST, next));
    for (const img of images) img.style.inlineSize = `${level}%`;                  // set through the object model, which style-src 'self' allows
    view.scrollLeft = x * level - view.clientWidth / 2;
    view.scrollTop = y * level - view.clientHeight / 2;
    if (out) out.value = `${level}%`;
  }
  const act = { "+": () => set(level + STEP), "=": () => set(level + STEP), "-": () => set(level - STEP), 0: () => set(100), fit: () => set(100) };
  panel.addEventListener("click", (event) => act[event.target.closest("[data-zoom]")?.dataset.zoom]?.());
  view.addEventListener("keydown", (event) => { if (!event.ctrlKey && !event.metaKey) act[event.key]?.(); });
}

/** input[data-only-bad] hides the rows of its table (in the same panel) that do not breach. */
export function breachFilter(box) {
  const rows = $$("tbody tr", box.closest("[role=tabpanel], .panel"));
  const draw = () => { for (const row of rows) row.hidden = box.checked && !row.classList.contains("bad"); };
  box.addEventListener("change", () => {
    draw();
    const count = rows.filter((row) => !row.hidden).length;
    announce(ngettext("{count} row shown", "{count} rows shown", count, { count }));
  });
  draw();
}

/** button[data-quote] adds the breaching rows (their data-quote-text, or their cells) to the text field #<data-quote>. */
export function quote(press) {
  press.addEventListener("click", () => {
    const rows = $$("tr.bad", press.closest("[role=tabpanel], .panel"));
    const words = rows.map((row) => row.dataset.quoteText ?? [...row.cells].slice(0, 3).map((cell) => cell.textContent.trim()).join(" "));
    const note = document.getElementById(press.dataset.quote);
    if (!note || !words.length) return;
    note.value = `${note.value.trimEnd()}\n${words.join("; ")}.`.trimStart();
    note.dispatchEvent(new Event("input", { bubbles: true }));
    announce(ngettext("{count} row added to the note", "{count} rows added to the note", rows.length, { count: rows.length }));
  });
}

/** a[data-row] leads to a row of a file on the page: its panel is shown first, behind whichever tab it is. */
export function toRow(link) {
  link.addEventListener("click", (event) => {
    const row = document.getElementById(link.hash.slice(1)), panel = row?.closest("[role=tabpanel]");
    if (!panel) return;
    event.preventDefault();
    $(`[role=tab][aria-controls="${panel.id}"]`)?.click();
    const select = $("select[data-panels]");
    if (select) { select.value = panel.id; select.dispatchEvent(new Event("change")); }
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  });
}

export function wireEvidence(root = document) {
  for (const one of $$("[data-needs-script]", root)) one.hidden = false;
  for (const link of $$("a[data-row]", root)) toRow(link);
  for (const list of $$("[role=tablist]", root)) tabs(list);
  for (const select of $$("select[data-panels]", root)) panels(select);
  for (const view of $$("[data-viewer]", root)) if ($("img", view)) zoom(view.closest("[role=tabpanel], .panel"));
  for (const box of $$("[data-only-bad]", root)) breachFilter(box);
  for (const press of $$("[data-quote]", root)) quote(press);
}
