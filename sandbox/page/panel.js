// The tools above and the column at the right that they open: the chat's card, the log of calls, the weather, the world.

import { byId, fill, h, icon } from "./dom.js";
import { clockWords } from "./words.js";

const PANELS = {
  info: { sign: "info", name: "Сведения", title: "Сведения о чате" },
  calls: { sign: "calls", name: "Вызовы", title: "Вызовы API" },
  weather: { sign: "weather", name: "Сбои", title: "Сбои и лимиты" },
  world: { sign: "clock", name: "Время", title: "Время и сайты" },
};
const THEMES = {
  auto: { sign: "auto", words: "Тема: как в системе", next: "light" },
  light: { sign: "light", words: "Тема: светлая", next: "dark" },
  dark: { sign: "dark", words: "Тема: тёмная", next: "auto" },
};
const WANTS_CALLS = ["calls", "weather"];

export class Panel {
  /** `acts` are {opened, show, narrow}: opened hears that another pane is looked at, show(view) leads a phone there. */
  constructor(acts) {
    this.acts = acts;
    this.set(localStorage.getItem("panel") ?? "info");
    byId("side-close").addEventListener("click", () => this.close());
  }

  get current() {
    return document.body.dataset.panel ?? null;
  }

  /** Whether what is open tells of calls, so that the stream has to bring them. */
  wantsCalls() {
    return WANTS_CALLS.includes(this.current) && (!this.acts.narrow() || document.body.dataset.view === "side");
  }

  set(name) {
    if (name in PANELS) document.body.dataset.panel = name;
    else delete document.body.dataset.panel;
    byId("side-title").textContent = PANELS[name]?.title ?? "";
  }

  open(name) {
    this.set(name);
    localStorage.setItem("panel", name);
    if (this.acts.narrow()) this.acts.show("side");
    this.acts.opened();
  }

  close() {
    const before = this.current;
    this.open("");
    document.querySelector(`.tool[data-panel="${before}"]`)?.focus();
  }

  toggle(name) {
    if (this.current === name && !this.acts.narrow()) this.close();
    else this.open(name);
  }

  render(now, standing) {
    const { theme } = document.documentElement.dataset;
    fill(byId("bar"), [this.current, theme, standing], () => [
      ...Object.entries(PANELS).map(([name, { sign, name: words, title }]) => h("button", {
        class: `tool${name === "info" ? " about" : ""}${name === "world" && standing ? " standing" : ""}`, type: "button", "data-panel": name, "data-key": `tool/${name}`,
        "aria-expanded": String(this.current === name), "aria-controls": "side", "aria-label": title, title, onclick: () => this.toggle(name) },
      icon(sign), h("span", { class: "tool-label" }, words))),
      this.themeButton(theme),
    ]);
    byId("bar").querySelector('.tool[data-panel="world"] .tool-label').textContent = this.acts.narrow() ? clockWords(now).split(", ").at(-1) : clockWords(now);
  }

  themeButton(theme) {
    const { sign, words, next } = THEMES[theme] ?? THEMES.auto;
    const change = () => {
      document.documentElement.dataset.theme = next;
      localStorage.setItem("theme", next);
      this.acts.opened();
    };
    return h("button", { class: "tool", type: "button", id: "theme", "data-key": "tool/theme", "aria-label": words, title: words, onclick: change },
      icon(sign), h("span", { class: "tool-label" }, "Тема"));
  }
}
