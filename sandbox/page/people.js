// The row at the top: on whose behalf one writes, and whom something waits for.

import { avatar, enterAt, fill, h, unreadMark, walkable } from "./dom.js";
import { unread } from "./marks.js";

/** How much a person has not read in dialogs and groups, of one network or of all. */
export function waiting(person, network = null) {
  const dialogs = person.dialogs.filter((d) => network === null || d.network === network);
  return dialogs.reduce((sum, dialog) => sum + unread(person.id, dialog), 0);
}

export const watchPeople = (box) => walkable(box, ".chip-person", { next: "ArrowRight", before: "ArrowLeft" });

export function renderPeople(box, state, become) {
  const faces = state.seen.people.map((p) => ({ id: p.id, name: p.name, waits: waiting(p), chosen: p.id === state.person }));
  const before = box.querySelector("[aria-current]")?.value;
  const at = box.scrollLeft;
  fill(box, faces, () => [h("span", { class: "people-title" }, "От лица"), ...enterAt(faces.map((face) => chip(face, become)), (one) => one.hasAttribute("aria-current"))]);
  box.scrollLeft = at;
  const chosen = box.querySelector("[aria-current]");
  if (chosen && chosen.value !== before) chosen.scrollIntoView({ block: "nearest", inline: "center" });
}

function chip({ id, name, waits, chosen }, become) {
  const [first, ...rest] = name.split(" ");
  return h("button", { class: "chip-person", type: "button", value: id, title: name, "aria-current": chosen ? "true" : null, "data-key": `person/${id}`,
    "aria-label": waits ? `${name}, не прочитано: ${waits}` : name, onclick: () => become(id) },
  h("span", { class: "face" }, avatar(name), unreadMark(waits)),
  h("span", { class: "chip-name" }, first, h("span", { class: "chip-rest" }, ` ${rest.join(" ")}`)));
}
