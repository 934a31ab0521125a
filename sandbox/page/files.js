// Files on their way out: how they look above the field, and which messages they become.

import { h, iconButton } from "./dom.js";
import { readFile } from "./net.js";
import { plural } from "./words.js";

const LARGEST_ALBUM = 10; // both messengers take ten files in one message or album

const isPicture = (file) => /^image\/(jpeg|png|webp)$/.test(file.type);

export function kindOf(file, asFile) {
  if (isPicture(file)) return asFile ? "document" : "photo";
  if (file.type.startsWith("video/")) return asFile ? "document" : "video";
  return /^audio\/ogg/.test(file.type) ? "voice" : "document";
}

/** The chips and switches above the field; `changed` hears that the draft became another. */
export function filesPart(draft, network, changed) {
  const { files } = draft;
  const switches = [
    files.some(isPicture) ? toggle("как файл", draft.asFile, (on) => (draft.asFile = on)) : null,
    files.length > 1 && network === "telegram" ? toggle("одним альбомом", draft.together, (on) => (draft.together = on)) : null,
  ];
  return h("div", { class: "files" },
    h("div", { class: "chips" }, files.map((file, number) => h("span", { class: "chip" },
      isPicture(file) ? preview(file) : null, h("span", { class: "chip-file" }, file.name), iconButton("close", `Убрать ${file.name}`, () => {
        files.splice(number, 1);
        changed();
      })))),
    h("div", { class: "switches" }, files.length > 1 ? h("span", { class: "quiet" }, plural(files.length, "файл", "файла", "файлов")) : null, switches));
}

function toggle(words, checked, set) {
  const box = h("input", { type: "checkbox", checked });
  box.addEventListener("change", () => set(box.checked));
  return h("label", { class: "switch" }, box, words);
}

function preview(file) {
  const image = h("img", { alt: "", src: URL.createObjectURL(file) });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return image;
}

/** Which files go together into one order: Telegram keeps pictures and documents apart, VK puts all into one message. */
export function batches(draft, network) {
  const known = draft.files.map((file) => ({ file, kind: kindOf(file, draft.asFile) }));
  const seen = known.filter((one) => one.kind === "photo" || one.kind === "video");
  const kinds = network === "telegram" && draft.together
    ? [seen, known.filter((one) => one.kind === "document"), ...known.filter((one) => one.kind === "voice").map((one) => [one])]
    : [known];
  return kinds.flatMap((several) => Array.from({ length: Math.ceil(several.length / LARGEST_ALBUM) }, (_, n) => several.slice(n * LARGEST_ALBUM, (n + 1) * LARGEST_ALBUM)));
}

/** Reads files into what control takes; raises an Error that names the file. */
export function mediaOf(batch) {
  return Promise.all(batch.map(async ({ file, kind }) => {
    if (!file.size) throw new Error(`«${file.name}» пустой. Выберите другой файл.`);
    return { kind, name: file.name, base64: await readFile(file) };
  }));
}
