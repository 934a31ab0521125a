// The right column, upper half: what this chat is, and what its owner or reader can do with it.

import { avatar, button, fill, h, toast } from "./dom.js";
import { nameOf, titleOf } from "./chats.js";
import { linkForm } from "./compose.js";
import { post } from "./net.js";
import { kindWords } from "./words.js";

const MOST_LISTED = 30;
const STATUS = { creator: "владелец", administrator: "администратор", member: "", restricted: "ограничен", left: "вышел", kicked: "исключён" };

export function renderInfo(box, state, chat, { refresh, start }) {
  const tell = async (what, extra = {}) => {
    try {
      await post("/control/do", { network: chat.network, chat: nameOf(chat), as: state.person, what, ...extra });
      await refresh();
    } catch (error) {
      toast(error.message, "error");
    }
  };
  const shown = chat && { ...chat, version: 0, count: 0, last: null, last_id: 0, incoming: [] }; // new messages change nothing here
  fill(box, [state.person, shown], () => (chat ? parts(state, chat, tell, start) : []));
}

function parts(state, chat, tell, start) {
  const title = titleOf(state, chat);
  return [
    h("div", { class: "card about" }, avatar(title), h("b", {}, title), h("span", {}, kindWords(chat)),
      chat.username ? h("span", {}, `@${chat.username}`) : null, chat.kind === "private" ? null : h("code", { title: "Номер чата" }, String(chat.id))),
    ...(chat.kind === "private" ? dialogActions(state, chat, tell, start) : roomActions(state, chat, tell)),
  ];
}

function dialogActions(state, chat, tell, start) {
  if (chat.stranger) return [];
  if (chat.person !== state.person) {
    const [text, what] = chat.blacklisted ? ["Вернуть из чёрного списка", "unblock_by_admin"] : ["В чёрный список", "block_by_admin"];
    return [h("div", { class: "card" }, button(text, () => tell(what), "danger"))];
  }
  const [off, on] = chat.network === "vk" ? [["Запретить сообщения", "deny"], ["Разрешить сообщения", "allow"]] : [["Остановить бота", "stop"], ["Запустить снова", "start"]];
  const [text, what] = chat.blocked ? on : off;
  return [
    chat.started ? h("div", { class: "card" }, h("h3", {}, "Открыть по ссылке"), linkForm("Открыть", (words) => start(chat, words))) : null,
    h("div", { class: "card" }, button(text, () => tell(what), chat.blocked ? "primary" : "danger")),
  ].filter(Boolean);
}

function roomActions(state, chat, tell) {
  if (chat.kind === "wall") return [];
  const me = chat.members.find((m) => m.id === state.person);
  const inside = me && me.status !== "left" && me.status !== "kicked";
  const bots = chat.members.filter((m) => m.bot && m.status !== "left" && m.status !== "kicked");
  const people = chat.members.filter((m) => !m.bot && m.status !== "left" && m.status !== "kicked").slice(0, MOST_LISTED);
  return [
    chat.admins.includes(state.person) && chat.requests?.length ? requestsCard(chat, tell) : null,
    chat.admins.includes(state.person) ? botsCard(state, chat, bots, tell) : null,
    h("div", { class: "card" }, h("h3", {}, chat.kind === "channel" ? "Подписчики" : "Участники"),
      people.map((m) => h("div", { class: "member" }, avatar(m.name), h("span", {}, m.name), h("em", {}, STATUS[m.status] ?? m.status))),
      chat.people > people.length ? h("p", { class: "quiet" }, `и ещё ${chat.people - people.length}`) : null,
      inside ? button("Выйти", () => tell("leave"), "danger") : button("Вступить", () => tell("join"), "primary")),
  ].filter(Boolean);
}

function requestsCard(chat, tell) {
  return h("div", { class: "card" }, h("h3", {}, "Хотят вступить"), chat.requests.map(({ id, name }) => h("div", { class: "bot" },
    h("div", { class: "member" }, avatar(name), h("span", {}, name)),
    h("div", { class: "actions" }, button("Принять", () => tell("approve", { person: id }), "primary"), button("Отклонить", () => tell("decline", { person: id }), "danger")))));
}

function botsCard(state, chat, bots, tell) {
  const inside = new Set(bots.map((b) => b.id));
  const accounts = state.seen.accounts.filter((a) => a.network === chat.network);
  const nameById = new Map(accounts.map((a) => [a.id, a.name]));
  const absent = accounts.filter((a) => !inside.has(a.id) && !inside.has(-a.id)); // in a conversation of VK a community has a negative id
  return h("div", { class: "card" }, h("h3", {}, chat.network === "vk" ? "Сообщества в беседе" : "Боты"),
    bots.map((bot) => {
      const name = nameById.get(bot.id) ?? nameById.get(Math.abs(bot.id));
      const admin = bot.status === "administrator";
      return h("div", { class: "bot" }, h("div", { class: "member" }, avatar(bot.name), h("span", {}, bot.name), h("em", {}, STATUS[bot.status] ?? "")),
        h("div", { class: "actions" },
          admin ? button("Снять права", () => tell("demote_bot", { account: name })) : button("Сделать администратором", () => tell("promote_bot", { account: name })),
          button("Убрать", () => tell("remove_bot", { account: name }), "danger")));
    }),
    absent.map((account) => h("div", { class: "bot" }, h("div", { class: "member" }, avatar(account.title), h("span", {}, account.title)),
      h("div", { class: "actions" }, button("Добавить", () => tell("add_bot", { account: account.name }), "primary")))),
  );
}
