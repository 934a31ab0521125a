// The middle column: the head of a chat and its messages, drawn anew only where they changed.

import { alertBox, avatar, button, byId, h, icon, iconButton, showPicture, toast } from "./dom.js";
import { get, post } from "./net.js";
import { NETWORKS, day, kindWords, time } from "./words.js";

export class Talk {
  constructor(state, refresh) {
    this.state = state;
    this.refresh = refresh;
    const box = byId("messages");
    this.atEnd = true; // pictures that load later must not push the newest message out of sight
    this.sizes = ""; // of box and content when it was last scrolled to its end
    // A scroll event that comes together with new sizes was caused by growth, not by a hand.
    box.addEventListener("scroll", () => {
      if (sizesOf(box) === this.sizes) this.atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
      else this.toEnd();
    });
    box.addEventListener("load", () => this.toEnd(), true);
    new ResizeObserver(() => this.toEnd()).observe(box);
    this.clear();
  }

  toEnd() {
    const box = byId("messages");
    this.sizes = sizesOf(box);
    if (this.atEnd) box.scrollTop = box.scrollHeight;
  }

  clear() {
    this.atEnd = true;
    this.key = null; // which chat is drawn, and for whom
    this.version = null;
    this.messages = [];
    this.drawn = new Map(); // key of a bubble → {json, element}
    byId("messages").replaceChildren(h("p", { class: "hint" }, "Выберите чат слева."));
  }

  head(chat, { back, info }) {
    const box = byId("head");
    if (!chat) {
      box.replaceChildren();
      if (!this.state.open && this.key) this.clear();
      return;
    }
    const title = titleOf(this.state, chat);
    box.replaceChildren(
      h("span", { class: "only-narrow" }, iconButton("back", "К списку", back)),
      avatar(title),
      h("div", { class: "head-text" }, h("b", {}, title), h("span", {}, `${NETWORKS[chat.network]} · ${kindWords(chat)}`)),
      h("span", { class: "only-narrow" }, iconButton("info", "Сведения", info)),
    );
  }

  /** Fetches the chat if it changed, and draws it. */
  async load(chat) {
    const key = chat && `${this.state.person}/${chat.network}/${chat.ref}`;
    if (key !== this.key) {
      this.clear();
      this.key = key;
      byId("messages").replaceChildren();
    }
    if (chat?.stranger) byId("messages").replaceChildren(h("p", { class: "hint" }, "Диалога ещё нет: начните его."));
    if (!chat || chat.stranger || chat.version === this.version) return;
    const data = await get(`/control/chats/${chat.network}/${encodeURIComponent(chat.ref)}?as=${this.state.person}`);
    if (key !== this.key || (this.version !== null && data.version < this.version)) return;
    this.version = data.version;
    this.messages = data.messages;
    this.draw(chat);
  }

  draw(chat) {
    const box = byId("messages");
    const drawn = new Map();
    const elements = [];
    let lastDay = null;
    for (const bubble of bubbles(this.messages)) {
      const at = bubble[0].at;
      if (day(at) !== lastDay) {
        lastDay = day(at);
        elements.push(h("div", { class: "day" }, lastDay));
      }
      const key = bubble[0].id;
      const json = JSON.stringify(bubble);
      const old = this.drawn.get(key);
      const element = old?.json === json ? old.element : this.bubble(chat, bubble);
      drawn.set(key, { json, element });
      elements.push(element);
    }
    this.drawn = drawn;
    const focused = document.activeElement; // putting elements in again takes the focus from them
    box.replaceChildren(...(elements.length ? elements : [h("p", { class: "hint" }, "Сообщений пока нет.")]));
    if (box.contains(focused)) focused.focus({ preventScroll: true });
    this.toEnd();
  }

  bubble(chat, messages) {
    const [message] = messages;
    if (message.service) return h("div", { class: "day" }, message.service);
    const served = chat.kind === "private" && chat.person !== this.state.person; // an admin looks on
    const mine = chat.kind !== "channel" && chat.kind !== "wall" && (served ? message.from_id !== chat.person : message.from_id === this.state.person);
    const text = messages.find((m) => m.text);
    const replied = message.reply_to && this.messages.find((m) => m.id === message.reply_to);
    const edited = messages.some((m) => m.edited);
    return h("article", { class: `bubble${mine ? " mine" : ""}${chat.kind === "channel" || chat.kind === "wall" ? " wide" : ""}` },
      h("div", { class: "body" },
        mine || chat.kind === "channel" || (chat.kind === "private" && !served) ? null : h("div", { class: "author" }, message.from),
        replied ? h("div", { class: "reply" }, replied.text.slice(0, 90) || "вложение") : null,
        media(messages.flatMap((m) => m.media)),
        text ? h("div", { class: "text", innerHTML: text.html }) : null,
        h("div", { class: "meta" }, mine ? this.tools(chat, messages) : null, edited ? "изменено " : null, h("time", {}, time(message.at)))),
      message.buttons.length ? this.buttons(chat, message) : null,
    );
  }

