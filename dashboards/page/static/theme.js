// Runs before the first paint, so that a chosen theme does not flash. "system" leaves the choice to the
// browser's preference.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("wijkbeeld-theme"); } catch { /* storage may be switched off */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
