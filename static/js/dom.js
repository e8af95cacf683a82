// Small helpers shared by the modules. Text always goes in as text, never as HTML.
import { language } from "./words.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** make("p", {class: "meta"}, "text", node…) */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button whose spoken name ends with what it is about: "Remove users.png". */
export function button(label, about, run, classes = "btn btn-text btn-sm") {
  const node = make("button", { type: "button", class: classes }, label);
  if (about) node.append(make("span", { class: "visually-hidden" }, ` ${about}`));
  node.addEventListener("click", run);
  return node;
}

/** A notice as partials/notice.html draws it. level: "", "good", "warn", "bad". */
export function notice(level, strong, text, ...buttons) {
  const words = make("p", {}, make("strong", {}, strong), text ? ` ${text}` : "");
  const body = make("div", {}, words);
  if (buttons.length) body.append(make("div", { class: "cluster" }, ...buttons));
  return make("div", { class: `notice${level ? ` notice-${level}` : ""}` }, icon(level ? "warn" : "info"), body);
}

/** Copy of <template id="…">, with [data-text="name"] filled from `words`. */
export function fromTemplate(id, words = {}) {
  const copy = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const slot of $$("[data-text]", copy)) slot.textContent = words[slot.dataset.text] ?? "";
  return copy;
}

/** "14:32:05" from "14:32:05" or from an ISO time. */
export function clock(at, { seconds = true } = {}) {
  if (/^\d\d:\d\d/.test(at ?? "")) return at;
  const form = { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) };
  return new Date(at ?? Date.now()).toLocaleTimeString(language, form);
}

export const csrfOf = (form) => form?.elements.csrfmiddlewaretoken?.value ?? $("input[name=csrfmiddlewaretoken]")?.value ?? "";

/** After signing in again every form of the page needs the new token. */
export function setCsrf(token) {
  for (const field of $$("input[name=csrfmiddlewaretoken]")) field.value = token;
}

/** {signed_in, csrf} of this browser, or null while the server cannot be reached. */
export async function sessionCheck() {
  try {
    const reply = await fetch(document.body.dataset.sessionCheck, { headers: { Accept: "application/json" } });
    return reply.ok ? await reply.json() : null;
  } catch { return null; }
}

/** crypto.randomUUID exists only on https and localhost; getRandomValues everywhere. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
