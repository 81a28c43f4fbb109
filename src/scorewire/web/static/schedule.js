// The schedule: what is played on it lives, as in every list (league.js); a league that is chosen is shown at once, and
// headings of days are written in the viewer's language.
import "./league.js";

const DAY = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" });
for (const heading of document.querySelectorAll("h2[data-day]")) {
  heading.firstChild.textContent = `${DAY.format(new Date(`${heading.dataset.day}T12:00:00Z`))} `;
}

const choice = document.querySelector(".pick select");
choice.addEventListener("change", () => choice.form.submit());
