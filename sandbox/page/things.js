// What a message may hold beside words: polls, places, contacts, dice, cards, reactions, and files that are not pictures.

import { avatar, button, h, icon, iconButton } from "./dom.js";
import { lasting, plural } from "./words.js";

// Of those that each messenger lets everybody give.
const QUICK = {
  telegram: ["👍", "❤", "🔥", "👏", "😁", "🤔", "😢", "🎉"],
  vk: ["👍", "❤", "🔥", "😂", "👎", "🤔", "🙏", "🎉"],
};

/** The parts of a message that stand between its files and its words; `acts` are {vote, retract, press}. */
export function thingsOf(message, acts) {
  return [
    message.location ? placeCard(message.location) : null,
    message.contact ? contactCard(message.contact) : null,
    message.dice ? h("div", { class: "dice" }, h("span", {}, message.dice.emoji), h("b", {}, `выпало ${message.dice.value}`)) : null,
    message.poll ? pollPart(message, acts) : null,
  ].filter(Boolean);
}

/** Whether a message is shown without a bubble round it. */
export const isBare = (message) => Boolean(message.dice) || ["sticker", "video_note"].includes(message.media[0]?.kind);

function placeCard({ latitude, longitude, title, address }) {
  const degrees = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return h("div", { class: "card-line" }, h("span", { class: "sign" }, icon("place")),
    h("span", {}, h("b", {}, title || "Геопозиция"), address ? h("span", {}, address) : null, h("span", {}, degrees)));
}

function contactCard({ name, phone }) {
  return h("div", { class: "card-line" }, avatar(name || "?"), h("span", {}, h("b", {}, name || "Без имени"), h("span", {}, phone)));
}

// Polls

function pollPart(message, acts) {
  const { poll } = message;
  const voted = poll.options.some((option) => option.chosen);
  const open = !voted && !poll.closed;
  const quiz = poll.correct !== undefined;
  const kind = poll.closed ? "Голосование завершено" : quiz ? (poll.anonymous ? "Анонимная викторина" : "Открытая викторина") : (poll.anonymous ? "Анонимный опрос" : "Открытый опрос");
  const chosen = new Set();
  const send = poll.multiple && open ? button("Голосовать", () => acts.vote(message, [...chosen]), "link") : null;
  if (send) send.disabled = true;
  const choose = (place, element) => {
    if (!poll.multiple) return acts.vote(message, [place]);
    if (!chosen.delete(place)) chosen.add(place);
    element.setAttribute("aria-checked", String(chosen.has(place)));
    element.querySelector(".option-sign").replaceChildren(...(chosen.has(place) ? [icon("check")] : []));
    send.disabled = !chosen.size;
  };
  return h("div", { class: `poll${poll.multiple ? " multiple" : ""}` },
    h("div", { class: "poll-question" }, poll.question), h("div", { class: "poll-kind" }, kind),
    h("div", { role: open ? (poll.multiple ? "group" : "radiogroup") : "list", "aria-label": poll.question },
      poll.options.map((option, place) => (open ? choiceOf(message, option, place, choose) : resultOf(poll, option, place, quiz)))),
    poll.explanation && !open ? h("div", { class: "explanation" }, poll.explanation) : null,
    h("div", { class: "poll-foot" }, send, h("span", {}, poll.total ? plural(poll.total, "голос", "голоса", "голосов") : "Голосов пока нет"),
      voted && !poll.closed && !poll.final ? button("Отменить голос", () => acts.retract(message), "link") : null));
}

function choiceOf({ id, poll }, option, place, choose) {
  return h("button", { class: "option", type: "button", role: poll.multiple ? "checkbox" : "radio", "aria-checked": "false", "data-key": `vote/${id}/${place}`,
    onclick: (event) => choose(place, event.currentTarget) }, h("span", { class: "option-sign" }), h("span", {}, option.text));
}

