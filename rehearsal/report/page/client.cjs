/* global document, window, matchMedia, CSS */
"use strict";

// What an entry tells, once for each list of names that it stands for: people type the names that they know.
function textsOf(item, heading) {
  const text = `${heading} ${item.textContent}`;
  const link = item.querySelector("a.names");
  if (!link) return [text.toLowerCase()];
  const list = document.getElementById(link.hash.slice(1));
  const heads = list.querySelector("h3").textContent.split(", ");
  return [...list.querySelectorAll("li")].map((line) => {
    const names = line.textContent.split(", ");
    return heads.reduce((told, head, index) => told.replaceAll(head, names[index]), text).toLowerCase();
  });
}

// Filters: rows, or folded parts, whose text has every word that is typed.
for (const field of document.querySelectorAll("input[data-filters]")) {
  const area = document.querySelector(`[data-filtered="${field.dataset.filters}"]`);
  const told = field.closest(".filter").querySelector("output");
  const around = area.closest("details");
  const folded = [...area.querySelectorAll("details"), ...(around ? [around] : [])];
  const rows = [...area.querySelectorAll("tbody tr:not(.step)")];
  const boxes = [...area.querySelectorAll("details.threat, :scope > details.statement")];
  const items = boxes.length > 0 ? boxes : rows;
  const wasOpen = new Map();
  field.closest(".filter").hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (wasOpen.size === 0) for (const each of folded) wasOpen.set(each, each.open);
    let shown = 0;
    for (const item of items) {
      const heading = item.closest("tbody")?.querySelector(".step")?.textContent ?? "";
      const texts = textsOf(item, heading);
      item.hidden = !texts.some((text) => words.every((word) => text.includes(word)));
      if (!item.hidden) shown += 1;
    }
    if (items === rows) {
      for (const body of area.querySelectorAll("tbody"))
        body.hidden = !body.querySelector("tr:not(.step):not([hidden])");
      for (const each of folded) {
        const some = each.querySelector("tbody tr:not(.step):not([hidden])") !== null;
        if (each !== around) each.hidden = !some;
        each.open = words.length > 0 ? some : wasOpen.get(each);
      }
    }
    for (const each of items === rows ? [] : area.querySelectorAll("details.idle")) {
      const some = each.querySelector("details.threat:not([hidden])") !== null;
      each.hidden = !some;
      each.open = words.length > 0 ? some : wasOpen.get(each);
    }
    told.textContent = words.length > 0 ? `${shown} of ${items.length}` : "";
  });
}

// The panel: an entry of the reference, with the statements that it names.
const panel = document.getElementById("panel");
const content = panel.querySelector(".content");
let opener;

function copyOf(id) {
  const copy = document.getElementById(id).cloneNode(true);
  copy.removeAttribute("id");
  if (copy.matches("details")) copy.open = true;
  return copy;
}

function show(id) {
  const entry = copyOf(id);
  content.replaceChildren(entry);
  for (const list of entry.querySelectorAll(".statements")) {
    list.replaceWith(...[...list.querySelectorAll("a.by")].map((each) => copyOf(each.hash.slice(1))));
  }
  const named = [...entry.querySelectorAll("a.names, a.by")].map((each) => each.hash.slice(1));
  content.append(...[...new Set(named)].map(copyOf));
  panel.setAttribute("aria-label", entry.querySelector("h3, summary").textContent);
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.querySelector(".close").focus();
}

function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  content.replaceChildren();
  opener?.focus();
}

function open(from, id) {
  if (!panel.contains(from)) opener = from;
  show(id);
}

panel.querySelector(".close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  const from = event.target.closest("[data-opens]");
  if (from && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    open(from, from.dataset.opens);
  }
});
document.addEventListener("click", (event) => {
  const from = event.target.closest("[data-opens]");
  if (from) return open(from, from.dataset.opens);
  const link = event.target.closest("a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target?.matches(".entry, details.statement")) return;
  event.preventDefault();
  open(link, target.id);
});

// The picture: what belongs to the thing or arrow that is pointed at stands out; kinds of arrows can be left out.
for (const picture of document.querySelectorAll("svg.picture")) {
  const light = (at) => {
    const id = at?.dataset.opens;
    const arrows = id
      ? picture.querySelectorAll(`.arrow:is([data-opens="${id}"], [data-from="${id}"], [data-to="${id}"])`)
      : [];
    const ids = new Set(
      [...arrows].flatMap((each) => [each.dataset.opens, each.dataset.from, each.dataset.to]),
    );
    if (id) ids.add(id);
    picture.classList.toggle("pointed", ids.size > 0);
    for (const each of picture.querySelectorAll("[data-opens]"))
      each.classList.toggle("lit", ids.has(each.dataset.opens));
  };
  // On what is around it: Chromium gives the focus to a picture that listens for it itself.
  const canvas = picture.parentElement;
  for (const type of ["pointerover", "focusin"]) {
    canvas.addEventListener(type, (event) => light(event.target.closest("[data-opens]")));
  }
  for (const type of ["pointerleave", "focusout"]) canvas.addEventListener(type, () => light(undefined));
}
for (const button of document.querySelectorAll("[data-toggles]")) {
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    button.closest("figure").classList.toggle(`without-${CSS.escape(button.dataset.toggles)}`, !pressed);
  });
}

// On paper everything is open.
const closed = new Set();
function forPaper(printing) {
  if (printing) {
    for (const each of document.querySelectorAll("details:not([open])")) {
      closed.add(each);
      each.open = true;
    }
  } else {
    for (const each of closed) each.open = false;
    closed.clear();
  }
}
matchMedia("print").addEventListener("change", ({ matches }) => forPaper(matches));
window.addEventListener("beforeprint", () => forPaper(true));
window.addEventListener("afterprint", () => forPaper(false));
