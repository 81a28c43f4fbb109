// The search field of the header on a page with a list: what is typed narrows the list at once. Accents and case make
// no difference, as in the search of the server.

/** @param {string} text */
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replaceAll("ø", "o").replaceAll("ł", "l").replaceAll("đ", "d");
}

/** @param {Element} games @param {HTMLInputElement} field @param {() => void} changed */
export function narrow(games, field, changed) {
  const words = folded(field.value).split(/\s+/).filter(Boolean);
  for (const section of games.querySelectorAll(".league")) {
    const league = folded(section.querySelector("h2").textContent);
    for (const row of section.querySelectorAll("[data-game]")) {
      const text = `${league} ${folded([...row.querySelectorAll(".name")].map((one) => one.textContent).join(" "))} ${folded(row.dataset.of ?? "")}`;
      row.parentElement.toggleAttribute("data-out", !words.every((word) => text.includes(word)));
    }
    section.toggleAttribute("data-out", words.length > 0 && !section.querySelector(".entry:not([data-out])"));
  }
  const none = games.querySelector("[data-none]");
  none.hidden = !words.length || games.querySelector(".entry:not([data-out])") !== null;
  none.querySelector("a").href = `/search?q=${encodeURIComponent(field.value)}`;
  none.querySelector("b").textContent = `No game here for “${field.value.trim()}”.`;
  changed();
}
