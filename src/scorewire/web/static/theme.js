// Runs before the first paint, so that a chosen theme never flashes in the other one.
{
  let chosen = "";
  try {
    chosen = localStorage.getItem("theme") ?? "";
  } catch {
    // Storage may be forbidden; the system's theme then stands.
  }
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  document.documentElement.classList.add("js");
}