  tools(chat, messages) {
    const tell = async (what, several, extra = {}) => {
      try {
        for (const message of several) {
          await post("/control/do", { network: chat.network, chat: chat.ref, as: this.state.person, what, message: message.id, ...extra });
        }
        await this.refresh();
        return true;
      } catch (error) {
        toast(error.message, "error");
        return false;
      }
    };
    const worded = messages.find((m) => m.text) ?? messages[0];
    const edit = (event) => openEditor(event.currentTarget.closest(".body"), worded.text, (text) => tell("edit", [worded], { text }));
    return h("span", { class: "tools" }, iconButton("edit", "Изменить", edit), iconButton("bin", "Удалить", () => tell("delete", messages)));
  }

  buttons(chat, message) {
    return h("div", { class: "buttons" },
      message.buttons.map((row, r) => h("div", { class: "button-row" },
        row.map((b, c) => b.url
          ? h("a", { class: "inline", href: b.url, target: "_blank", rel: "noopener noreferrer" }, `${b.text} ↗`)
          : h("button", { class: "inline", type: "button", onclick: (event) => this.press(chat, message, r, c, event.currentTarget) }, b.text)))),
    );
  }

  async press(chat, message, row, column, element) {
    element.classList.add("busy");
    const started = performance.now();
    try {
      const answer = await post("/control/press", { network: chat.network, chat: chat.ref, as: this.state.person, message: message.id, button: { row, column } });
      if (answer?.url) window.open(answer.url, "_blank", "noopener");
      else if (answer?.alert && answer.text) alertBox(answer.text);
      else if (answer?.text) toast(answer.text);
      else if (!answer && performance.now() - started > 4500) toast("Бот не ответил на нажатие за 5 секунд.", "error");
    } catch (error) {
      toast(error.message, "error");
    } finally {
      element.classList.remove("busy");
    }
  }
}

export function titleOf(state, chat) {
  if (chat.kind !== "private" || chat.person !== state.person) return chat.title;
  return state.seen.accounts.find((a) => a.network === chat.network && a.name === chat.account)?.title ?? chat.title;
}

const sizesOf = (box) => `${box.scrollHeight}/${box.clientHeight}`;

/** Puts a field with the text in the text's place until it is saved (`save` says whether it was) or left. */
function openEditor(body, text, save) {
  if (body.querySelector(".editor")) return;
  const shown = body.querySelector(".text");
  const field = h("textarea", { rows: Math.min(8, text.split("\n").length + 1), value: text, "aria-label": "Новый текст" });
  const close = () => {
    form.remove();
    if (shown) shown.hidden = false;
  };
  const form = h("form", { class: "editor" }, field,
    h("div", { class: "actions" }, h("button", { class: "primary" }, "Сохранить"), button("Отмена", close)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await save(field.value.trim())) close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  if (shown) shown.hidden = true;
  body.insertBefore(form, body.querySelector(".meta"));
  field.focus();
}

/** Messages of one album that stand together make one bubble. */
function bubbles(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function media(files) {
  if (!files.length) return null;
  const seen = files.filter((f) => f.kind === "photo" || f.kind === "video");
  const rest = files.filter((f) => f.kind !== "photo" && f.kind !== "video");
  return h("div", { class: "media" },
    seen.length ? h("div", { class: `grid of-${Math.min(seen.length, 4)}` }, seen.map(seenFile)) : null,
    rest.map((f) => f.kind === "voice"
      ? h("audio", { controls: true, src: f.url, preload: "metadata" })
      : h("a", { class: "file", href: f.url, download: f.name }, icon("file"), f.name)));
}

function seenFile(file) {
  if (file.kind === "video") return h("video", { controls: true, src: file.url, preload: "metadata" });
  return h("button", { type: "button", class: "photo", "aria-label": `Открыть ${file.name}`, onclick: () => showPicture(file.url) },
    h("img", { src: file.url, alt: file.name, loading: "lazy" }));
}
