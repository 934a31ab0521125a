// What stands between the head of a chat and its messages: the pinned message, and the topics of a forum.

import { byId, enterAt, fill, h, icon, walkable } from "./dom.js";
import { quoteWords } from "./bubble.js";
import { plural } from "./words.js";

export class Pins {
  /** `acts` are {leap, chosen, requests}: chosen hears that another topic is looked at, requests that somebody asks who wishes to join. */
  constructor(acts) {
    this.acts = acts;
    this.topics = new Map(); // key of a chat → the topic looked at
    this.turn = 0; // how many pins back from the newest
    walkable(byId("topics"), ".topic", { next: "ArrowRight", before: "ArrowLeft" });
  }

  /** The topic that is looked at, null for all. */
  topicOf(key) {
    return this.topics.get(key) ?? null;
  }

  /** `rules` says whether this person decides who joins. */
  render(key, chat, messages, rules = false) {
    this.rules = rules;
    const waiting = rules ? chat?.requests ?? [] : [];
    fill(byId("requests"), waiting.length ? [key, waiting] : null, () => waiting.length && h("button", { class: "pin", type: "button", "data-key": "requests", onclick: () => this.acts.requests() },
      icon("person"), h("span", {}, h("b", {}, plural(waiting.length, "заявка", "заявки", "заявок")), h("em", {}, waiting.map((one) => one.name).join(", ")))));
    const pinned = (chat?.pinned ?? []).map((id) => messages.find((m) => m.id === id)).filter(Boolean).reverse();
    const shown = pinned[this.turn % (pinned.length || 1)];
    fill(byId("pins"), shown ? [key, shown.id, quoteWords(shown), pinned.length] : null, () => shown && h("button", { class: "pin", type: "button", "data-key": "pin", onclick: () => this.next(key, chat, messages, shown) },
      icon("pin"), h("span", {}, h("b", {}, pinned.length > 1 ? `Закреплённые сообщения: ${pinned.length}` : chat.kind === "wall" ? "Закреплённая запись" : "Закреплённое сообщение"), h("em", {}, quoteWords(shown)))));
    const topics = chat?.topics ?? [];
    fill(byId("topics"), topics.length ? [key, topics, this.topicOf(key)] : null, () => topics.length ? enterAt([
      this.topic(key, null, "Все темы"), ...topics.map(({ id, name, closed }) => this.topic(key, id, closed ? `${name} (закрыта)` : name)),
    ], (one) => one.ariaPressed === "true") : []);
  }

  next(key, chat, messages, shown) {
    this.turn += 1;
    this.acts.leap(shown.id);
    this.render(key, chat, messages, this.rules);
  }

  topic(key, id, words) {
    const look = () => {
      this.topics.set(key, id);
      this.acts.chosen();
    };
    return h("button", { class: "topic", type: "button", "data-key": `topic/${id}`, "aria-pressed": String(this.topicOf(key) === id), onclick: look }, words);
  }
}
