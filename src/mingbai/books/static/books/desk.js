// The voucher desk: Enter goes to the next cell, the sums run along, a gap is said. Without this the form works the same.
"use strict";
const desk = document.querySelector("[data-desk]");
if (desk) {
  const fen = (text) => {
    const said = text.replace(/[,，\s]/g, "");
    return /^\d+(\.\d{1,2})?$/.test(said) ? Math.round(Number(said) * 100) : 0;
  };
  const yuan = (value) => (value / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
  const add = () => {
    const sums = {};
    for (const side of ["debit", "credit"]) {
      sums[side] = [...desk.querySelectorAll(`[data-${side}]`)].reduce((sum, cell) => sum + fen(cell.value), 0);
      desk.querySelector(`[data-sum=${side}]`).textContent = yuan(sums[side]);
    }
    const gap = sums.debit - sums.credit;
    desk.querySelector("[data-gap]").textContent = gap ? `（${gap > 0 ? "借" : "贷"} +${yuan(Math.abs(gap))}）` : "✓";
  };
  desk.addEventListener("input", add);
  desk.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const cells = [...desk.querySelectorAll("input:not([type=hidden]), button")];
    cells[cells.indexOf(event.target) + 1]?.focus();
  });
  add();
}
