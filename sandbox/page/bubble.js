// One bubble: a message, or the messages of one album, with its buttons and what can be done with it.

import { button, h, icon, iconButton, showPicture } from "./dom.js";
import { isFeed } from "./chats.js";
import { meaningOf } from "./links.js";
import { time } from "./words.js";

/** Messages of one album that stand together make one bubble. */
export function bubbles(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

/**
 * `view` is {chat, state, messages, writable}: all messages of the chat, and whether this person may write here;
 * `acts` are {press, reply, edit, drop, leap, openAs}.
 */
export function bubble(view, group, acts) {
  const { chat, state } = view;
  const [message] = group;
  if (message.service) return h("div", { class: "day" }, message.service);
  const served = chat.kind === "private" && chat.person !== state.person; // an admin looks on
  const own = served ? message.from_id !== chat.person : message.from_id === state.person;
  const mine = own && !isFeed(chat);
  const nameless = mine || chat.kind === "channel" || (chat.kind === "private" && !served);
  const form = [mine ? "mine" : "", isFeed(chat) ? "wide" : "", message.buttons.length ? "keyed" : ""];
  const element = h("article", { class: ["bubble", ...form].filter(Boolean).join(" ") },
    h("div", { class: "body" },
      nameless ? null : h("div", { class: "author" }, message.from),
      quote(view, message, acts),
      media(group.flatMap((m) => m.media)),
      group.filter((m) => m.text).map((m) => h("div", { class: "text", innerHTML: m.html })),
      h("div", { class: "meta" }, group.some((m) => m.edited) ? "изменено " : null, h("time", {}, time(message.at)))),
    message.buttons.length ? keys(view, message, acts) : null);
  const tools = toolsOf(view, group, own, acts, element);
  if (tools.length) addTools(element, tools);
  return element;
}

function quote(view, message, acts) {
  const replied = message.reply_to && view.messages.find((m) => m.id === message.reply_to);
  return replied ? h("button", { class: "reply", type: "button", onclick: () => acts.leap(replied.id) }, quoteWords(replied)) : null;
}

export const quoteWords = (message) => message.text.slice(0, 120) || message.media[0]?.name || "вложение";

function toolsOf({ chat, state, writable }, group, own, acts, element) {
  const worded = group.find((m) => m.text) ?? group[0];
  const links = group.flatMap((m) => invitations(m, state.seen));
  return [
    writable && chat.kind !== "wall" ? iconButton("reply", "Ответить", () => acts.reply(group[0])) : null,
    links.length ? iconButton("person", "Открыть ссылку от лица…", () => acts.openAs(links)) : null,
    own && writable ? iconButton("edit", "Изменить", () => openEditor(element.querySelector(".body"), worded.text, (text) => acts.edit(worded, text))) : null,
    own && writable ? iconButton("bin", "Удалить", () => acts.drop(group)) : null,
  ].filter(Boolean);
}

/** On a wide screen the tools come with the pointer; on a phone a tap on the bubble or its dots opens them. */
function addTools(element, tools) {
  for (const tool of tools) tool.append(h("span", { class: "tool-name" }, tool.title));
  const toggle = (open) => {
    element.classList.toggle("picked", open);
    more.setAttribute("aria-expanded", String(open));
    if (open) element.scrollIntoView({ block: "nearest" });
  };
  const more = iconButton("more", "Что можно сделать", () => toggle(!element.classList.contains("picked")), "more");
  more.setAttribute("aria-expanded", "false");
  const box = h("div", { class: "tools" }, tools);
  box.addEventListener("click", () => toggle(false));
  element.querySelector(".body").addEventListener("click", (event) => {
    if (!event.target.closest("a, button, textarea, video, audio, .mark") && getSelection().isCollapsed) toggle(!element.classList.contains("picked"));
  });
  element.querySelector(".meta").prepend(more, box);
}

/** The links of a message that begin a dialog: what one person is given and another follows. */
function invitations(message, seen) {
  const inText = [...message.html.matchAll(/<a href="([^"]+)"/g)].map(([, address]) => address.replaceAll("&amp;", "&"));
  const onButtons = message.buttons.flat().map((b) => b.url ?? "");
  return [...new Set([...inText, ...onButtons])].filter((address) => meaningOf(address, seen)?.dialog?.payload);
}

function keys(view, message, acts) {
  return h("div", { class: "buttons" },
    message.buttons.map((row, r) => h("div", { class: "button-row" },
      row.map((b, c) => (b.url
        ? h("a", { class: "inline", href: b.url, target: "_blank", rel: "noopener noreferrer" }, meaningOf(b.url, view.state.seen) ? b.text : `${b.text} ↗`)
        : h("button", { class: "inline", type: "button", onclick: (event) => acts.press(message, r, c, event.currentTarget) }, b.text))))));
}

function media(files) {
  if (!files.length) return null;
  const seen = files.filter((f) => f.kind === "photo" || f.kind === "video");
  const rest = files.filter((f) => f.kind !== "photo" && f.kind !== "video");
  return h("div", { class: "media" },
    seen.length ? h("div", { class: `grid ${seen.length > 4 ? `many rest-${seen.length % 3}` : `of-${seen.length}`}` }, seen.map(seenFile)) : null,
    rest.map((f) => (f.kind === "voice"
      ? h("audio", { controls: true, src: f.url, preload: "metadata" })
      : h("a", { class: "file", href: f.url, download: f.name }, icon("file"), f.name))));
}

function seenFile(file) {
  if (file.kind === "video") return h("video", { controls: true, src: file.url, preload: "metadata" });
  return h("button", { type: "button", class: "photo", "aria-label": `Открыть ${file.name}`, onclick: () => showPicture(file.url) },
    h("img", { src: file.url, alt: file.name, loading: "lazy" }));
}

/** Puts a field with the text in the text's place until it is saved (`save` says whether it was) or left. */
function openEditor(body, text, save) {
  if (body.querySelector(".editor")) return;
  const shown = body.querySelector(".text");
  const field = h("textarea", { rows: Math.min(8, text.split("\n").length + 1), value: text, "aria-label": "Новый текст" });
  const close = () => {
    form.remove();
    if (shown) shown.hidden = false;
  };
  const form = h("form", { class: "editor" }, field,
    h("div", { class: "actions" }, h("button", { class: "primary" }, "Сохранить"), button("Отмена", close)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await save(field.value.trim())) close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  if (shown) shown.hidden = true;
  body.insertBefore(form, body.querySelector(".meta"));
  field.focus();
  body.scrollIntoView({ block: "nearest" });
}
