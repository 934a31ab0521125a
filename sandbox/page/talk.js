// The middle column: the head of a chat and its messages, drawn anew only where they changed.

import { alertBox, avatar, byId, fill, h, iconButton, keepFocus, place, toast } from "./dom.js";
import { bubble, bubbles } from "./bubble.js";
import { keyOf, titleOf } from "./chats.js";
import { get, post } from "./net.js";
import { Pins } from "./pins.js";
import { NETWORKS, day, kindWords } from "./words.js";

const NEAR_END = 80; // pixels
const SAME_BREATH_MS = 300_000; // messages of one hand within this stand close together
const KEYBOARD_PATIENCE_MS = 4500;

export class Talk {
  /**
   * `acts` are {refresh, follow, openAs, reply, writable, atEnd, changed, requests}: atEnd hears that the newest message came
   * into sight, changed that another topic is looked at.
   */
  constructor(state, acts) {
    this.state = state;
    this.acts = acts;
    this.places = new Map(); // key of a chat → how far from the top it was left
    this.pins = new Pins({ leap: (id) => this.leap(id), chosen: () => this.redraw(), requests: () => acts.requests() });
    const box = byId("messages");
    // A scroll event that comes together with new sizes was caused by growth, not by a hand.
    box.addEventListener("scroll", () => {
      if (sizesOf(box) === this.sizes) this.setAtEnd(isNearEnd(box));
      else this.toEnd();
    });
    box.addEventListener("load", () => this.toEnd(), true);
    new ResizeObserver(() => this.toEnd()).observe(box);
    byId("to-end").addEventListener("click", () => this.end());
    this.clear();
  }

  setAtEnd(yes) {
    if (yes && !this.atEnd) this.acts.atEnd();
    this.atEnd = yes;
    byId("to-end").hidden = yes;
  }

  /** Goes on showing the newest message, if it was what the reader looked at. */
  toEnd() {
    const box = byId("messages");
    this.sizes = sizesOf(box); // of box and content when it was last scrolled to its end
    if (this.atEnd) box.scrollTop = box.scrollHeight;
  }

  end() {
    this.setAtEnd(true);
    this.toEnd();
  }

  clear() {
    this.leave();
    this.atEnd = true; // pictures that load later must not push the newest message out of sight
    this.key = null; // which chat is drawn, and for whom
    this.version = null;
    this.messages = [];
    this.commands = null;
    this.sizes = "";
    this.drawn = new Map(); // key of a bubble → {json, element}
    this.wanted = null; // the message to show when the chat is there
    byId("to-end").hidden = true;
    byId("messages").replaceChildren(h("p", { class: "hint" }, "Выберите чат в списке"));
    this.pins.render(null, null, []);
  }

  leave() {
    if (!this.key) return;
    if (this.atEnd) this.places.delete(this.key);
    else this.places.set(this.key, byId("messages").scrollTop);
  }

  head(chat, { back, info }) {
    if (!chat && this.key) this.clear();
    const me = this.state.seen.people.find((p) => p.id === this.state.person)?.name;
    const shape = chat && [titleOf(this.state, chat), chat.network, kindWords(chat), me];
    fill(byId("head"), shape, () => chat && [
      h("span", { class: "only-narrow" }, iconButton("back", "К списку", back)),
      avatar(shape[0]),
      h("div", { class: "head-text" }, h("b", {}, shape[0]), h("span", {}, h("span", { class: "only-narrow" }, `Вы: ${me} · `), `${NETWORKS[chat.network]} · ${kindWords(chat)}`)),
      h("span", { class: "only-narrow" }, iconButton("info", "Сведения", info)),
    ]);
  }

  /** Fetches the chat if it changed, and draws it. */
  async load(chat) {
    const key = chat && keyOf(this.state.person, chat);
    const fresh = key !== this.key;
    if (fresh) {
      const wanted = this.wanted;
      this.clear();
      this.wanted = wanted;
      this.key = key;
      byId("messages").replaceChildren();
    }
    if (chat?.stranger) byId("messages").replaceChildren(h("p", { class: "hint" }, "Диалога ещё нет: начните его"));
    if (!chat || chat.stranger || chat.version === this.version) return this.leapIfWanted();
    const data = await get(`/control/chats/${chat.network}/${encodeURIComponent(chat.ref)}?as=${this.state.person}`);
    if (key !== this.key || (this.version !== null && data.version < this.version)) return;
    this.version = data.version;
    this.messages = data.messages;
    this.commands = data.commands ?? null;
    const left = fresh ? this.places.get(key) : undefined;
    if (left !== undefined) this.setAtEnd(false);
    this.draw(chat, fresh);
    if (left !== undefined) byId("messages").scrollTop = left;
    this.leapIfWanted();
  }

