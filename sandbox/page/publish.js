// The form by which a site publishes: what its editors would do.

import { h, toast } from "./dom.js";
import { post } from "./net.js";

const MOST_PICTURES = 5;

export function publishForm(sites, attempt) {
  const site = h("select", { "aria-label": "Сайт" }, sites.map(({ name, title }) => h("option", { value: name }, title)));
  const title = h("input", { placeholder: "Заголовок", "aria-label": "Заголовок", required: true, maxLength: 200 });
  const text = h("textarea", { rows: 3, placeholder: "Текст новости", "aria-label": "Текст новости", required: true });
  const pictures = h("select", { "aria-label": "Сколько фотографий" },
    Array.from({ length: MOST_PICTURES + 1 }, (_, n) => h("option", { value: n }, n ? `${n} фото` : "без фото")));
  const urgent = h("input", { type: "checkbox" });
  const publish = attempt(async () => {
    const { name, title: where } = sites.find((one) => one.name === site.value);
    const item = { title: `${urgent.checked ? "Молния: " : ""}${title.value.trim()}`, text: text.value.trim(), pictures: Number(pictures.value) };
    await post(`/control/sites/${name}`, { publish: urgent.checked ? { ...item, rubric: "Срочно" } : item });
    form.reset();
    toast(`Опубликовано: ${where}.`);
  });
  const form = h("form", { class: "publish" },
    h("h4", {}, "Опубликовать новость"), site, title, text,
    h("div", { class: "publish-row" }, pictures, h("label", {}, urgent, "молния"), h("button", { class: "primary" }, "Опубликовать")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    publish();
  });
  return form;
}
