// The left column: messengers as tabs, and in each the person's chats and the bots to begin with.

import { avatar, h } from "./dom.js";
import { NETWORKS, kindWords, shortTime } from "./words.js";

export function renderTabs(box, state, choose) {
  box.replaceChildren(
    ...Object.entries(NETWORKS).map(([network, title]) =>
      h("button", { type: "button", class: `tab ${network}`, "aria-selected": String(state.network === network), role: "tab", onclick: () => choose(network) }, title),
    ),
  );
}

export function renderRows(box, state, { pick, unread, now }) {
  const chats = state.seen.chats.filter((c) => c.network === state.network);
  const mine = chats.filter((c) => c.kind === "private" && c.person === state.person);
  const known = new Set(mine.map((c) => c.account));
  const strangers = state.seen.accounts.filter((a) => a.network === state.network && !known.has(a.name));
  const served = chats.filter((c) => c.kind === "private" && c.person !== state.person);
  const rooms = chats.filter((c) => c.kind === "channel" || c.kind === "group" || c.kind === "supergroup");
  const walls = chats.filter((c) => c.kind === "wall");
  const row = (chat, title) => chatRow(chat, title ?? chat.title, state, { pick, unread: unread(chat), now });
  const titleOf = (name) => state.seen.accounts.find((a) => a.network === state.network && a.name === name)?.title ?? name;

  const parts = [
    group("Диалоги", byTime(mine).map((c) => row(c, titleOf(c.account)))),
    group("Можно начать", strangers.map((a) => strangerRow(a, state, pick))),
    group("Каналы и группы", byTime(rooms).map((c) => row(c))),
    group("Стены сообществ", byTime(walls).map((c) => row(c))),
    group("Сообщения вашего сообщества", byTime(served).map((c) => row(c))),
  ].flat();
  box.replaceChildren(...(parts.length ? parts : [h("p", { class: "empty" }, "Здесь пока никого: у этого человека нет чатов в этом мессенджере.")]));
}

function group(title, rows) {
  return rows.length ? [h("h3", {}, title), ...rows] : [];
}

function byTime(chats) {
  return [...chats].sort((a, b) => (b.last?.at ?? "").localeCompare(a.last?.at ?? ""));
}

function chatRow(chat, title, state, { pick, unread, now }) {
  const open = state.open?.network === chat.network && state.open.ref === chat.ref;
  const preview = chat.last ? previewOf(chat, state.person) : kindWords(chat);
  return h(
    "button",
    { type: "button", class: `row${open ? " open" : ""}`, onclick: () => pick(chat.network, chat.ref) },
    avatar(title),
    h("span", { class: "row-text" },
      h("span", { class: "row-top" }, h("b", {}, title), chat.last ? h("time", {}, shortTime(chat.last.at, now)) : null),
      h("span", { class: "row-top" }, h("span", { class: "preview" }, preview), unread ? h("span", { class: "unread" }, String(unread)) : null)),
  );
}

function previewOf(chat, person) {
  const { text } = chat.last;
  return chat.last.from_id === person && chat.kind !== "channel" ? `Вы: ${text}` : text;
}

function strangerRow(account, state, pick) {
  const ref = `${account.name}:${state.person}`;
  const open = state.open?.network === account.network && state.open.ref === ref;
  return h(
    "button",
    { type: "button", class: `row${open ? " open" : ""}`, onclick: () => pick(account.network, ref) },
    avatar(account.title),
    h("span", { class: "row-text" },
      h("span", { class: "row-top" }, h("b", {}, account.title)),
      h("span", { class: "row-top" }, h("span", { class: "preview" }, account.network === "vk" ? "написать сообществу" : `начать диалог с @${account.username}`))),
  );
}
