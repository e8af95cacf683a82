// What people read, in the language of the page. The texts of other languages come from words/<language>.js, which
// base.html loads before any module; without it, and for a text it lacks, the English one stands.
//
// bin/words collects the texts from calls with plain strings: gettext("{name} added", { name }), never a template literal.

export const language = document.documentElement.lang || "en-GB";

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The text in the language of the page, with each {name} replaced by its value. */
export const gettext = (text, values = {}) => filled(window.gettext?.(text) ?? text, values);

/** As gettext, with the form that this count takes. */
export function ngettext(one, many, count, values = {}) {
  return filled(window.ngettext?.(one, many, count) ?? (count === 1 ? one : many), values);
}

/** A number as it is written in the language of the page; options as for Number.toLocaleString. */
export const number = (value, options = {}) => value.toLocaleString(language, options);
