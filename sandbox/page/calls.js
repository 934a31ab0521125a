// The log: every call of a bot to a messenger as it goes by, newest first.

import { byId, h } from "./dom.js";
import { NETWORKS, SIGNS, exactTime, plural } from "./words.js";

const MOST_KEPT = 1000;
const MOST_SHOWN = 250;
const POLLS = /^(getupdates|a_check)$/i; // questions for news, which never cease
const FIELDS = [
  ["Метод", (c) => c.method], ["Аккаунт", (c) => c.account ?? "неизвестный ключ"], ["Чаты", (c) => c.chats.join(", ")],
  ["Ответ HTTP", (c) => (c.status ? String(c.status) : "нет ответа")], ["Код", (c) => c.code || null],
  ["Заняло", (c) => `${c.took_ms} мс`], ["Изменения", (c) => (c.effect ? "есть" : "нет")], ["Сообщения", (c) => c.messages.join(", ")],
  ["Ключ от повторов", (c) => c.key], ["Отпечаток", (c) => c.digest], ["Номер", (c) => c.n],
];

/** How a call ended: {kind, words}. */
export function outcomeOf(call) {
  if (!call.status) return { kind: "bad", words: "обрыв" };
  const code = call.code || call.status;
  if (call.status === 429 || (call.network === "vk" && [6, 9, 29].includes(code))) return { kind: "slowed", words: String(code) };
  return call.status >= 400 || call.code ? { kind: "bad", words: String(code) } : { kind: "good", words: "OK" };
}

/** Whether a call is among those that the filters leave. */
export function passes(call, { network, account, method, failed, polls }) {
  return (!network || call.network === network) && (!account || call.account === account)
    && (!method || call.method.toLowerCase().includes(method.toLowerCase()))
    && (!failed || outcomeOf(call).kind !== "good") && (polls || !POLLS.test(call.method));
}

export class Calls {
  constructor() {
    this.next = null; // the first call that has not been told yet; null until somebody looks
    this.kept = []; // oldest first
    this.filter = { network: "", account: "", method: "", failed: false, polls: false };
    this.list = h("ol", { class: "calls-list", "aria-label": "Вызовы, новые сверху" });
    this.accounts = h("select", { "aria-label": "Аккаунт", onchange: () => this.refilter("account", this.accounts.value) });
    this.build();
  }

  get since() {
    return this.next ?? 1;
  }

  build() {
    const select = h("select", { "aria-label": "Мессенджер", onchange: () => this.refilter("network", select.value) },
      h("option", { value: "" }, "Все сети"), Object.entries(NETWORKS).map(([value, title]) => h("option", { value }, title)));
    const method = h("input", { type: "search", placeholder: "Метод, например sendMessage", "aria-label": "Метод", class: "whole", oninput: () => this.refilter("method", method.value.trim()) });
    const check = (name, words) => {
      const box = h("input", { type: "checkbox", onchange: () => this.refilter(name, box.checked) });
      return h("label", { class: "check" }, box, words);
    };
    byId("calls").replaceChildren(
      h("div", { class: "filters fields" }, select, this.accounts, method, check("failed", "только отказы"), check("polls", "и опросы новостей")), this.list);
    this.nameAccounts();
    this.draw();
  }

  refilter(name, value) {
    this.filter[name] = value;
    this.draw();
  }

  /** Takes in what the stream tells: {calls, next, anew}. */
  take({ calls, next, anew }) {
    if (anew) this.kept = [];
    this.next = next;
    this.kept.push(...calls);
    this.kept.splice(0, this.kept.length - MOST_KEPT);
    this.nameAccounts();
    if (anew) this.draw();
    else this.add(calls.filter((call) => passes(call, this.filter)));
  }

  nameAccounts() {
    const names = ["", ...new Set(this.kept.map((c) => c.account).filter(Boolean))];
    const there = [...this.accounts.options].map((option) => option.value);
    const missing = names.filter((name) => !there.includes(name));
    this.accounts.append(...missing.map((value) => h("option", { value }, value || "Все аккаунты")));
  }

  draw() {
    this.list.replaceChildren();
    this.add(this.kept.filter((call) => passes(call, this.filter)).slice(-MOST_SHOWN));
  }

  add(calls) {
    const atTop = this.list.scrollTop < 8;
    const height = this.list.scrollHeight;
    if (calls.length) this.list.querySelector(".empty")?.remove();
    this.list.prepend(...calls.reverse().map(rowOf));
    while (this.list.children.length > MOST_SHOWN) this.list.lastChild.remove();
    if (!this.list.children.length) this.list.append(h("li", { class: "empty" }, "Здесь появятся вызовы ботов."));
    this.list.scrollTop = atTop ? 0 : this.list.scrollTop + this.list.scrollHeight - height; // what is read stays in place
  }
}

function rowOf(call) {
  const { kind, words } = outcomeOf(call);
  const to = call.chats.length > 2 ? plural(call.chats.length, "чат", "чата", "чатов") : call.chats.join(", ");
  const details = h("details", { class: `call ${kind}` },
    h("summary", {},
      h("span", { class: "call-network", title: NETWORKS[call.network] }, SIGNS[call.network]), h("b", {}, call.method), h("span", { class: "outcome" }, words),
      h("small", {}, [exactTime(call.at * 1000), call.account ?? "неизвестный ключ", to && `→ ${to}`, `${call.took_ms} мс`].filter(Boolean).join(" · "))));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(fieldsOf(call));
  });
  return h("li", {}, details);
}

function fieldsOf(call) {
  const shown = FIELDS.map(([name, value]) => [name, value(call)]).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", {}, shown.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}
