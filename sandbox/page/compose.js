// The field at the bottom: text, files, a reply, the bot's commands and keyboard, and what stands there instead of them.

import { attachMenu } from "./attach.js";
import { button, byId, fill, h, iconButton, toast } from "./dom.js";
import { isFeed, keyOf, nameOf } from "./chats.js";
import { quoteWords } from "./bubble.js";
import { batches, filesPart, mediaOf } from "./files.js";
import { post } from "./net.js";
import { momentWords } from "./words.js";

const TALLEST_PX = 160;
const SILENT = {
  read: "Здесь пишут только администраторы.",
  blacklisted: "Сообщество внесло вас в чёрный список: написать ему нельзя.",
  closed: "Беседа закрыта: писать в неё больше нельзя.",
  topic: "Эта тема закрыта: пишут в неё только администраторы.",
  silent: "В этой группе участникам нельзя писать.",
  restricted: "Администраторы запретили вам писать в этой группе.",
};
const FILES = ["photos", "videos", "documents", "voice_notes", "audios"].map((kind) => `can_send_${kind}`);
const hasFinger = matchMedia("(pointer: coarse)");

export class Composer {
  /** `acts` are {refresh, start, sent, topicOf}: start(chat, words) begins a dialog, sent hears that something was said. */
  constructor(state, acts) {
    this.state = state;
    this.acts = acts;
    this.drafts = new Map(); // key of a chat → what is being written there
    this.chat = null;
    this.busy = false;
    this.box = null; // the parts of the field, while there is one
    const zone = byId("talk");
    zone.addEventListener("dragover", (event) => this.dragged(event, true));
    zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || this.dragged(event, false));
    zone.addEventListener("drop", (event) => {
      this.dragged(event, false);
      this.attach(event.dataTransfer.files);
    });
  }

  draft(chat = this.chat) {
    const key = keyOf(this.state.person, chat);
    if (!this.drafts.has(key)) this.drafts.set(key, { text: "", files: [], asFile: false, together: true, reply: null, invitation: null, menu: false, attach: false });
    return this.drafts.get(key);
  }

  /** `shown` is what the chat shows: {messages, commands}. */
  render(chat, shown) {
    this.chat = chat;
    this.shown = shown;
    const mode = chat ? this.mode(chat) : "none";
    const invitation = chat ? this.draft().invitation : null;
    fill(byId("compose"), [this.state.person, chat?.network, chat?.ref, mode, invitation, chat?.barred, chat?.barred_until], () => this.build(mode, invitation));
    this.update();
  }

  mode(chat) {
    const me = this.state.person;
    if (chat.kind === "private" && chat.person === me) {
      if (this.draft(chat).invitation !== null) return "invited";
      if (chat.blocked) return "blocked";
      if (chat.blacklisted) return "blacklisted";
      if (chat.started) return "write";
      return chat.network === "telegram" ? "start" : "begin"; // to a community one may also just write
    }
    if (chat.closed && chat.kind !== "private") return "closed";
    if (this.topicClosed(chat) && !chat.admins.includes(me)) return "topic";
    if (isFeed(chat) && !chat.admins.includes(me)) return "read";
    const barred = chat.barred ?? [];
    if (!["can_send_messages", ...FILES].every((one) => barred.includes(one))) return "write";
    return chat.members.some((m) => m.id === me && m.status === "restricted") ? "restricted" : "silent";
  }

  topicClosed(chat) {
    const topic = this.acts.topicOf(chat);
    return topic !== null && chat.topics?.find((one) => one.id === topic)?.closed;
  }

  writable(chat) {
    return ["write", "begin"].includes(this.mode(chat));
  }

  build(mode, invitation) {
    this.box = null;
    const chat = this.chat;
    if (mode === "none") return [];
    if (mode in SILENT) return h("p", { class: "quiet" }, SILENT[mode], mode === "restricted" && chat.barred_until ? ` Запрет действует до ${momentWords(chat.barred_until)}.` : null);
    if (mode === "invited") return this.invitedPart(chat, invitation);
    if (mode === "blocked") return h("div", { class: "start" }, button(chat.network === "vk" ? "Разрешить сообщения" : "Запустить снова", () => this.restart(chat), "primary"));
    if (mode === "start") return this.startPart(chat);
    return [mode === "begin" ? this.startPart(chat) : null, ...this.writeParts()];
  }

  startPart(chat) {
    return linkForm("Начать", (words) => this.acts.start(chat, words));
  }

  invitedPart(chat, payload) {
    const leave = () => {
      this.draft(chat).invitation = null;
      this.render(this.chat, this.shown);
    };
    return h("div", { class: "invited" },
      h("p", { class: "quiet" }, payload ? "По ссылке с параметром " : "По ссылке", payload ? h("code", {}, payload) : null),
      button("Начать", () => this.acts.start(chat, payload), "primary"), button("Не сейчас", leave));
  }

  writeParts() {
    const barred = this.chat.barred ?? [];
    const wordless = barred.includes("can_send_messages");
    const field = h("textarea", { rows: 1, placeholder: wordless ? "Писать текст здесь нельзя" : "Сообщение", "aria-label": "Сообщение", value: this.draft().text, disabled: wordless });
    field.addEventListener("input", () => {
      this.draft().text = field.value;
      this.update();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.cancel();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || (hasFinger.matches && !event.ctrlKey)) return;
      event.preventDefault();
      this.send();
    });
    field.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.attach(event.clipboardData.files);
    });
    const picker = h("input", { type: "file", multiple: true, hidden: true, id: "picker" });
    picker.addEventListener("change", () => {
      this.attach(picker.files);
      picker.value = ""; // the same file may be chosen again
    });
    const slash = iconButton("slash", "Команды бота", () => {
      this.draft().menu = !this.draft().menu;
      this.update();
    }, "slash");
    const files = () => {
      this.draft().attach = false;
      this.update();
      picker.click();
    };
    const clip = iconButton("clip", "Прикрепить", () => {
      if (!this.hasMore()) return files();
      this.draft().attach = !this.draft().attach;
      this.update();
    });
    clip.hidden = FILES.every((one) => barred.includes(one)) && !this.hasMore();
    const more = attachMenu(barred, files, (what, args) => this.tell(what, args));
    const send = iconButton("send", "Отправить", () => this.send(), "send");
    const [above, menu, keyboard] = ["above", "menu", "keyboard"].map((name) => h("div", { class: name }));
    this.box = { field, slash, clip, send, above, menu, keyboard, more };
    return [above, menu, more, h("div", { class: "write" }, picker, clip, slash, field, send), keyboard];
  }

  /** Brings the parts round the field up to date; the field itself stays as it is being typed in. */
  update() {
    if (!this.box) return;
    const { field, slash, clip, send, above, menu, keyboard, more } = this.box;
    const draft = this.draft();
    more.hidden = !draft.attach || !this.hasMore();
    clip.setAttribute("aria-expanded", String(!more.hidden));
    const { messages } = this.shown;
    if (field.value !== draft.text) field.value = draft.text;
    const replied = draft.reply && messages.find((m) => m.id === draft.reply);
    if (messages.length && !replied) draft.reply = null; // what was to be answered is gone
    fill(above, [draft.files.map((f) => [f.name, f.size]), replied && [replied.id, quoteWords(replied)], this.chat.network, draft.asFile], () => [
      replied ? this.replyPart(replied) : null,
      draft.files.length ? filesPart(draft, this.chat.network, () => this.update()) : null,
    ]);
    const commands = (this.shown.commands ?? []);
    slash.hidden = !commands.length;
    const offered = this.offered(commands);
    fill(menu, offered, () => offered.map(({ command, description }) =>
      h("button", { class: "command", type: "button", onclick: () => this.command(command) }, h("b", {}, `/${command}`), h("span", {}, description))));
    const last = messages.findLast((m) => m.keyboard !== undefined);
    fill(keyboard, last?.keyboard.length ? [last.id, last.keyboard] : null, () => (last?.keyboard ?? []).map((row, r) =>
      h("div", { class: "button-row" }, row.map((b, c) => h("button", { class: `key ${b.look ?? ""}`.trim(), type: "button", "data-key": `tap/${r}/${c}`, onclick: () => this.tap(last.id, r, c) }, b.text)))));
    for (const control of [clip, send, slash]) control.disabled = this.busy;
    field.readOnly = this.busy;
    send.classList.toggle("busy", this.busy);
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, TALLEST_PX)}px`;
  }

  /** The commands to show: all after the button, those that fit what is typed after a slash. */
  offered(commands) {
    const draft = this.draft();
    const typed = /^\/(\w*)$/.exec(draft.text);
    if (!typed) return draft.menu ? commands : [];
    return commands.filter((c) => c.command.startsWith(typed[1].toLowerCase()));
  }

  replyPart(message) {
    return h("div", { class: "replying" }, h("span", { class: "reply-text" }, h("b", {}, `Ответ: ${message.from}`), h("span", {}, quoteWords(message))),
      iconButton("close", "Не отвечать", () => this.reply(null)));
  }

  reply(message) {
    if (!this.box) return;
    this.draft().reply = message?.id ?? null;
    this.update();
    this.box.field.focus();
  }

  /** Makes ready to write, where that brings no keyboard over half of the screen. */
  focus() {
    if (!hasFinger.matches) this.box?.field.focus();
  }

  cancel() {
    Object.assign(this.draft(), { reply: null, menu: false });
    this.update();
  }

  dragged(event, over) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    byId("talk").classList.toggle("dropping", over && this.box !== null);
  }

  /** Takes files up, also while a message is on its way: they wait for the next one. */
  attach(files) {
    if (!this.box) return;
    const draft = this.draft();
    draft.files.push(...files);
    draft.menu = false;
    this.update();
    this.box.field.focus();
  }

  command(name) {
    const draft = this.draft();
    draft.menu = false;
    if (draft.text.startsWith("/")) draft.text = "";
    return this.attempt(() => this.say({ text: `/${name}` }));
  }

  tap(message, row, column) {
    const { network, ref } = this.chat;
    return this.attempt(() => post("/control/press", { network, chat: ref, as: this.state.person, message, button: { row, column } }));
  }

  restart(chat) {
    return this.attempt(() => post("/control/do", { network: chat.network, chat: nameOf(chat), as: this.state.person, what: chat.network === "vk" ? "allow" : "start" }));
  }

  say(what) {
    return post("/control/say", { network: this.chat.network, chat: nameOf(this.chat), as: this.state.person, ...this.topicPart(this.chat), ...what });
  }

  /** Whether more than files can be sent from here; what is no say goes to a forum's general topic only. */
  hasMore() {
    return this.chat.network === "telegram" && this.chat.kind !== "channel" && this.acts.topicOf(this.chat) === null;
  }

  /** Sends what is neither words nor a file. */
  tell(what, args) {
    const { chat, state } = this;
    this.draft().attach = false;
    this.update();
    return this.attempt(() => post("/control/do", { network: chat.network, chat: nameOf(chat), as: state.person, what, ...args }));
  }

  topicPart(chat) {
    const topic = this.acts.topicOf(chat);
    return topic === null ? {} : { topic };
  }

  async send() {
    const draft = this.draft();
    if (this.busy || (!draft.text.trim() && !draft.files.length)) return;
    this.busy = true;
    this.update();
    const sent = await this.attempt(() => this.sendDraft(draft, this.chat));
    this.busy = false;
    this.update();
    if (sent) this.box?.field.focus();
  }

  /** Says the draft part by part; what has been said leaves it, so that a second try says only the rest. */
  async sendDraft(draft, chat) {
    const as = this.state.person;
    const parts = draft.files.length ? batches(draft, chat.network) : [[]];
    for (const part of parts) {
      const media = await mediaOf(part);
      const words = { text: draft.text.trim(), ...(draft.reply ? { reply_to: draft.reply } : {}) };
      await post("/control/say", { network: chat.network, chat: nameOf(chat), as, ...this.topicPart(chat), ...words, media, album: draft.together && part.length > 1 });
      const gone = new Set(part.map((one) => one.file));
      Object.assign(draft, { text: "", reply: null, menu: false, files: draft.files.filter((file) => !gone.has(file)) });
    }
    draft.asFile = false;
  }

  async attempt(act) {
    try {
      await act();
      this.acts.sent();
      await this.acts.refresh();
      return true;
    } catch (error) {
      toast(error.message, "error");
      return false;
    }
  }
}

/** A field for what a link carries, or the link itself, and the button that opens the dialog with it. */
export function linkForm(word, open) {
  const field = h("input", { placeholder: "например, org-education", "aria-label": "Параметр ссылки", autocomplete: "off" });
  const form = h("form", { class: "start" },
    h("label", {}, h("span", {}, "Параметр ссылки"), field),
    h("button", { class: "primary" }, word),
    h("p", { class: "quiet" }, "Его несёт ссылка, по которой пришёл человек: вставьте её целиком или только параметр. Можно не заполнять."));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(field.value.trim());
  });
  return form;
}
