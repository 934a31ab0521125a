// The clock, the sites, and beginning again.

import { button, fill, h, toast } from "./dom.js";
import { get, post } from "./net.js";
import { publishForm } from "./publish.js";
import { fieldOf, momentIn, tomorrowNine } from "./words.js";

const STEPS = [["+1 мин", 60], ["+1 час", 3600], ["+1 день", 86400]];

export function renderWorld(box, state, refresh, now) {
  const attempt = (act) => async () => {
    try {
      await act();
      await refresh();
    } catch (error) {
      toast(error.message, "error");
    }
  };
  fill(box, [state.seen.mode, state.person === null, state.seen.sites], () => [clockCard(state, attempt, now), sitesCard(state, attempt)]);
}

function clockCard(state, attempt, now) {
  const move = (body) => attempt(() => post("/control/clock", body));
  const standing = state.seen.mode === "manual";
  const moment = h("input", { type: "datetime-local", value: fieldOf(now), "aria-label": "День и время по Москве", required: true });
  const form = h("form", { class: "publish" }, h("h4", {}, "Перевести на время (Москва)"), moment, h("button", { class: "primary" }, "Перевести"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = momentIn(moment.value);
    if (at === null) toast("Выберите день и время.", "error");
    else move({ at })();
  });
  return h("div", { class: "card" }, h("h3", {}, "Время в песочнице"),
    h("p", { class: "clock", id: "clock-now" }),
    h("p", { class: "clock-day" }, h("span", { id: "clock-day" }), standing ? h("em", {}, " · часы стоят") : " · часы идут"),
    h("div", { class: "actions" },
      STEPS.map(([words, seconds]) => button(words, move({ advance_s: seconds }))),
      button("Завтра, 9:00", attempt(async () => {
        const { now_s } = await get("/control/clock");
        await post("/control/clock", { at: tomorrowNine(now_s) });
      })),
      button(standing ? "Пустить часы" : "Остановить часы", move({ mode: standing ? "real" : "manual" })),
      button("Как на самом деле", attempt(() => post("/control/clock", { mode: "real", at: Date.now() / 1000 })))),
    form);
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
