// Runs before the first paint: what the viewer has set (settings.js) holds from the first pixel, and a page that
// shows what is younger than the chosen delay is left for the delayed one before any of it is seen.
{
  const root = document.documentElement;
  let set = null;
  try {
    set = JSON.parse(localStorage.getItem("scorewire.settings.1")) ?? {};
    set.theme ??= localStorage.getItem("theme") ?? "";
  } catch {
    // Storage may be forbidden, or hold what is not ours; the page then stands as it came.
  }
  root.classList.add("js");
  if (set?.theme === "dark" || set?.theme === "light") root.dataset.theme = set.theme;
  if (set?.density === "compact") root.dataset.density = "compact";
  if (set?.scores === "hidden") root.dataset.scores = "hidden";
  if (Number.isInteger(set?.delay) && root.dataset.delay !== String(set.delay)) {
    const late = new URL(location.href);
    set.delay ? late.searchParams.set("delay", set.delay) : late.searchParams.delete("delay");
    if ("delay" in root.dataset && late.href !== location.href) {
      root.classList.add("waiting");
      location.replace(late);
    } else if (set.delay) root.dataset.scores = "hidden"; // A page that cannot be late gives nothing away.
  }
}
