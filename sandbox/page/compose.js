// The field at the bottom: text, files, the bot's keyboard, and what stands there instead of them.

import { button, byId, h, iconButton, toast } from "./dom.js";
import { post, readFile } from "./net.js";

export class Composer {
  constructor(state, refresh) {
    this.state = state;
    this.refresh = refresh;
    this.files = [];
    this.keyboard = null; // {message, rows}
    this.drafts = new Map();
    this.shape = null;
    this.chat = null;
  }

  keyboardOf(messages) {
    const message = messages.findLast((m) => m.keyboard !== undefined);
    this.keyboard = message?.keyboard.length ? { message: message.id, rows: message.keyboard } : null;
  }

  render(chat) {
    const box = byId("compose");
    const mode = chat ? this.mode(chat) : "none";
    const shape = JSON.stringify([this.state.person, chat?.network, chat?.ref, mode, this.keyboard, this.files.map((f) => f.name)]);
    this.chat = chat;
    if (shape === this.shape) return; // the field being typed in must not be replaced
    this.shape = shape;
    const parts = { none: () => [], start: () => this.startParts(chat), blocked: () => this.blockedParts(chat), read: () => [h("p", { class: "quiet" }, "Здесь пишут только администраторы.")], begin: () => [...this.startParts(chat), ...this.writeParts(chat)], write: () => this.writeParts(chat) };
    box.replaceChildren(...parts[mode]());
  }

  mode(chat) {
    const me = this.state.person;
    if (chat.kind === "private" && chat.person === me) {
      if (chat.blocked) return "blocked";
      if (chat.started) return "write";
      return chat.network === "telegram" ? "start" : "begin"; // to a community one may also just write
    }
    if (chat.kind === "channel" || chat.kind === "wall") return chat.admins.includes(me) ? "write" : "read";
    return "write";
  }

  startParts(chat) {
    return [linkForm("Начать", (payload) => this.tell(chat, "start", payload))];
  }

  blockedParts(chat) {
    const [text, what] = chat.network === "vk" ? ["Разрешить сообщения", "allow"] : ["Запустить снова", "start"];
    return [h("div", { class: "start" }, button(text, () => this.tell(chat, what), "primary"))];
  }

  writeParts(chat) {
    const key = `${this.state.person}/${chat.network}/${chat.ref}`;
    const field = h("textarea", { rows: 1, placeholder: "Сообщение", "aria-label": "Сообщение", value: this.drafts.get(key) ?? "" });
    const fit = () => {
      field.style.height = "auto";
      field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
    };
    field.addEventListener("input", () => {
      this.drafts.set(key, field.value);
      fit();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send(field, key);
    });
    const picker = h("input", { type: "file", multiple: true, hidden: true });
    picker.addEventListener("change", () => {
      this.files.push(...picker.files);
      this.render(this.chat);
    });
    return [
      this.files.length ? this.filesPart() : "",
      h("div", { class: "write" }, picker, iconButton("clip", "Прикрепить", () => picker.click()), field, iconButton("send", "Отправить", () => this.send(field, key))),
      this.keyboard ? this.keyboardPart(chat) : "",
    ];
  }

  filesPart() {
    return h("div", { class: "files" }, this.files.map((file, index) =>
      h("span", { class: "chip" }, file.type.startsWith("image/") ? preview(file) : null, file.name, iconButton("close", "Убрать", () => {
        this.files.splice(index, 1);
        this.render(this.chat);
      }))),
      this.files.length > 1 ? h("label", { class: "album" }, h("input", { type: "checkbox", id: "album", checked: true }), "одним альбомом") : null);
  }

  keyboardPart(chat) {
    const { message, rows } = this.keyboard;
    return h("div", { class: "keyboard" }, rows.map((row, r) => h("div", { class: "button-row" }, row.map((b, c) =>
      button(b.text, () => this.tap(chat, message, r, c), "key")))));
  }

  async tap(chat, message, row, column) {
    await this.attempt(() => post("/control/press", { network: chat.network, chat: chat.ref, as: this.state.person, message, button: { row, column } }));
  }

  async send(field, key) {
    const chat = this.chat;
    const text = field.value.trim();
    if (!text && !this.files.length) return;
    const files = this.files;
    const album = files.length > 1 && (byId("album")?.checked ?? true);
    const sent = await this.attempt(async () => {
      const media = await Promise.all(files.map(async (file) => ({ kind: kindOf(file), name: file.name, base64: await readFile(file) })));
      await post("/control/say", { network: chat.network, chat: nameOf(chat), as: this.state.person, text, media, album });
      field.value = "";
      field.style.height = "auto";
      this.drafts.delete(key);
      this.files = [];
    });
    if (sent) field.focus();
  }

  async tell(chat, what, extra = {}) {
    await this.attempt(() => post("/control/do", { network: chat.network, chat: nameOf(chat), as: this.state.person, what, ...extra }));
  }

  async attempt(act) {
    try {
      await act();
      await this.refresh();
      return true;
    } catch (error) {
      toast(error.message, "error");
      return false;
    }
  }
}

/** A dialog that does not exist yet is named by its account: control makes it. */
export const nameOf = (chat) => (chat.stranger ? chat.account : chat.ref);

/** A field for what a deep link carries, and the button that opens the dialog with it. */
export function linkForm(word, open) {
  const field = h("input", { placeholder: "например, org-education", "aria-label": "Параметр ссылки" });
  const form = h("form", { class: "start" },
    h("label", {}, h("span", {}, "Параметр ссылки"), field),
    h("button", { class: "primary" }, word),
    h("p", { class: "quiet" }, "Его несёт ссылка на бота, по которой пришёл человек. Можно не заполнять."));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const payload = field.value.trim();
    open(payload ? { payload } : {});
  });
  return form;
}

function kindOf(file) {
  if (/^image\/(jpeg|png|webp)$/.test(file.type)) return "photo";
  if (file.type.startsWith("video/")) return "video";
  return /^audio\/ogg/.test(file.type) ? "voice" : "document";
}

function preview(file) {
  const image = h("img", { alt: "", src: URL.createObjectURL(file) });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return image;
}
