// "Copy" beside a block of text. Only where the browser allows writing to the clipboard: a page over https or localhost.
import { announce } from "./announce.js";
import { $$, button } from "./dom.js";

/** Give every [data-copy="id of the text"] of `root` its button, once. */
export function wireCopy(root = document) {
  for (const slot of navigator.clipboard?.writeText ? $$("[data-copy]:empty", root) : []) {
    const about = slot.dataset.copyName;
    slot.append(button("Copy", about, async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(slot.dataset.copy).textContent);
        announce(`Copied ${about}.`);
      } catch { announce("The browser did not allow copying. Select the text and copy it.", { urgent: true }); }
    }, "btn btn-plain btn-sm"));
  }
}

wireCopy();
