// Single keys. The page declares them: data-key="j" on a link or button presses it, on a radio button chooses it, on a
// text field or tab goes there. They double visible controls, and they can be switched off (WCAG 2.1.4).
import { $, $$ } from "./dom.js";

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox], [type=submit], [type=button])";

function act(control) {
  if (control.matches("[type=radio], [type=checkbox]")) {
    control.checked = true;
    control.focus();
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (control.matches("textarea, input, select, [role=tab], [role=region]")) control.focus();
  else control.click();
}

/** form: what Ctrl Enter sends. isOn(): whether single keys work now. */
export function shortcuts({ form, isOn }) {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form && !$("dialog[open]")) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !isOn()) return;
    if (event.target.matches?.(TYPING) || event.target.isContentEditable || $("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const control = $$("[data-key]").find((one) => one.dataset.key === key && !one.disabled && !one.closest("[hidden]"));
    if (!control) return;
    event.preventDefault();
    act(control);
  });
}