  draw(chat, fresh) {
    const drawn = new Map();
    const elements = [];
    const view = { chat, state: this.state, messages: this.messages, writable: this.acts.writable(chat) };
    const topic = this.pins.topicOf(this.key);
    const shown = topic === null ? this.messages : this.messages.filter((m) => m.topic === topic);
    this.chat = chat;
    this.pins.render(this.key, chat, this.messages, chat.admins.includes(this.state.person));
    const keep = (key, json, make) => {
      const old = this.drawn.get(key);
      const element = old?.json === json ? old.element : make(old);
      drawn.set(key, { json, element });
      elements.push(element);
    };
    let before = null;
    for (const group of bubbles(shown)) {
      const today = day(group[0].at);
      const turned = !before || today !== day(before.at);
      if (turned) keep(`day ${today}`, "", () => h("div", { class: "day" }, today));
      const follows = !turned && isOneBreath(before, group[0]);
      keep(group[0].id, JSON.stringify([group, view.writable, follows]), (old) => {
        const element = bubble({ ...view, follows }, group, this.deeds(chat));
        if (old && group.some((m) => m.edited)) element.classList.add("changed");
        if (!old && !fresh) element.classList.add("came");
        return element;
      });
      before = group.at(-1);
    }
    this.drawn = drawn;
    const box = byId("messages");
    keepFocus(() => place(box, elements.length ? elements : [h("p", { class: "hint" }, "Сообщений пока нет")]));
    if (fresh) box.scrollTop = 0;
    this.toEnd();
  }

  redraw() {
    this.draw(this.chat, false);
    this.end();
    this.acts.changed();
  }

  /** Shows a message now, or as soon as its chat is drawn. */
  show(message) {
    this.wanted = message;
  }

  leapIfWanted() {
    if (this.wanted === null || this.version === null) return;
    const wanted = this.wanted;
    this.wanted = null;
    if (!this.leap(wanted)) toast("Этого сообщения уже нет: его удалили.", "error");
  }

  leap(id) {
    const group = bubbles(this.messages).find((several) => several.some((m) => m.id === id));
    const element = group && this.drawn.get(group[0].id)?.element;
    if (!element) return false;
    element.scrollIntoView({ block: "center" });
    this.setAtEnd(isNearEnd(byId("messages")));
    element.classList.remove("changed");
    requestAnimationFrame(() => element.classList.add("changed"));
    return true;
  }

  deeds(chat) {
    const tell = (what, message, extra = {}) =>
      post("/control/do", { network: chat.network, chat: chat.ref, as: this.state.person, what, message: message.id, ...extra });
    return {
      press: (message, row, column, element) => this.press(chat, message, row, column, element),
      reply: (message) => this.acts.reply(message),
      openAs: (addresses) => this.acts.openAs(addresses),
      leap: (id) => this.leap(id),
      vote: (message, options) => this.attempt(() => tell("vote", message, { options })),
      retract: (message) => this.attempt(() => tell("retract_vote", message)),
      react: (message, emoji) => this.attempt(() => (chat.network === "telegram" ? tell("react", message, { emoji: emoji ?? [] })
        : emoji ? tell("react", message, { reaction: emoji }) : tell("unreact", message))),
      edit: (message, text) => this.attempt(() => tell("edit", message, { text })),
      comment: (message, text) => this.attempt(() => tell("comment", message, { text })),
      drop: (group) => this.attempt(async () => {
        for (const message of group) await tell("delete", message);
      }),
    };
  }

  async attempt(act) {
    try {
      await act();
      await this.acts.refresh();
      return true;
    } catch (error) {
      toast(error.message, "error");
      return false;
    }
  }

  async press(chat, message, row, column, element) {
    element.classList.add("busy");
    const started = performance.now();
    try {
      const answer = await post("/control/press", { network: chat.network, chat: chat.ref, as: this.state.person, message: message.id, button: { row, column } });
      if (answer?.url) this.acts.follow(answer.url) || window.open(answer.url, "_blank", "noopener");
      else if (answer?.alert && answer.text) alertBox(answer.text);
      else if (answer?.text) toast(answer.text);
      else if (!answer && performance.now() - started > KEYBOARD_PATIENCE_MS) toast("Бот не ответил на нажатие за 5 секунд.", "error");
    } catch (error) {
      toast(error.message, "error");
    } finally {
      element.classList.remove("busy");
    }
  }
}

const isOneBreath = (a, b) => !a.service && !b.service && a.from_id === b.from_id && a.from === b.from && new Date(b.at) - new Date(a.at) < SAME_BREATH_MS;
const isNearEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
const sizesOf = (box) => `${box.scrollHeight}/${box.clientHeight}`;
