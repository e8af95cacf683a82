// Saves a DRAFT. It never completes, submits or scores anything: that is always a button.
//
// <form data-autosave data-draft-url="…" data-version="7"> with csrf token. Sent: the form as it stands, base_version, tab.
// Replies (JSON): 200 {version, savedAt, warnings, plan}; 409 {version, by, own, at, fields}; 401, 403 signed out;
// 413, 422 {errors: {field: sentence}}; 423 locked; anything else, or nothing, is tried again.
//
// One request at a time. Edits made while one is in flight go out together in the next one.
import { announce } from "./announce.js";
import { csrfOf, sessionCheck, setCsrf, uuid } from "./dom.js";
import { forget, keep, keepSent } from "./kept.js";
import { gettext } from "./words.js";

const WAIT_AFTER_TYPING = 800;    // ms
const LONGEST_WAIT = 10000;       // ms; saved at least this often while someone keeps typing
const RETRY = [2, 4, 8, 16, 30];  // seconds, then every 30
const JITTER = 500;               // ms, so that many browsers do not come back at the same moment
const TYPED = "textarea, input:not([type=radio], [type=checkbox], [type=date])";

async function post(form, body, keepalive) {
  try {
    const response = await fetch(form.dataset.draftUrl, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
    const reply = await response.json().catch(() => ({}));
    if (response.ok && !("version" in reply)) return { status: 0 };   // it broke off
    return { ...reply, status: response.status };
  } catch { return { status: 0 }; }
}

/** show(state, detail) draws the state; on.saved, on.conflict, on.signedOut, on.locked, on.errors get the reply. */
export function autosave(form, { show, on }) {
  let version = Number(form.dataset.version);
  const tab = uuid();
  let dirty = false, busy = false, stopped = false, retrying = false, spoken = false, checked = false;
  let failures = 0, timer = 0, firstEdit = 0, waiting = null;

  const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };

  function edited(event) {
    if (event.target.type === "file" || event.target.form !== form) return;
    dirty = true;
    if (stopped) { keep(form); return; }
    firstEdit ||= Date.now();
    const left = LONGEST_WAIT - (Date.now() - firstEdit);
    const typing = event.type === "input" && event.target.matches(TYPED);
    if (retrying && typing) keep(form);                 // the next try is already planned
    else later(typing ? Math.max(0, Math.min(WAIT_AFTER_TYPING, left)) : 0);
  }

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    if (!dirty || busy || stopped) return;
    busy = true; dirty = false; retrying = false; firstEdit = 0;
    show("saving");
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("base_version", version);
    body.set("tab", tab);
    const reply = await post(form, body, keepalive);
    busy = false;
    if (reply.status === 200) saved(reply); else await refused(reply);
  }

  function saved(reply) {
    setVersion(reply.version);
    failures = 0; checked = false;
    if (spoken) announce(gettext("Draft saved"));                // success is silent, recovery is not
    spoken = false;
    if (dirty) keep(form); else forget(form);
    show("saved", reply.savedAt);
    on.saved(reply);
    if (waiting) { const go = waiting; waiting = null; form.requestSubmit(go.isConnected ? go : undefined); return; }
    if (dirty) later(0);
  }

  async function refused(reply) {
    dirty = true;                                       // nothing typed is ever thrown away
    waiting = null;
    keep(form);
    if (reply.status === 401 || reply.status === 403) return signedOut();
    if (reply.status === 409) {
      const words = reply.own
        ? gettext("You changed this answer in another window. Choose which version to keep.")
        : gettext("Someone else changed this answer. Choose which version to keep.");
      return halt("conflict", () => on.conflict(reply), words, reply.own);
    }
    if (reply.status === 423) return halt("locked", () => on.locked(reply), gettext("This answer is closed for changes."));
    if ((reply.status === 413 || reply.status === 422) && reply.errors) {
      show("invalid");
      on.errors(reply.errors);
      failures = 1;
      return undefined;                                 // sent again with the next edit
    }
    const seconds = RETRY[Math.min(failures, RETRY.length - 1)];
    failures += 1;
    show(navigator.onLine ? "failed" : "offline", seconds);
    if (!spoken) announce(gettext("Draft not saved. We will keep trying."), { urgent: true });
    spoken = true; retrying = true;
    later(seconds * 1000 + Math.random() * JITTER);
    return undefined;
  }

  /** Signed in again in another tab: only the token is old. Tried once, then the person is asked. */
  async function signedOut() {
    const now = checked ? null : await sessionCheck();
    checked = true;
    if (now?.signed_in && now.csrf !== csrfOf(form)) { setCsrf(now.csrf); later(0); return; }
    halt("signedout", on.signedOut, gettext("You have been signed out. Your answer is still on this page."));
  }

  function halt(state, box, words, detail) {
    stopped = true; spoken = true; failures ||= 1;
    show(state, detail);
    box();
    announce(words, { urgent: true });
  }

  function setVersion(next) {
    version = next;
    form.dataset.version = next;
    const field = form.elements.base_version;
    if (field) field.value = next;
  }

  form.addEventListener("input", edited);
  form.addEventListener("change", edited);
  form.addEventListener("focusout", (event) => { if (dirty && !retrying && event.target.matches(TYPED)) later(0); });
  form.addEventListener("submit", (event) => {
    if (busy) { event.preventDefault(); waiting = event.submitter ?? form; return; }  // its version is not known yet
    keepSent(form);                                     // the session may have ended
    stopped = true; dirty = false; clearTimeout(timer);
  });
  addEventListener("online", () => { if (dirty) later(0); });
  addEventListener("pagehide", () => { if (dirty) { keep(form); save({ keepalive: true }); } });
  addEventListener("beforeunload", (event) => { if (dirty && failures) event.preventDefault(); });

  return {
    saveNow: () => { dirty = true; return save(); },
    /** Go on after a conflict or after signing in. version: what the server has; clean: the form now equals it. */
    resume({ next = version, clean = false } = {}) {
      setVersion(next);
      stopped = false; failures = 0; checked = false;
      dirty = !clean;
      if (clean) { forget(form); show("saved"); } else { later(0); }
    },
  };
}
