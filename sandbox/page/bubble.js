// One bubble: a message, or the messages of one album, with its buttons and what can be done with it.

import { avatar, button, choose, h, iconButton, showPicture, tintOf } from "./dom.js";
import { isFeed } from "./chats.js";
import { meaningOf } from "./links.js";
import { commentsPart } from "./comments.js";
import { cardsPart, faceAt, faces, filePart, isBare, reactionsPart, thingsOf } from "./things.js";
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
 * `view` is {chat, state, messages, writable, follows}: all messages of the chat, whether this person may write here,
 * and whether the bubble above is of the same hand; `acts` are {press, reply, edit, drop, leap, openAs, vote, retract, react}.
 */
export function bubble(view, group, acts) {
  const { chat, state } = view;
  const [message] = group;
  if (message.service) return h("div", { class: "day" }, message.service);
  const served = chat.kind === "private" && chat.person !== state.person; // an admin looks on
  const own = served ? message.from_id !== chat.person : message.from_id === state.person;
  const mine = own && !isFeed(chat);
  const crowded = ["group", "supergroup", "chat"].includes(chat.kind);
  const nameless = mine || chat.kind === "channel" || (chat.kind === "private" && !served) || view.follows;
  const edited = group.some((m) => m.edited);
  const words = group.filter((m) => m.text).map((m) => h("div", { class: "text", innerHTML: m.html }));
  const files = [media(group.flatMap((m) => m.media)), ...thingsOf(message, acts)];
  const form = [mine && "mine", isFeed(chat) && "wide", hasKeys(message) && "keyed", crowded && !mine && "faced", view.follows && "follows", edited && "edited", isBare(message) && "bare"];
  const element = h("article", { class: ["bubble", ...form].filter(Boolean).join(" "), "aria-label": `${mine ? "Вы" : message.from}, ${time(message.at)}` },
    crowded && !mine && !view.follows ? avatar(message.from) : null,
    h("div", { class: "body" },
      nameless ? null : h("div", { class: `author ${tintOf(message.from)}` }, message.from),
      message.forwarded_from ? h("div", { class: "passed" }, `Переслано от: ${message.forwarded_from}`) : null,
      quote(view, message, acts),
      (message.forwards ?? []).map((one) => h("div", { class: "reply" }, h("b", {}, one.from), h("span", {}, one.text || "вложение"))),
      chat.network === "vk" ? [words, files] : [files, words], // on VK the words stand above what is attached
      cardsPart(message, acts),
      reactionsPart(message, acts.react),
      h("div", { class: "meta" }, edited ? "изменено " : null, h("time", {}, time(message.at))),
      chat.kind === "wall" ? commentsPart(message, acts) : null),
    hasKeys(message) ? keys(view, message, acts) : null);
  const tools = toolsOf(view, group, own, acts, element);
  if (tools.length) addTools(element, tools);
  return element;
}

/** Cards show their buttons themselves. */
const hasKeys = (message) => message.buttons.length > 0 && !message.template;

function quote(view, message, acts) {
  const replied = message.reply_to && view.messages.find((m) => m.id === message.reply_to);
  return replied ? h("button", { class: "reply", type: "button", "data-key": `quote/${message.id}`, onclick: () => acts.leap(replied.id) }, h("b", {}, replied.from), h("span", {}, quoteWords(replied))) : null;
}

export const quoteWords = (message) => message.text.slice(0, 120) || message.poll?.question || message.media[0]?.name || "вложение";

const canReact = (chat, state) => !chat.blocked && chat.kind !== "wall" && (chat.kind !== "private" || chat.person === state.person);

function toolsOf({ chat, state, writable }, group, own, acts, element) {
  const worded = group.find((m) => m.text) ?? group[0];
  const links = group.flatMap((m) => invitations(m, state.seen));
  return [
    writable && chat.kind !== "wall" ? iconButton("reply", "Ответить", () => acts.reply(group[0])) : null,
    canReact(chat, state) ? iconButton("smile", "Реакция", () => choose("Реакция", faces(chat.network), (n) => acts.react(group[0], faceAt(chat.network, n)), "faces")) : null,
    links.length ? iconButton("person", "Открыть ссылку от лица…", () => acts.openAs(links)) : null,
    own && writable && !worded.poll && !isBare(worded) ? iconButton("edit", "Изменить", () => openEditor(element.querySelector(".body"), worded.text, (text) => acts.edit(worded, text))) : null,
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
    if (!event.target.closest("a, button, input, textarea, video, audio, .mark, .spoiler") && getSelection().isCollapsed) toggle(!element.classList.contains("picked"));
  });
  element.querySelector(".meta").prepend(more);
  element.append(box);
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
        ? h("a", { class: `inline ${b.look ?? ""}`.trim(), href: b.url, target: "_blank", rel: "noopener noreferrer" }, meaningOf(b.url, view.state.seen) ? b.text : `${b.text} ↗`)
        : h("button", { class: `inline ${b.look ?? ""}`.trim(), type: "button", "data-key": `key/${message.id}/${r}/${c}`, onclick: (event) => acts.press(message, r, c, event.currentTarget) }, b.text))))));
}

function media(files) {
  if (!files.length) return null;
  const seen = files.filter((f) => f.kind === "photo" || f.kind === "video");
  const rest = files.filter((f) => f.kind !== "photo" && f.kind !== "video");
  return h("div", { class: "media" },
    seen.length ? h("div", { class: `grid ${seen.length > 4 ? `many rest-${seen.length % 3}` : `of-${seen.length}`}` }, seen.map(seenFile)) : null,
    rest.map(filePart));
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
