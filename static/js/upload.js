// Evidence: choose, drop or paste. The button is the whole feature; drop and paste are shortcuts to it.
// Markup: partials/upload.html. The server's answer to a stored file is {"html": "<li class=file>…", "warnings": […]},
// to a refused one {"error": "sentence"}. The server checks again by content and has the last word.
import { announce } from "./announce.js";
import { $, $$, button, csrfOf, make, sessionCheck, setCsrf, uuid } from "./dom.js";
import { rowOf } from "./shown.js";
import { gettext, ngettext, number } from "./words.js";

const AT_ONCE = 3;
const TIMEOUT = 300000;   // ms
const IMAGES = new Set(["png", "jpg", "jpeg"]);

const extension = (name) => name.split(".").pop().toLowerCase();
// Rounded up, so that a file over its limit never reads as the limit itself
const megabytes = (bytes) => (bytes >= 1e7 ? String(Math.ceil(bytes / 1e6)) : number(Math.ceil(bytes / 1e5) / 10, { minimumFractionDigits: 1 }));
const size = (bytes) => (bytes >= 1e6 ? `${megabytes(bytes)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);

/** What stands against sending this file, or "". limits: bytes by extension; types: their names as people read them. */
export function problemWith(file, limits, types) {
  const ext = extension(file.name);
  if (!(ext in limits)) return gettext("The file must be a {types}. Save it as a PNG and add it again.", { types });
  if (file.size === 0) return gettext("The file is empty. Check it and add it again.");
  if (file.size <= limits[ext]) return "";
  const values = { size: megabytes(file.size), limit: Math.round(limits[ext] / 1e6) };
  return IMAGES.has(ext)
    ? gettext("The image is {size} MB. It must be smaller than {limit} MB. Split it or lower the image quality.", values)
    : gettext("The file is {size} MB. It must be smaller than {limit} MB. Split it and add the parts.", values);
}

/** The row the server drew, as nodes without anything that could run. */
function rowFrom(html) {
  const row = new DOMParser().parseFromString(html, "text/html").querySelector("li");
  if (!row) return null;
  for (const bad of $$("script, style, iframe, object, embed", row)) bad.remove();
  for (const node of [row, ...$$("*", row)]) for (const name of node.getAttributeNames()) if (name.startsWith("on")) node.removeAttribute(name);
  return document.importNode(row, true);
}

export function uploader(root, { stored = () => {}, removed = () => {} } = {}) {
  const list = $("[data-files]", root), drop = $("[data-drop]", root), input = $("input[type=file]", root);
  const form = input.form, paste = $("[data-paste]", root);
  const limits = JSON.parse(root.dataset.limits), types = root.dataset.types;
  const queue = [];
  let active = 0, depth = 0;

  function add(files) {
    const fresh = [...files];
    let bad = 0;
    for (const file of fresh) {
      const id = uuid(), row = waitingRow(file, id);
      const job = { file, row, id, state: $(".file-state", row), buttons: $(".cluster", row) };
      const problem = problemWith(file, limits, types);
      if (problem) { bad += 1; fail(job, problem, false); } else { wait(job); }
    }
    const good = fresh.length - bad;
    if (good) announce(ngettext("Uploading {count} file", "Uploading {count} files", good, { count: good }));
    next();
  }

  function wait(job) {
    job.state.className = "file-state";
    job.state.textContent = gettext("Waiting");
    job.buttons.replaceChildren(button(gettext("Cancel"), job.file.name, () => { queue.splice(queue.indexOf(job), 1); remove(job.row, job.file.name); }));
    queue.push(job);
  }

  /** What the files show may bring the row of a stored file before the answer about it comes, or in place of one that is lost. */
  const isKnown = ({ row }) => !row.isConnected;

  function next() {
    while (active < AT_ONCE && queue.length) { const job = queue.shift(); if (!isKnown(job)) start(job); }
  }

  async function start(job) {
    active += 1;
    const { file, row, state } = job;
    const bar = make("progress", { max: 100, value: 0, "aria-label": gettext("Uploading {name}", { name: file.name }) });
    state.before(bar);
    const sending = send(job, (done) => {
      bar.value = done;
      const share = number(done / 100, { style: "percent" });
      if (done < 100) state.textContent = gettext("{share} of {size}", { share, size: size(file.size) });
      else state.textContent = extension(file.name) === "csv" ? gettext("Reading the report") : gettext("Checking the file");
    });
    job.buttons.replaceChildren(button(gettext("Cancel"), file.name, () => { sending.cancel(); remove(row, file.name); }));
    try {
      const reply = await sending.promise;
      const held = row.contains(document.activeElement);
      const fresh = rowFrom(reply.html ?? "");
      if (fresh) row.replaceWith(fresh); else { bar.remove(); state.textContent = gettext("Stored"); job.buttons.replaceChildren(); }
      if (held) ($("a, button", fresh ?? row) ?? input).focus();
      announce(gettext("{name} added", { name: file.name }));
      stored(reply);
    } catch (error) {
      bar.remove();
      if (error.name !== "AbortError" && !isKnown(job)) fail(job, error.message, error.retry);
    } finally { active -= 1; next(); }
  }

  /** XMLHttpRequest, since fetch reports no progress of an upload. The id makes a second try harmless. */
  function send(job, progress) {
    const xhr = new XMLHttpRequest();
    const promise = new Promise((done, failed) => {
      const refuse = (words, retry) => failed(Object.assign(new Error(words), { retry }));
      xhr.upload.onprogress = (e) => { if (e.lengthComputable) progress(Math.min(99, Math.round((100 * e.loaded) / e.total))); };
      xhr.upload.onload = () => progress(100);
      xhr.onerror = xhr.ontimeout = () => refuse(gettext("The connection dropped. Nothing was stored."), true);
      xhr.onabort = () => failed(new DOMException("cancelled", "AbortError"));
      xhr.onload = async () => {
        let reply = {};
        try { reply = JSON.parse(xhr.responseText); } catch { /* an error page of something in between */ }
        if (xhr.status === 201 || xhr.status === 200) return done(reply);
        if (xhr.status === 401 || xhr.status === 403) {
          const now = await sessionCheck();
          if (now?.signed_in) setCsrf(now.csrf);
          return refuse(reply.error ?? gettext("You have been signed out. Sign in in a new tab, then try again."), true);
        }
        return refuse(reply.error ?? gettext("The file could not be stored. Try again."), xhr.status >= 500 || xhr.status === 429);
      };
    });
    const body = new FormData();
    body.set("upload_id", job.id);
    if (root.dataset.number) body.set("number", root.dataset.number);
    body.set("file", job.file);
    xhr.open("POST", root.dataset.url);
    xhr.timeout = TIMEOUT;
    xhr.setRequestHeader("X-CSRFToken", csrfOf(form));
    xhr.setRequestHeader("Accept", "application/json");
    xhr.send(body);
    return { promise, cancel: () => xhr.abort() };
  }

  function fail(job, words, retry) {
    job.state.className = "file-state file-bad";
    job.state.textContent = words;
    job.buttons.replaceChildren();
    if (retry) job.buttons.append(button(gettext("Try again"), job.file.name, () => { wait(job); next(); }, "btn btn-plain btn-sm"));
    job.buttons.append(button(gettext("Remove"), job.file.name, () => remove(job.row, job.file.name)));
    announce(`${job.file.name}: ${words}`, { urgent: true });
  }

  function remove(row, name) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (neighbour && $("a, button", neighbour) || input).focus();       // never lose focus to the page
    announce(gettext("{name} removed", { name }));
  }

  /** A row for a file on its way. */
  function waitingRow(file, id) {
    const thumb = make("span", { class: "thumb thumb-ic", "aria-hidden": "true" }, extension(file.name).slice(0, 4).toUpperCase());
    if (/^image\/(png|jpeg)$/.test(file.type)) {
      const img = make("img", { class: "thumb", alt: "" });
      img.onload = () => { thumb.replaceWith(img); URL.revokeObjectURL(img.src); };   // a broken image keeps the letters
      img.src = URL.createObjectURL(file);
    }
    const text = make("div", {}, make("div", { class: "file-name" }, file.name), make("div", { class: "file-state num" }));
    const row = make("li", { class: "file", "data-upload-id": id }, thumb, text, make("div", { class: "cluster" }));
    list.prepend(row);                                               // newest first, as the server lists them
    return row;
  }

  /** Rows the server drew carry their own form; <form data-remove> is sent without leaving the page. */
  async function removeStored(event) {
    const asked = event.target.closest("form[data-remove]");
    if (!asked) return;
    event.preventDefault();
    const row = asked.closest("li"), name = $(".file-name", row)?.textContent.trim() ?? gettext("File");
    try {
      const reply = await fetch(asked.action, { method: "POST", body: new FormData(asked, event.submitter), redirect: "manual", headers: { Accept: "application/json" } });
      if (reply.ok || reply.type === "opaqueredirect") { remove(rowOf(row) ?? row, name); return removed(); }
      throw new Error((await reply.json().catch(() => ({}))).error);
    } catch (error) {
      const words = error.message || gettext("The file could not be removed. Try again.");
      $(".file-state", row)?.replaceChildren(make("span", { class: "file-bad" }, words));
      announce(`${name}: ${words}`, { urgent: true });
    }
    return undefined;
  }

  const named = (blob) => new File([blob], `screenshot-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-")}.png`, { type: blob.type });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

  root.classList.add("is-live");
  $("[data-plain-upload]", root)?.remove();                          // hidden, it would still be what Enter in a field presses
  list.addEventListener("submit", removeStored);
  input.addEventListener("change", () => { add(input.files); input.value = ""; });
  drop.addEventListener("dragenter", (e) => { if (hasFiles(e)) { e.preventDefault(); depth += 1; drop.classList.add("is-over"); } });
  drop.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); drop.classList.toggle("is-over", depth > 0); });
  drop.addEventListener("drop", (e) => { if (hasFiles(e)) { e.preventDefault(); depth = 0; drop.classList.remove("is-over"); add(e.dataTransfer.files); } });
  // A file dropped beside the zone must not replace the page
  for (const type of ["dragover", "drop"]) addEventListener(type, (e) => { if (hasFiles(e)) e.preventDefault(); });
  // Paste anywhere on the page. Only files are taken, so text still goes into its field
  addEventListener("paste", (e) => {
    const files = [...(e.clipboardData?.files ?? [])];
    if (!files.length) return;
    e.preventDefault();
    add(files.map((file) => (file.name === "image.png" ? named(file) : file)));
  });
  if (paste && navigator.clipboard?.read) {
    paste.hidden = false;
    paste.addEventListener("click", async () => {
      try {
        const items = await navigator.clipboard.read();
        const shots = await Promise.all(items.filter((item) => item.types.includes("image/png")).map((item) => item.getType("image/png")));
        if (shots.length) add(shots.map(named));
        else announce(gettext("The clipboard has no image. Copy a screenshot and try again."), { urgent: true });
      } catch { announce(gettext("The browser did not allow reading the clipboard. Use Ctrl V or choose a file."), { urgent: true }); }
    });
  }
}