function resultOf(poll, option, place, quiz) {
  const share = poll.total ? Math.round((100 * option.votes) / poll.total) : 0;
  const right = quiz && place === poll.correct;
  const wrong = quiz && option.chosen && !right;
  return h("div", { class: `option${right ? " right" : ""}${wrong ? " wrong" : ""}`, role: "listitem" },
    h("span", { class: "option-share" }, `${share}%`),
    h("span", {}, option.text, option.chosen || right ? h("span", { class: "option-mark", role: "img", "aria-label": markWords(option.chosen, right, quiz) }, icon(wrong ? "close" : "check")) : null),
    h("progress", { class: "option-bar", max: 100, value: share, "aria-label": `${plural(option.votes, "голос", "голоса", "голосов")}` }));
}

const markWords = (chosen, right, quiz) => [chosen ? "ваш голос" : "", quiz ? (right ? "верно" : "неверно") : ""].filter(Boolean).join(", ");

// Reactions

export function reactionsPart(message, react) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map(({ emoji, count, mine }) => h("button", { class: "reaction", type: "button", "data-key": `react/${message.id}/${emoji}`,
    "aria-pressed": String(mine), "aria-label": `Реакция ${emoji}: ${count}`, onclick: () => react(message, mine ? null : emoji) }, h("span", {}, emoji), String(count))));
}

/** The faces to choose a reaction from. */
export const faces = (network) => QUICK[network].map((emoji) => h("span", { title: emoji }, emoji));
export const faceAt = (network, number) => QUICK[network][number];

// Cards of VK

export function cardsPart(message, acts) {
  if (!message.template?.length) return null;
  return h("div", { class: "cards", tabIndex: 0, role: "group", "aria-label": "Карточки" }, message.template.map((card, r) => h("section", { class: "card-slide" },
    card.photo ? h("img", { src: card.photo, alt: "", loading: "lazy" }) : null,
    card.title ? h("b", {}, card.title) : null, card.description ? h("p", {}, card.description) : null,
    h("div", { class: "card-keys" }, card.buttons.map((key, c) => (key.url
      ? h("a", { class: "inline", href: key.url, target: "_blank", rel: "noopener noreferrer" }, key.text)
      : h("button", { class: "inline", type: "button", "data-key": `card/${message.id}/${r}/${c}`, onclick: (event) => acts.press(message, r, c, event.currentTarget) }, key.text)))))));
}

// Files

/** A file that is no picture of an album. */
export function filePart(file) {
  if (file.kind === "sticker") return h("img", { class: "sticker", src: file.url, alt: "Стикер" });
  if (file.kind === "video_note") return roundPart(file);
  if (file.kind === "animation") return file.mime?.startsWith("image/") ? h("img", { class: "moving", src: file.url, alt: file.name }) : h("video", { class: "moving", src: file.url, autoplay: true, loop: true, muted: true, playsInline: true, "aria-label": "GIF" });
  if (file.kind === "voice" || file.kind === "audio") return soundPart(file);
  return h("a", { class: "file", href: file.url, download: file.name }, h("span", { class: "file-sign" }, icon("file")), h("span", {}, h("b", {}, file.name), h("small", {}, "Скачать")));
}

function roundPart(file) {
  const video = h("video", { src: file.url, preload: "metadata", playsInline: true });
  return h("button", { class: "round", type: "button", "aria-label": "Видеосообщение: воспроизвести или остановить", onclick: () => (video.paused ? video.play().catch(() => {}) : video.pause()) }, video);
}

/** A voice message or a piece of music: a button, a bar to move along, and how long it takes. */
function soundPart(file) {
  const audio = h("audio", { src: file.url, preload: "none" });
  const words = file.kind === "voice" ? "Голосовое сообщение" : file.name;
  const place = h("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Место в записи" });
  const left = h("small", {}, lasting(file.duration ?? 0));
  const play = iconButton("play", `Воспроизвести: ${words}`, () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  play.className = "";
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : file.duration || 0);
  audio.addEventListener("play", () => play.replaceChildren(icon("pause")));
  audio.addEventListener("pause", () => play.replaceChildren(icon("play")));
  audio.addEventListener("timeupdate", () => {
    place.value = length() ? (1000 * audio.currentTime) / length() : 0;
    left.textContent = lasting(Math.max(0, length() - audio.currentTime));
  });
  place.addEventListener("input", () => (audio.currentTime = (place.value / 1000) * length()));
  return h("div", { class: "sound" }, audio, play, h("div", { class: "sound-text" }, file.kind === "audio" ? h("b", {}, file.name) : null, place, left));
}
