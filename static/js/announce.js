// One polite and one assertive live region per page (base.html). Text is cleared first, so that a repeat is read again.
const CLEAR = 60;   // ms between clearing and setting, which some screen readers need

export function announce(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "live-assertive" : "live-polite");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, CLEAR);
}
