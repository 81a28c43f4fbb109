// Keeps the way of the newest goal new: asks what the node has timed, and for the page again when that has changed.

const EVERY_MS = 2000;
const SLOWER_MS = 15_000;

const parts = ["way", "ways"];
let shown = document.getElementById("way").dataset.newest;

async function look() {
  const answer = await fetch("/v1/how", { cache: "no-cache" });
  if (!answer.ok) return false;
  const [newest] = (await answer.json()).journeys;
  const name = newest ? `${newest.game_id} ${newest.seq}` : "";
  if (name === shown) return true;
  const page = await fetch("/how", { cache: "no-cache" });
  if (!page.ok) return false;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  if (!document.getElementById("ways") && fresh.getElementById("ways")) {
    document.getElementById("way").after(document.adoptNode(fresh.getElementById("ways")));
  }
  for (const id of parts) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(now));
  }
  const way = document.getElementById("way");
  if (way.dataset.newest === name) {
    shown = name;
    way.classList.add("fresh");
  }
  return true;
}

async function keep() {
  let well = true;
  if (!document.hidden) well = await look().catch(() => false);
  setTimeout(keep, well ? EVERY_MS : SLOWER_MS);
}

setTimeout(keep, EVERY_MS);
