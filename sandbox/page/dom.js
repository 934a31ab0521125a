// Small things for building the page: elements, icons, toasts, dialogs.

const SVG = "http://www.w3.org/2000/svg";
const shapes = new WeakMap();

export const byId = (id) => document.getElementById(id);

/** Makes an element: `h("button", {class: "link", onclick: f}, "text", child)`; null children are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Builds a box's content anew only when what it shows has changed: a button must not vanish under a finger. */
export function fill(box, shape, build) {
  const text = JSON.stringify(shape);
  if (shapes.get(box) === text) return;
  shapes.set(box, text);
  keepFocus(() => box.replaceChildren(...[build()].flat().filter(Boolean)));
}

/** Changes the page; what had the focus and is drawn anew has it afterwards, if it bears the same `data-key`. */
export function keepFocus(change) {
  const key = document.activeElement?.dataset.key;
  change();
  if (key && document.activeElement?.dataset.key !== key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Lets arrows, Home and End walk among a box's elements, of which only one takes part in the order of Tab. */
export function walkable(box, selector, { next, before }) {
  box.addEventListener("keydown", (event) => {
    const all = [...box.querySelectorAll(selector)];
    const at = all.indexOf(event.target.closest(selector));
    const to = { [next]: at + 1, [before]: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  });
  box.addEventListener("focusin", (event) => {
    const now = event.target.closest(selector);
    if (now) for (const one of box.querySelectorAll(selector)) one.tabIndex = one === now ? 0 : -1;
  });
}

/** Puts the chosen element of a walkable box, or the first, into the order of Tab. */
export function enterAt(elements, chosen) {
  const first = elements.find(chosen) ?? elements[0];
  for (const element of elements) element.tabIndex = element === first ? 0 : -1;
  return elements;
}

/** Makes the box's children exactly these, and leaves those that are there already where they are. */
export function place(box, elements) {
  const wanted = new Set(elements);
  for (const child of [...box.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, at) => {
    if (box.children[at] !== element) box.insertBefore(element, box.children[at] ?? null);
  });
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, kind = "") {
  return h("button", { class: `icon ${kind}`.trim(), type: "button", "aria-label": label, title: label, onclick }, icon(name));
}

export function button(text, onclick, kind = "plain") {
  return h("button", { class: kind, type: "button", onclick }, text);
}

/** The colour that a name has everywhere. */
export const tintOf = (name) => `tint-${[...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6}`;

export function avatar(name) {
  const letters = name.replace(/[«»"@]/g, "").split(/\s+/).slice(0, 2).map((word) => word[0] || "").join("");
  return h("span", { class: `avatar ${tintOf(name)}`, "aria-hidden": "true" }, letters.toUpperCase());
}

export const unreadMark = (count) => (count ? h("span", { class: "unread", title: "не прочитано" }, count < 20 ? String(count) : "20+") : null);

export function toast(text, kind = "note") {
  if ([...byId("toasts").children].some((shown) => shown.textContent === text)) return; // it is being said already
  const box = h("div", { class: `toast ${kind}` }, text);
  byId("toasts").append(box);
  setTimeout(() => box.remove(), kind === "error" ? 7000 : 3500);
}

export function alertBox(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

export function showPicture(url) {
  byId("picture-image").src = url;
  byId("picture").showModal();
}

const MOST_NAMED = 30;

/** Asks for one of the people; of very many only those are named whose name holds what is typed. */
export function choosePerson(title, people, chosen, current = null) {
  const list = h("div");
  const field = h("input", { type: "search", placeholder: "Имя", "aria-label": "Имя", class: "choice-search", oninput: () => draw() });
  const draw = () => {
    const typed = field.value.trim().toLowerCase();
    const fitting = people.filter((p) => p.name.toLowerCase().includes(typed)).slice(0, MOST_NAMED);
    list.replaceChildren(...fitting.map((p) => h("button", { class: "choice", type: "button", onclick: () => {
      byId("choice").close();
      chosen(p.id);
    } }, h("span", { class: "member" }, avatar(p.name), h("span", {}, p.name), p.id === current ? h("em", {}, "сейчас") : null))));
  };
  draw();
  openChoice(title, [people.length > MOST_NAMED ? field : null, list].filter(Boolean));
}

/** Shows the box of choices with these parts, under a heading. */
export function openChoice(title, parts, form = "") {
  byId("choice-title").textContent = title;
  byId("choice-rows").className = form;
  byId("choice-rows").replaceChildren(...parts);
  byId("choice").showModal();
}

/** Shows a box to fill in; `done` carries it out and says whether it was done, else the box stays as it is. */
export function openForm(title, parts, word, done) {
  const box = byId("form");
  const submit = h("button", { class: "primary" }, word);
  const form = h("form", { class: "filled" }, h("h2", { id: "form-title" }, title), parts, h("div", { class: "actions" }, button("Отмена", () => box.close()), submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    if (await done()) box.close();
    submit.disabled = false;
  });
  box.replaceChildren(form);
  box.showModal();
}

/** Asks for one of several: `rows` are elements to show, `chosen` hears the number of the one pressed. */
export function choose(title, rows, chosen, form = "") {
  openChoice(title, rows.map((row, number) => h("button", { class: "choice", type: "button", onclick: () => {
    byId("choice").close();
    chosen(number);
  } }, row)), form);
}
