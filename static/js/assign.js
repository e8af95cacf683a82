// The page on which questions are handed to colleagues: how many are ticked, and a button to tick a whole domain.
//
// Markup: form[data-assign] with boxes "questions" in [data-part]s, each with a link [data-tick-all] that a button takes
// the place of, since the link would forget what is ticked elsewhere; [data-ticked] shows the count. Without this script
// the links do, and nothing counts.
import { announce } from "./announce.js";
import { $, $$, button } from "./dom.js";
import { gettext, ngettext } from "./words.js";

const form = $("form[data-assign]");
const boxes = (root = form) => $$("input[name=questions]", root);
const presses = new Map();   // part: its button

function draw({ aloud = true } = {}) {
  const count = boxes().filter((box) => box.checked).length;
  const words = count ? ngettext("{count} question ticked", "{count} questions ticked", count, { count }) : gettext("No questions ticked");
  for (const line of $$("[data-ticked]")) { line.textContent = words; line.hidden = false; }
  for (const [part, press] of presses) {
    press.firstChild.data = boxes(part).every((box) => box.checked) ? gettext("Untick all") : gettext("Tick all");
  }
  if (aloud) announce(words);
}

function tickAll(part) {
  const all = boxes(part), on = !all.every((box) => box.checked);
  for (const box of all) box.checked = on;
  draw();
}

for (const part of $$("[data-part]", form)) {
  const link = $("[data-tick-all]", part);
  if (!link) continue;                                  // nothing of this domain is open
  const press = button(gettext("Tick all"), link.dataset.tickAll, () => tickAll(part));
  presses.set(part, press);
  link.replaceWith(press);
}
form.addEventListener("change", (event) => { if (event.target.name === "questions") draw(); });
addEventListener("pageshow", () => draw({ aloud: false }));   // also when the browser brings back what was ticked

// An address typed for somebody new says who is meant
const who = form.elements.who, email = form.elements.email;
email?.addEventListener("input", () => { if (email.value && !who.value) who.value = "new"; });
