// A question page: autosave with its boxes, counters, fields shown for one choice only, evidence.
//
// Markup: partials/savestate.html, partials/autosave_boxes.html, partials/upload.html; and
//   [data-warnings]           where sentences about the evidence appear
//   [data-plan] [hidden]      the plan to fix, shown while the server says `plan: true`
//   [data-count="2000"]       a text field with a counter in #<its id>-count
//   [data-show-when="kind:none_fits,not_applicable"]   shown while a field of this name has one of these values
//   [data-shown]              what the files show, see shown.js
//   input[data-exclusive]     a tick box that stands alone: choosing it clears the others of its name
import { announce } from "./announce.js";
import { autosave } from "./autosave.js";
import { $, $$, clock, fromTemplate, icon, make, notice, sessionCheck, setCsrf } from "./dom.js";
import { contentOf, fill, forget, grouped, keptFor } from "./kept.js";
import { refreshShown } from "./shown.js";
import { uploader } from "./upload.js";
import { gettext, ngettext, number } from "./words.js";

const WORDS = {
  saving: () => gettext("Saving"),
  saved: (at) => gettext("Draft saved at {time}", { time: clock(at) }),
  failed: (seconds) => gettext("Not saved. Trying again in {seconds} seconds.", { seconds }),
  offline: () => gettext("You are offline. Keep this page open and we will save when you are back."),
  invalid: () => gettext("Not saved. Check the marked field."),
  conflict: (own) => (own ? gettext("Not saved. You changed this answer in another window.") : gettext("Not saved. Someone else changed this answer.")),
  signedout: () => gettext("Not saved. You have been signed out."),
  locked: () => gettext("Closed for changes"),
};
const ICONS = { saving: "clock", saved: "met", signedout: "lock", locked: "lock" };

function showState(state, detail) {
  const box = $("#savestate");
  if (!box) return;
  box.dataset.state = state;
  $("use", box).setAttribute("href", `#i-${ICONS[state] ?? "warn"}`);
  $("[data-words]", box).textContent = WORDS[state](detail);
  $("[data-try-now]", box).hidden = state !== "failed";
}

/** The words a person sees for a field and for its values: legend or label, and the labels of the boxes. */
function labelOf(form, name) {
  const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
  const label = input?.matches("[type=radio], [type=checkbox]") ? input.closest("fieldset")?.querySelector("legend") : input?.labels?.[0];
  return label ? wordsOf(label) : name;
}
function wordsOf(label) {
  const copy = label?.cloneNode(true);
  for (const hint of copy?.querySelectorAll(".hint, .optional") ?? []) hint.remove();
  return copy?.textContent.trim();
}
/** One line for each value; those of boxes in the order of the page, so that equal choices read equal. */
function valueOf(form, name, values) {
  const given = values.filter((value) => value !== "" && value !== null).map(String);
  const boxes = $$(`[type=radio][name="${CSS.escape(name)}"], [type=checkbox][name="${CSS.escape(name)}"]`, form);
  const lines = boxes.length ? boxes.filter((box) => given.includes(box.value)).map((box) => wordsOf(box.labels[0]) || box.value) : given;
  return lines.join("\n");
}

/** One paragraph per field of `fields`; what differs from `other` is marked. */
function describe(box, form, fields, other) {
  for (const [name, values] of Object.entries(fields)) {
    if (!form.querySelector(`[name="${CSS.escape(name)}"]`)) continue;
    const text = valueOf(form, name, values);
    const against = other ? valueOf(form, name, other[name] ?? []) : text;
    if (!text && !against) continue;
    const label = labelOf(form, name);
    box.append(make("p", {}, `${label}${label.endsWith("?") ? "" : ":"} `, text === against ? text : make("mark", {}, text || gettext("nothing"))));
  }
}
const lists = (fields) => Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, [value ?? ""].flat()]));

/** The words of the box with two versions. reply: the server's, see autosave.js. */
function conflictWords({ own, by, at }) {
  const time = clock(at, { seconds: false });
  if (own) {
    return {
      title: gettext("You changed this answer in another window at {time}.", { time }),
      mine: gettext("This window"), theirs: gettext("The other window, {time}", { time }),
      keep: gettext("Keep this version"), use: gettext("Use the other version"),
    };
  }
  const name = by ?? gettext("Someone");
  return {
    title: gettext("{name} changed this answer at {time}.", { name, time }),
    stays: gettext("If you keep yours, the other one stays in the history."),
    mine: gettext("Your version"), theirs: `${name}, ${time}`,
    keep: gettext("Keep my version"), use: gettext("Use {name}’s version", { name: name.split(" ")[0] }),
  };
}

