"use strict";
// Shows the photos that all filters let through.
const filters = [...document.querySelectorAll("[data-filter]")];
const cards = [...document.querySelectorAll(".card")];
const shown = document.getElementById("shown");

function apply() {
  let count = 0;
  for (const card of cards) {
    const fits = filters.every(
      (filter) => !filter.value || card.dataset[filter.dataset.filter] === filter.value
    );
    card.hidden = !fits;
    count += fits;
  }
  shown.textContent = count.toLocaleString("en");
}

for (const filter of filters) {
  filter.addEventListener("change", apply);
}
