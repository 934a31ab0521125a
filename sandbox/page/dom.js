// Small things for building the page: elements, icons, toasts, dialogs.

const SVG = "http://www.w3.org/2000/svg";

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

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick) {
  return h("button", { class: "icon", type: "button", "aria-label": label, title: label, onclick }, icon(name));
}

export function button(text, onclick, kind = "plain") {
  return h("button", { class: kind, type: "button", onclick }, text);
}

export function avatar(name) {
  const seed = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
  const letters = name.replace(/[«»"@]/g, "").split(/\s+/).slice(0, 2).map((word) => word[0] || "").join("");
  return h("span", { class: `avatar tint-${seed % 6}`, "aria-hidden": "true" }, letters.toUpperCase());
}

export function toast(text, kind = "note") {
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
