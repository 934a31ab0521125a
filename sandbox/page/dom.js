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
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Builds a box's content anew only when what it shows has changed: a button must not vanish under a finger. */
export function fill(box, shape, build) {
  const text = JSON.stringify(shape);
  if (shapes.get(box) === text) return;
  shapes.set(box, text);
  box.replaceChildren(...[build()].flat().filter(Boolean));
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

export function avatar(name) {
  const seed = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
  const letters = name.replace(/[«»"@]/g, "").split(/\s+/).slice(0, 2).map((word) => word[0] || "").join("");
  return h("span", { class: `avatar tint-${seed % 6}`, "aria-hidden": "true" }, letters.toUpperCase());
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

/** Asks for one of several: `rows` are elements to show, `chosen` hears the number of the one pressed. */
export function choose(title, rows, chosen) {
  const box = byId("choice");
  byId("choice-title").textContent = title;
  byId("choice-rows").replaceChildren(...rows.map((row, number) => h("button", { class: "choice", type: "button", onclick: () => {
    box.close();
    chosen(number);
  } }, row)));
  box.showModal();
}
