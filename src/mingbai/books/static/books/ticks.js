// Ticking several lines that are the same money: both sides are added up as they are ticked, in fen with money coming in above
// zero, and where they agree the gap is said to be none. Without this the sums are told by the refusal.
"use strict";
const bar = document.querySelector("[data-ticks]");
if (bar) {
  const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
  const sum = (side) => [...document.querySelectorAll(`[data-${side}]:checked`)].reduce((whole, each) => whole + Number(each.dataset[side]), 0);
  const add = () => {
    const [bank, books] = [sum("bank"), sum("books")];
    const said = { bank: yuan(bank), books: yuan(books), gap: bank === books ? "✓" : yuan(bank - books) };
    for (const [name, text] of Object.entries(said)) bar.querySelector(`[data-of=${name}]`).textContent = text;
    bar.classList.toggle("on", document.querySelector("[data-bank]:checked, [data-books]:checked") !== null);
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-bank], [data-books]")) return;
    if (event.target.dataset.bank !== undefined) document.getElementById("sets").open = true;
    add();
  });
  bar.querySelector("[data-sums]").hidden = false;
  add();
}
