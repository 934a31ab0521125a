// The left column: messengers as tabs, and in each the person's chats and the bots to begin with.

import { avatar, enterAt, fill, h, unreadMark, walkable } from "./dom.js";
import { refOf, titleOf } from "./chats.js";
import { unread } from "./marks.js";
import { waiting } from "./people.js";
import { NETWORKS, kindWords, shortTime } from "./words.js";

const MOST_ROWS = 200; // of one kind: a community may have many thousands of dialogs

export function renderTabs(box, state, choose) {
  const me = state.seen.people.find((p) => p.id === state.person);
  const tabs = Object.entries(NETWORKS).map(([network, title]) => ({ network, title, chosen: state.network === network, waits: me ? waiting(me, network) : 0 }));
  fill(box, tabs, () => tabs.map((tab) =>
    h("button", { type: "button", class: "tab", "data-key": `tab/${tab.network}`, "aria-current": tab.chosen ? "true" : null, onclick: () => choose(tab.network) },
      tab.title, unreadMark(tab.waits))));
}

export const watchRows = (box) => walkable(box, ".row", { next: "ArrowDown", before: "ArrowUp" });

export function renderRows(box, state, { pick, now }) {
  const chats = state.seen.chats.filter((c) => c.network === state.network);
  const mine = chats.filter((c) => c.kind === "private" && c.person === state.person);
  const known = new Set(mine.map((c) => c.account));
  const strangers = state.seen.accounts.filter((a) => a.network === state.network && !known.has(a.name));
  const groups = [
    ["Диалоги", byTime(mine)],
    [state.network === "vk" ? "Беседы" : "Каналы и группы", byTime(chats.filter((c) => ["channel", "group", "supergroup", "chat"].includes(c.kind)))],
    ["Стены сообществ", byTime(chats.filter((c) => c.kind === "wall"))],
    ["Сообщения вашего сообщества", byTime(chats.filter((c) => c.kind === "private" && c.person !== state.person))],
  ].map(([title, several]) => [title, foremost(several, state).map((chat) => glance(chat, state, now)), Math.max(0, several.length - MOST_ROWS)]);
  groups.splice(1, 0, ["Можно начать", strangers.map((account) => invitation(account, state)), 0]);
  fill(box, [state.person, groups], () => {
    const parts = groups.flatMap(([title, rows, more]) => (rows.length ? [h("h3", {}, title), ...rows.map((row) => rowOf(row, pick)), more ? h("p", { class: "empty" }, `и ещё ${more}, с более старыми сообщениями`) : null] : [])).filter(Boolean);
    enterAt(parts.filter((part) => part.matches(".row")), (row) => row.matches(".open"));
    return parts.length ? parts : h("p", { class: "empty" }, "Здесь пока никого: у этого человека нет чатов в этом мессенджере.");
  });
}

function byTime(chats) {
  return [...chats].sort((a, b) => (b.last?.at ?? "").localeCompare(a.last?.at ?? ""));
}

/** The newest, and the one that is open. */
function foremost(chats, state) {
  return chats.filter((chat, place) => place < MOST_ROWS || isOpen(state, chat.network, chat.ref));
}

function isOpen(state, network, ref) {
  return state.open?.network === network && state.open.ref === ref;
}

function glance(chat, state, now) {
  return { network: chat.network, ref: chat.ref, title: titleOf(state, chat), open: isOpen(state, chat.network, chat.ref), unread: unread(state.person, chat),
    words: chat.last ? previewOf(chat, state.person) : kindWords(chat), time: chat.last ? shortTime(chat.last.at, now) : null };
}

function invitation(account, state) {
  const ref = refOf(account.name, state.person);
  const words = account.network === "vk" ? "написать сообществу" : `начать диалог с @${account.username}`;
  return { network: account.network, ref, title: account.title, open: isOpen(state, account.network, ref), unread: 0, words, time: null };
}

function previewOf(chat, person) {
  const { text } = chat.last;
  return chat.last.from_id === person && chat.kind !== "channel" ? `Вы: ${text}` : text;
}

function rowOf({ network, ref, title, open, unread: count, words, time }, pick) {
  return h(
    "button",
    { type: "button", class: `row${open ? " open" : ""}`, "aria-current": open ? "true" : null, "data-key": `chat/${network}/${ref}`, onclick: () => pick(network, ref) },
    avatar(title),
    h("span", { class: "row-text" },
      h("span", { class: "row-top" }, h("b", {}, title), time ? h("time", {}, time) : null),
      h("span", { class: "row-top" }, h("span", { class: "preview" }, words), unreadMark(count))),
  );
}
