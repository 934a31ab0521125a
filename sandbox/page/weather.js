// Bad weather: faults that are ordered, those in force, and the messengers' own limits.

import { button, byId, h, iconButton, toast } from "./dom.js";
import { get, post, remove } from "./net.js";
import { NETWORKS, lasting } from "./words.js";

const KINDS = [
  ["throttle", "Слишком часто", [["retry_after", "Подождать, с", 5]]],
  ["error", "Ошибка API", [["code", "Код", 400], ["text", "Текст", "Bad Request: chat not found"]]],
  ["html502", "Страница 502", []],
  ["hang", "Молчание", []],
  ["reset_before", "Обрыв до отправки", []],
  ["reset_after", "Ответ потерян", []],
  ["slow", "Медленно", [["ms", "Задержка, мс", 2000]]],
  ["cut", "Ответ обрезан", []],
  ["empty", "Пустой ответ", []],
  ["wrong", "Чужой ответ", []],
  ["offline", "Нет связи", []],
];
const WORDS = Object.fromEntries(KINDS.map(([kind, words]) => [kind, words]));
const RATES = { account: "бот, всего", private: "один человек", group: "группа", channel: "канал", community: "ключ сообщества", user: "ключ администратора", person: "одному человеку", wall: "записи на стене" };
const PERIODS = { 1: "в секунду", 60: "в минуту", 3600: "в час", 86400: "в сутки" };

export class Weather {
  /** `now` tells the sandbox's time. */
  constructor(now) {
    this.now = now;
    this.faults = [];
    this.inForce = h("div", { "aria-live": "polite" });
    this.limits = h("div");
    byId("weather").replaceChildren(
      h("div", { class: "card" }, h("h3", {}, "Сейчас"), this.inForce),
      h("div", { class: "card" }, h("h3", {}, "Устроить сбой"), this.form()),
      h("div", { class: "card" }, h("h3", {}, "Лимиты мессенджеров"), this.limits));
  }

  /** Asks for what is in force. */
  async refresh() {
    const [{ faults }, limits] = await Promise.all([get("/control/faults"), get("/control/limits")]);
    this.faults = faults;
    this.drawFaults();
    this.drawLimits(limits);
  }

  async attempt(act) {
    try {
      await act();
      await this.refresh();
    } catch (error) {
      toast(error.message, "error");
    }
  }

  /** Counts what is left of faults that end by themselves. */
  tick() {
    const seconds = this.now().getTime() / 1000;
    for (const left of this.inForce.querySelectorAll("[data-until]")) {
      const rest = Number(left.dataset.until) - seconds;
      left.textContent = `ещё ${lasting(Math.max(0, rest))}`;
      if (rest <= 0 && !this.asking) {
        this.asking = true;
        this.refresh().catch(() => {}).finally(() => (this.asking = false));
      }
    }
  }

  drawFaults() {
    const lift = (fault) => this.attempt(() => remove(`/control/faults?id=${fault.id}`));
    const rows = this.faults.map((fault) => h("div", { class: "fault" },
      h("span", {}, h("b", {}, WORDS[fault.do] ?? fault.do), fault.code ? ` ${fault.code}` : null, h("small", {}, whereWords(fault)),
        h("small", {}, `сработало: ${fault.struck}${fault.times ? ` из ${fault.times}` : ""}`, fault.until ? [" · ", h("span", { "data-until": fault.until })] : null)),
      iconButton("close", `Снять: ${WORDS[fault.do] ?? fault.do}`, () => lift(fault))));
    this.inForce.replaceChildren(...(rows.length
      ? [...rows, rows.length > 1 ? button("Снять всё", () => this.attempt(() => remove("/control/faults")), "danger") : ""]
      : [h("p", { class: "quiet" }, "Сбоев нет, всё работает.")]));
    this.tick();
  }

  form() {
    const params = h("div", { class: "fields" });
    const chosen = () => new FormData(form);
    const choose = () => {
      const [, , fields] = KINDS.find(([kind]) => kind === chosen().get("do"));
      params.replaceChildren(...fields.map(([name, words, value]) => field(words, h("input", { name, value, required: true, type: typeof value === "number" ? "number" : "text", min: name === "code" ? null : 0 }), fields.length === 1)));
    };
    const form = h("form", { class: "order" },
      h("fieldset", { class: "kinds" }, h("legend", { hidden: true }, "Какой сбой"),
        KINDS.map(([kind, words], n) => h("label", { class: "kind" }, h("input", { type: "radio", name: "do", value: kind, checked: !n, onchange: choose }), h("span", {}, words)))),
      params,
      h("div", { class: "fields" },
        field("Мессенджер", h("select", { name: "network" }, h("option", { value: "" }, "все"), Object.entries(NETWORKS).map(([value, title]) => h("option", { value }, title)))),
        field("Аккаунт", h("input", { name: "account", placeholder: "любой", autocomplete: "off" })),
        field("Метод", h("input", { name: "method", placeholder: "любой, например sendMessage", autocomplete: "off" }), true),
        field("Сколько раз", h("input", { name: "times", type: "number", min: 1, placeholder: "без счёта" })),
        field("Сколько секунд", h("input", { name: "for_s", type: "number", min: 1, placeholder: "пока не снять" }))),
      h("p", { class: "quiet" }, "Секунды идут по часам песочницы."),
      h("div", { class: "publish-row" }, h("button", { class: "primary" }, "Включить сбой")));
    choose();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(() => post("/control/faults", orderOf(chosen())));
    });
    return form;
  }

  drawLimits(limits) {
    const change = (wanted) => this.attempt(() => post("/control/limits", wanted));
    const limiter = h("select", { "aria-label": "Как считать", onchange: () => change({ limiter: limiter.value }) },
      [["sliding", "скользящее окно"], ["bucket", "ведро с жетонами"]].map(([value, words]) => h("option", { value, selected: limits.limiter === value }, words)));
    this.limits.replaceChildren(
      ...Object.entries(NETWORKS).flatMap(([network, title]) => {
        const { on, ...rates } = limits[network];
        const box = h("input", { type: "checkbox", checked: on, onchange: () => change({ [network]: { on: box.checked } }) });
        return [h("label", { class: "check" }, box, `${title}: ${on ? "считаются" : "не считаются"}`),
          on ? h("table", { class: "rates" }, h("tbody", {}, Object.entries(rates).map(([name, { count, per_s }]) => h("tr", {}, h("td", {}, RATES[name] ?? name), h("td", {}, `${count} ${PERIODS[per_s] ?? `за ${per_s} с`}`))))) : ""];
      }),
      field("Как считать", limiter));
  }
}

function field(words, control, whole = false) {
  return h("label", { class: `field${whole ? " whole" : ""}` }, words, control);
}

/** What control takes: only what was filled in, numbers as numbers. */
export function orderOf(filled) {
  const numbers = ["retry_after", "code", "ms", "times", "for_s"];
  return Object.fromEntries([...filled].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value)
    .map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value]));
}

function whereWords({ network, account, method, chat }) {
  return [NETWORKS[network] ?? "все мессенджеры", account, method, chat && `чат ${chat}`].filter(Boolean).join(", ");
}
