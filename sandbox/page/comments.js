// Comments under a post of a wall, and the field to write one.

import { avatar, h, iconButton } from "./dom.js";
import { momentWords } from "./words.js";

const FEW = 3;

/** `acts` are {comment}: comment(message, text) says whether it was said. */
export function commentsPart(message, acts) {
  const all = message.comments ?? [];
  if (!all.length && message.comments_closed) return null;
  const hidden = all.length - FEW;
  const list = h("div", { class: "comments-list" }, all.slice(-FEW).map(commentOf));
  const more = hidden > 0 ? h("button", { class: "link", type: "button", onclick: () => {
    list.replaceChildren(...all.map(commentOf));
    more.remove();
  } }, `Показать ещё ${hidden}`) : null;
  return h("div", { class: "comments" }, more, list, message.comments_closed ? h("p", { class: "quiet" }, "Комментарии закрыты.") : commentForm(message, acts));
}

function commentOf({ from, at, text }) {
  return h("div", { class: "comment" }, avatar(from), h("div", {}, h("b", {}, from), h("span", {}, text), h("time", {}, momentWords(at))));
}

function commentForm(message, acts) {
  const field = h("input", { type: "text", placeholder: "Написать комментарий", "aria-label": "Комментарий", "data-key": `comment/${message.id}`, autocomplete: "off" });
  const form = h("form", { class: "comment-form" }, field, iconButton("send", "Отправить комментарий", () => form.requestSubmit()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text && await acts.comment(message, text)) field.value = "";
  });
  return form;
}