function wire(form) {
  const boxes = $("[data-boxes]") ?? form;
  const place = (box) => { for (const old of $$("[data-box]")) old.remove(); box.dataset.box = ""; boxes.prepend(box); return box; };
  const choice = { changed: false };                      // what the files are held against
  form.addEventListener("change", (event) => { if (event.target.name === "choice") choice.changed = true; });
  const changed = () => form.dispatchEvent(new Event("assay:filled"));

  const draft = autosave(form, {
    show: showState,
    on: {
      saved(reply) {
        for (const mark of $$("[data-draft-error]", form)) mark.remove();
        warn(reply.warnings);
        if (choice.changed) { choice.changed = false; refreshShown(); }
        if ("plan" in reply) for (const part of $$("[data-plan]")) part.hidden = !reply.plan;
      },
      conflict(reply) {
        const box = fromTemplate("box-conflict", conflictWords(reply));
        const theirs = lists(reply.fields), mine = grouped(form, contentOf(form));
        describe($("[data-mine]", box), form, Object.fromEntries(Object.keys(theirs).map((name) => [name, mine[name] ?? []])));
        describe($("[data-theirs]", box), form, theirs, mine);
        $("[data-keep-mine]", box).addEventListener("click", () => { box.remove(); draft.resume({ next: reply.version }); });
        $("[data-use-theirs]", box).addEventListener("click", () => {
          fill(form, theirs); changed(); box.remove();
          draft.resume({ next: reply.version, clean: true });
        });
        place(box).scrollIntoView({ block: "center" });
      },
      signedOut() {
        const box = place(fromTemplate("box-signedout"));
        box.scrollIntoView({ block: "center" });
        $("[data-save-now]", box).addEventListener("click", async () => {
          const now = await sessionCheck();
          if (!now?.signed_in) {
            $("[data-text=still]", box).textContent = now ? gettext("You are still signed out.") : gettext("The server cannot be reached.");
            announce($("[data-text=still]", box).textContent, { urgent: true });
            return;
          }
          setCsrf(now.csrf);
          box.remove();
          draft.resume();
        });
      },
      locked() {
        place(fromTemplate("box-locked"));
        for (const field of form.elements) if (field.matches("textarea, input[type=text]")) field.readOnly = true; else field.disabled = true;
        for (const other of $$(`[form="${form.id}"]`)) other.disabled = true;
      },
      errors(errors) {
        for (const [name, sentence] of Object.entries(errors)) mark(form, name, [sentence].flat().join(" "));
      },
    },
  });
  $("#savestate")?.removeAttribute("hidden");           // without this script it would promise what nobody does
  $("[data-try-now]")?.addEventListener("click", () => draft.saveNow());
  offer(form, place, () => { changed(); draft.saveNow(); });
}

function mark(form, name, sentence) {
  const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
  const field = input?.closest(".field") ?? form;
  field.querySelector("[data-draft-error]")?.remove();
  const error = make("p", { class: "field-error", "data-draft-error": "" }, icon("notmet"), make("span", {}, sentence));
  if (input && !input.matches("[type=radio], [type=checkbox]")) input.before(error); else field.prepend(error);
  announce(sentence, { urgent: true });
}

/** After a reload: text that never reached the server. */
function offer(form, place, putBack) {
  const kept = keptFor(form);
  if (!kept || !document.getElementById("box-kept")) return;
  const box = fromTemplate("box-kept");
  const mine = grouped(form, kept);
  describe($("[data-mine]", box), form, mine, grouped(form, contentOf(form)));
  $("[data-put-back]", box).addEventListener("click", () => { box.remove(); fill(form, mine); putBack(); });
  $("[data-discard]", box).addEventListener("click", () => { box.remove(); forget(form); });
  place(box).scrollIntoView({ block: "center" });         // it may be far below what is shown first
  announce(gettext("Text you typed here was not saved. This browser kept it."));
}

function warn(sentences) {
  const place = $("[data-warnings]");
  if (!place || sentences === undefined) return;
  place.replaceChildren(...sentences.map((one) => notice("warn", gettext("Check this answer."), one)));
}

/** The number of characters left: shown from the start, read out only after typing stops. */
function count(area) {
  const out = document.getElementById(`${area.id}-count`);
  if (!out) return;
  let timer = 0;
  const draw = () => {
    const left = Number(area.dataset.count) - area.value.length;
    const over = -left, values = { count: number(Math.abs(left)) };
    out.textContent = left >= 0
      ? ngettext("You have {count} character left", "You have {count} characters left", left, values)
      : ngettext("You have {count} character too many", "You have {count} characters too many", over, values);
  };
  draw();
  area.addEventListener("input", () => { draw(); clearTimeout(timer); timer = setTimeout(() => announce(out.textContent), 1500); });
}

function conditions(form) {
  const parts = $$("[data-show-when]", form);
  const draw = () => {
    const now = new FormData(form);
    for (const part of parts) {
      const [name, values] = part.dataset.showWhen.split(":");
      part.hidden = !now.getAll(name).some((value) => values.split(",").includes(value));
    }
  };
  form.addEventListener("change", draw);
  form.addEventListener("assay:filled", draw);
  draw();
}

/** Boxes of one name where some stand alone ("I do not know yet"): choosing one clears the others. */
function exclusive(form) {
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("[type=checkbox][name]") || !box.checked) return;
    for (const other of $$(`[type=checkbox][name="${CSS.escape(box.name)}"]`, form)) {
      if (other !== box && (box.hasAttribute("data-exclusive") || other.hasAttribute("data-exclusive"))) other.checked = false;
    }
  }, { capture: true });                                 // before autosave reads the form
}

for (const form of $$("form[data-autosave]")) { conditions(form); exclusive(form); wire(form); }
for (const area of $$("[data-count]")) count(area);
for (const root of $$("[data-upload]")) uploader(root, { stored: (reply) => { warn(reply.warnings); refreshShown(); }, removed: refreshShown });
