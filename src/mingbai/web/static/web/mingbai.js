// Conveniences only: every page works without this file.
"use strict";
document.documentElement.classList.add("js");
const all = (what, where = document) => [...where.querySelectorAll(what)];
const on = (kind, what, act) => document.addEventListener(kind, e => { const hit = e.target.closest?.(what); if (hit) act(e, hit); });
const store = { get: k => { try { return JSON.parse(sessionStorage.getItem(k)); } catch { return null; } },
  set: (k, v) => { try { sessionStorage.setItem(k, JSON.stringify(v)); } catch { /* full or forbidden: drafts are a courtesy */ } } };

// Tables: arrows move between rows, Enter or a click opens, Space picks, "/" goes to the search field.
const rowsOf = row => all("tr[data-href]", row.closest("table")).filter(r => r.offsetParent);
function reachable(root) {
  for (const table of all("table", root)) {
    const rows = all("tr[data-href]", table);
    rows.forEach((row, i) => { row.tabIndex = i ? -1 : 0; });
  }
}
function go(from, to) {
  if (!to) return;
  from.tabIndex = -1; to.tabIndex = 0; to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
  const frame = to.closest(".frame"), head = to.closest("table").tHead, foot = to.closest("table").tFoot;
  if (!frame) return;
  const top = to.getBoundingClientRect().top - frame.getBoundingClientRect().top - (head ? head.offsetHeight : 0);
  const under = to.getBoundingClientRect().bottom - frame.getBoundingClientRect().bottom + (foot ? foot.offsetHeight : 0);
  if (top < 0) frame.scrollTop += top; else if (under > 0) frame.scrollTop += under;
}
on("keydown", "tr[data-href]", (e, row) => {
  if (e.target !== row || e.ctrlKey || e.metaKey || e.altKey) return;
  const rows = rowsOf(row), at = rows.indexOf(row), last = rows.length - 1;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: Math.min(at + 15, last), PageUp: Math.max(at - 15, 0) }[e.key];
  if (to !== undefined) { e.preventDefault(); go(row, rows[to]); }
  else if (e.key === "Enter") location.assign(row.dataset.href);
  else if (e.key === " ") { const box = row.querySelector("[data-pick]"); if (box) { e.preventDefault(); box.click(); } }
});
on("click", "tr[data-href]", (e, row) => {
  if (e.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
  if (e.ctrlKey || e.metaKey) open(row.dataset.href, "_blank", "noopener"); else location.assign(row.dataset.href);
});
document.addEventListener("keydown", e => {
  if (e.key !== "/" || e.target.closest("input, textarea, select, dialog")) return;
  const field = document.querySelector("input[type=search]");
  if (field) { e.preventDefault(); field.select(); field.focus(); }
});

// Picking rows for a bulk step: [data-pick] in rows, [data-pick-all] in the header, .bulk with [data-picked].
document.addEventListener("change", e => {
  if (e.target.matches("[data-pick-all]")) all("[data-pick]", e.target.closest("table")).forEach(box => { if (!box.disabled) box.checked = e.target.checked; });
  if (!e.target.matches("[data-pick-all], [data-pick]")) return;
  const count = all("[data-pick]:checked").length;
  all(".bulk").forEach(bar => bar.classList.toggle("on", count > 0));
  all("[data-picked]").forEach(place => { place.textContent = count; });
});

// Filters: a choice applies at once; typed words wait for Enter.
on("change", "form[data-auto] select, form[data-auto] [type=checkbox], form[data-auto] [type=radio], form[data-auto] [type=date]", (e, field) => field.form.requestSubmit());
on("submit", "form[data-auto]", (e, form) => all("input, select", form).forEach(field => { if (!field.value) field.disabled = true; }));
addEventListener("pageshow", () => all("form[data-auto] :disabled:not([data-off])").forEach(field => { field.disabled = false; }));

// Grave steps ask for a reason: button.grave[data-ask="what will happen"], its form has a field named "reason".
const own = document.documentElement.lang === "en" ? { why: "Reason (kept in the audit)", back: "Go back", again: "Restored what you had typed." }
  : { why: "理由（会记入审计）", back: "不做了", again: "您刚才填的内容已经放回来了。" };
const make = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
on("click", "button.grave[data-ask]", (e, button) => {
  const field = button.form?.elements.reason;
  e.preventDefault();
  const box = make("dialog", ""), form = make("form", "", { method: "dialog" }), end = make("div", "", { className: "form-end" });
  const reason = make("textarea", "", { required: true, value: field ? field.value : "", minLength: 4 });
  const label = make("label", own.why, { className: "field" });
  label.append(reason);
  end.append(make("button", button.textContent.replace(/…$/, ""), { className: "grave" }), make("button", own.back, { className: "plain", type: "button", onclick: () => box.close() }));
  form.append(make("h2", button.textContent.replace(/…$/, "")), make("p", button.dataset.ask), ...(field ? [label] : []), end);
  form.onsubmit = () => { if (field) field.value = reason.value; button.form.requestSubmit(button); };
  box.append(form); document.body.append(box);
  box.onclose = () => { box.remove(); button.focus(); };
  box.showModal();
});

// Drafts: what is typed in form[data-draft="key"] outlives an error, a time-out and a sign-in; secrets are never kept.
const kept = form => [...form.elements].filter(f => f.name && !f.matches("[type=password], [type=file], [type=hidden], [type=submit], [data-private], [autocomplete=off]"));
const drafted = f => (f.matches("[type=checkbox], [type=radio]") ? f.checked : f.value);
const tag = f => `${f.name}|${f.matches("[type=checkbox], [type=radio]") ? f.value : ""}`;
function keep(form, sent) { store.set(`draft:${form.dataset.draft}`, { sent, values: Object.fromEntries(kept(form).map(f => [tag(f), drafted(f)])) }); }
function drafts() {
  if (document.body.matches(".keep-drafts")) return;
  const here = all("form[data-draft]"), done = document.querySelector(".note.success");
  for (const key of Object.keys(sessionStorage).filter(k => k.startsWith("draft:"))) {
    const sent = store.get(key)?.sent, form = here.find(f => `draft:${f.dataset.draft}` === key);
    if (sent && (done || !form)) sessionStorage.removeItem(key);
  }
  for (const form of here) {
    const values = store.get(`draft:${form.dataset.draft}`)?.values ?? {};
    const lost = kept(form).filter(f => tag(f) in values && drafted(f) !== values[tag(f)]);
    for (const f of lost) { if (f.matches("[type=checkbox], [type=radio]")) f.checked = values[tag(f)]; else f.value = values[tag(f)]; }
    if (lost.length) form.prepend(make("p", own.again, { className: "note", role: "status" }));
  }
}
on("input", "form[data-draft]", (e, form) => keep(form, false));
on("submit", "form[data-draft]", (e, form) => keep(form, true));

// Files dropped on .drop land in its field; a form sent twice is sent once.
for (const kind of ["dragover", "dragleave", "drop"]) on(kind, ".drop", (e, zone) => {
  e.preventDefault(); zone.classList.toggle("over", kind === "dragover");
  const field = zone.querySelector("[type=file]");
  if (kind === "drop" && field && e.dataTransfer.files.length) { field.files = e.dataTransfer.files; field.dispatchEvent(new Event("change", { bubbles: true })); }
});
on("change", ".drop [type=file]", (e, field) => { const said = field.closest(".drop").querySelector(".chosen"); if (said) said.textContent = [...field.files].map(f => f.name).join("、"); });
on("submit", "form[method=post]", (e, form) => { if (!e.defaultPrevented) setTimeout(() => all("button", form).forEach(b => { b.ariaBusy = "true"; b.disabled = true; }), 0); });
addEventListener("pageshow", () => all("button[aria-busy]").forEach(b => { b.ariaBusy = null; b.disabled = false; }));
on("click", "body", e => all("details.person[open], .bar details[open]").forEach(d => { if (!d.contains(e.target)) d.open = false; }));

reachable(document); drafts();
document.addEventListener("htmx:load", e => reachable(e.target.parentElement ?? document));
if (!document.body.matches(".still")) (document.querySelector("[data-focus-first], .field.wrong input, .field.wrong select, .field.wrong textarea") ?? document.querySelector("[data-focus]"))?.focus();
