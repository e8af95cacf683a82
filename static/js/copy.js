// "Copy" beside a block of text. Only where the browser allows writing to the clipboard: a page over https or localhost.
import { announce } from "./announce.js";
import { $$, button } from "./dom.js";
import { gettext } from "./words.js";

/** Give every [data-copy="id of the text"] of `root` its button, once. */
export function wireCopy(root = document) {
  for (const slot of navigator.clipboard?.writeText ? $$("[data-copy]:empty", root) : []) {
    const about = slot.dataset.copyName;
    slot.append(button(gettext("Copy"), about, async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(slot.dataset.copy).textContent);
        announce(gettext("Copied {what}.", { what: about }));
      } catch { announce(gettext("The browser did not allow copying. Select the text and copy it."), { urgent: true }); }
    }, "btn btn-plain btn-sm"));
  }
}

wireCopy();
