// The voucher desk: Enter goes to the next cell, an account typed by code, initials or name is written out, the sums run
// along, a gap is said, = takes the gap. Without this the form works the same.
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
  const options = [...document.querySelectorAll("#accounts option")].map((each) => {
    const [code, ...name] = each.value.split(" ");
    return { whole: each.value, code, name: name.join(" ").toUpperCase(), initials: each.textContent.toUpperCase() };
  });
  const parents = new Set(options.filter((each) => each.code.length > 3).map((each) => each.code.slice(0, -2)));
  const account = (typed) => {
    const said = typed.trim().toUpperCase();
    if (!said || options.some((each) => each.whole === typed)) return null;
    const ways = [(each) => each.code === said, (each) => each.initials.startsWith(said), (each) => each.name.startsWith(said), (each) => each.code.startsWith(said), (each) => each.name.includes(said)];
    for (const way of ways) {
      const found = options.filter(way);
      if (found.length) return found.find((each) => each.initials === said || each.code === said) || (found.length === 1 ? found[0] : found.filter((each) => !parents.has(each.code))[0] || found[0]);
    }
    return null;
  };
  desk.addEventListener("change", (event) => {
    if (!event.target.name?.startsWith("account-")) return;
    const found = account(event.target.value);
    if (found) event.target.value = found.whole;
  });
  desk.addEventListener("input", (event) => {
    // "=" in an amount takes what is missing on that side
    if (event.target.value?.trim() === "=" && (event.target.dataset.debit !== undefined || event.target.dataset.credit !== undefined)) {
      event.target.value = "";
      const sums = ["debit", "credit"].map((side) => [...desk.querySelectorAll(`[data-${side}]`)].reduce((sum, cell) => sum + fen(cell.value), 0));
      const gap = event.target.dataset.credit === undefined ? sums[1] - sums[0] : sums[0] - sums[1];
      if (gap > 0) event.target.value = (gap / 100).toFixed(2);
    }
  });
  desk.addEventListener("input", add);
  desk.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    const cells = [...desk.querySelectorAll("input:not([type=hidden]), button")];
    cells[cells.indexOf(event.target) + 1]?.focus();
  });
  add();
}
