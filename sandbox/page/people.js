// The row at the top: on whose behalf one writes, and whom something waits for.

import { avatar, choosePerson, enterAt, fill, h, unreadMark, walkable } from "./dom.js";
import { unread } from "./marks.js";

const MOST_FACES = 30;

/** How much a person has not read in dialogs and groups, of one network or of all. */
export function waiting(person, network = null) {
  const dialogs = person.dialogs.filter((d) => network === null || d.network === network);
  return dialogs.reduce((sum, dialog) => sum + unread(person.id, dialog), 0);
}

export const watchPeople = (box) => walkable(box, ".chip-person", { next: "ArrowRight", before: "ArrowLeft" });

export function renderPeople(box, state, become) {
  const { people } = state.seen;
  const shown = people.filter((p, place) => place < MOST_FACES || p.id === state.person);
  const faces = shown.map((p) => ({ id: p.id, name: p.name, waits: waiting(p), chosen: p.id === state.person }));
  const before = box.querySelector("[aria-current]")?.value;
  const at = box.scrollLeft;
  const rest = people.length - shown.length;
  fill(box, [faces, rest], () => [
    h("span", { class: "people-title" }, "От лица"), ...enterAt(faces.map((face) => chip(face, become)), (one) => one.hasAttribute("aria-current")),
    rest ? h("button", { class: "chip-person", type: "button", onclick: () => choosePerson("От чьего лица писать?", state.seen.people, become) }, h("span", { class: "chip-name" }, `и ещё ${rest}…`)) : null,
  ]);
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
