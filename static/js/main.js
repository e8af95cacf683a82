// What every page needs: menus, dialogs, the error summary, signing out, and lines for what htmx could not fetch.
import { announce } from "./announce.js";
import { $, $$, button, notice } from "./dom.js";
import { forgetOthers, settleSent } from "./kept.js";
import { gettext } from "./words.js";

// Menus close on Escape, which gives focus back, and on a click outside
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$(".menu[open]")) { menu.open = false; $("summary", menu).focus(); }
});
addEventListener("click", (event) => {
  for (const menu of $$(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const opener = event.target.closest?.("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  event.target.closest?.("[data-close-dialog]")?.closest("dialog").close();
});

// An error summary takes focus when the page loads; its links go to the field and not only to its place
const summary = $$(".error-summary").find((box) => box.checkVisibility?.() ?? true);
summary?.focus();
addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// Unsaved text of somebody else is not kept, and nothing is after signing out
if (document.body.dataset.user) { settleSent(); forgetOthers(); }
addEventListener("submit", (event) => { if (event.target.matches("[data-signout]")) forgetOthers({ all: true }); });

// A form that was sent is not sent twice by a second click
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.matches("[data-autosave], [hx-post]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
addEventListener("pageshow", (event) => { if (event.persisted) for (const form of $$("form[data-sent]")) delete form.dataset.sent; });

// htmx: while waiting the old content stays and is marked busy; a failure says so and offers another try
addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
  for (const old of $$("[data-htmx-failed]")) old.remove();
  if (event.detail.failed) failed(event);
});
// A request that a newer one replaced is aborted, which is no failure and has an event of its own
for (const name of ["htmx:sendError", "htmx:timeout"]) addEventListener(name, failed);
function failed(event) {
  const { target, elt } = event.detail;
  if (!target || elt.getAttribute("hx-trigger")?.includes("every")) return;
  const words = target.dataset.failed ?? gettext("We could not load this. Try again.");
  const box = notice("bad", words, "", button(gettext("Try again"), "", () => { box.remove(); window.htmx.trigger(elt, elt.matches("form") ? "submit" : elt.matches("[data-shown]") ? "refresh" : "click"); }, "btn btn-plain btn-sm"));
  box.dataset.htmxFailed = "";
  target.before(box);
  announce(words, { urgent: true });
}
// "Show more": focus goes to the first new row. The link carries data-focus-new="selector of the rows"
let before = null;
addEventListener("htmx:beforeSwap", (event) => {
  const rows = event.detail.requestConfig?.elt?.dataset?.focusNew;
  before = rows ? { rows, count: $$(rows).length } : null;
});
addEventListener("htmx:afterSettle", () => {
  if (!before) return;
  const fresh = $$(before.rows)[before.count];
  before = null;
  ($("a, button", fresh ?? document.body) ?? fresh)?.focus();
});
// A fragment that arrives with data-announce is read out once: "The report is ready"
let said = "";
addEventListener("htmx:afterSettle", (event) => {
  const words = event.detail.elt?.dataset?.announce ?? $("[data-announce]", event.detail.elt ?? document)?.dataset.announce ?? "";
  if (words && words !== said) announce(words);
  said = words || said;
});

// Passkeys: the reason why the browser refused is otherwise only in its console
document.addEventListener("allauth.error", () => {
  for (const old of $$("[data-passkey-failed]")) old.remove();
  const words = gettext("The passkey or security key was not used. Try again, or take another way.");
  const box = notice("bad", words, "");
  box.dataset.passkeyFailed = "";
  $("main form")?.before(box);
  announce(words, { urgent: true });
});

// The page before and the page after, wherever a page has them: Alt Page Up and Alt Page Down, also while typing
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const rel = { PageUp: "prev", PageDown: "next" }[event.key];
  const link = rel && $(`main a[rel="${rel}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
