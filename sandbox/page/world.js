// The right column, lower half: the clock, the weather, the sites, and beginning again.

import { button, fill, h, toast } from "./dom.js";
import { get, post, remove } from "./net.js";
import { publishForm } from "./publish.js";
import { NETWORKS, tomorrowNine } from "./words.js";

const WEATHER = [
  ["Слишком часто (30 с)", { do: "throttle", retry_after: 5, for_s: 30 }],
  ["Нет связи (60 с)", { do: "offline", for_s: 60 }],
  ["Ответ теряется (1 раз)", { do: "reset_after", times: 1 }],
];
const WORDS = { throttle: "слишком часто", offline: "нет связи", reset_after: "ответ теряется", reset_before: "обрыв до отправки", error: "ошибка", html502: "страница 502", hang: "молчание", slow: "медленно", cut: "обрыв ответа" };

export function renderWorld(box, state, refresh) {
  const attempt = (act) => async () => {
    try {
      await act();
      await refresh();
      await showFaults(list);
    } catch (error) {
      toast(error.message, "error");
    }
  };
  const list = h("div", { class: "faults" });
  fill(box, [state.seen.mode, state.person === null, state.network, state.seen.sites], () => {
    showFaults(list).catch(() => {});
    return [clockCard(state, attempt), weatherCard(state, attempt, list), sitesCard(state, attempt)];
  });
}

function clockCard(state, attempt) {
  const move = (body) => attempt(() => post("/control/clock", body));
  const standing = state.seen.mode === "manual";
  return h("div", { class: "card" }, h("h3", {}, "Время в песочнице"),
    h("p", { class: "clock" }, h("span", { id: "clock-now" }), standing ? h("em", {}, " стоит") : null),
    h("div", { class: "actions" },
      button("+1 час", move({ advance_s: 3600 })),
      button("до завтра 9:00", attempt(async () => {
        const { now_s } = await get("/control/clock");
        await post("/control/clock", { at: tomorrowNine(now_s) });
      })),
      button(standing ? "Пустить часы" : "Остановить часы", move({ mode: standing ? "real" : "manual" })),
      button("как на самом деле", attempt(() => post("/control/clock", { mode: "real", at: Date.now() / 1000 })))));
}

function weatherCard(state, attempt, list) {
  return h("div", { class: "card" }, h("h3", {}, `Погода: ${NETWORKS[state.network]}`),
    list,
    h("div", { class: "actions" },
      WEATHER.map(([text, fault]) => button(text, attempt(() => post("/control/faults", { network: state.network, ...fault })))),
      button("Всё исправить", attempt(() => remove("/control/faults")))));
}

async function showFaults(list) {
  const { faults } = await get("/control/faults");
  list.replaceChildren(...(faults.length
    ? faults.map((f) => h("p", {}, `${NETWORKS[f.network] ?? "везде"}: ${WORDS[f.do] ?? f.do}, сработало ${f.struck}`))
    : [h("p", { class: "quiet" }, "Ясно, всё работает.")]));
}

function sitesCard(state, attempt) {
  const again = attempt(async () => {
    if (confirm("Вернуть демонстрационный мир? Переписка пропадёт.")) await post("/control/reset", { to: "demo" });
  });
  return h("div", { class: "card" }, h("h3", {}, "Сайты профсоюзов"),
    h("ul", { class: "links" },
      state.seen.sites.map(({ name, title }) => h("li", {}, h("a", { href: `/sites/${name}/`, target: "_blank" }, title))),
      h("li", {}, h("a", { href: "/sites/", target: "_blank" }, "Все сайты"))),
    state.seen.sites.length ? publishForm(state.seen.sites, attempt) : null,
    button("Начать сначала", again, "danger"));
}
