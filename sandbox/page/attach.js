// What else than files and words can be sent on Telegram: a poll, a place, a contact; each is filled in in a box.

import { button, h, icon, iconButton, openForm } from "./dom.js";

const LONGEST_QUESTION = 300;
const LONGEST_OPTION = 100;
const MOST_OPTIONS = 12;
const HERE = { latitude: "57.0005", longitude: "40.9739" }; // Иваново, площадь Пушкина

/** The list over the field; `files` opens the choice of files, `send(what, args)` does the rest and says whether it was done. */
export function attachMenu(barred, files, send) {
  const rows = [
    { sign: "file", words: "Файлы", act: files },
    { sign: "poll", words: "Опрос", act: () => pollForm(send), needed: "can_send_polls" },
    { sign: "place", words: "Геопозиция", act: () => placeForm(send), needed: "can_send_messages" },
    { sign: "person", words: "Контакт", act: () => contactForm(send), needed: "can_send_messages" },
  ];
  return h("div", { class: "attach", role: "menu" }, rows.filter(({ needed }) => !barred.includes(needed)).map(({ sign, words, act }) =>
    h("button", { class: "attach-row", type: "button", role: "menuitem", onclick: act }, icon(sign), words)));
}

function pollForm(send) {
  const options = h("div", { class: "poll-options" });
  const answers = () => [...options.querySelectorAll("input[type=text]")];
  const add = () => {
    const place = options.children.length + 1;
    const right = h("input", { type: "radio", name: "correct", "aria-label": `Верный ответ ${place}`, title: "Верный ответ" });
    options.append(h("div", { class: "poll-line" }, right, h("input", { type: "text", maxLength: LONGEST_OPTION, placeholder: `Ответ ${place}`, "aria-label": `Ответ ${place}`, required: place < 3 }),
      place > 2 ? iconButton("close", `Убрать ответ ${place}`, (event) => {
        event.currentTarget.parentElement.remove();
        more.hidden = false;
      }) : null));
    more.hidden = options.children.length >= MOST_OPTIONS;
  };
  const more = button("Добавить ответ", add, "link");
  const question = h("input", { type: "text", required: true, maxLength: LONGEST_QUESTION });
  const [open, multiple, quiz] = ["открытый: видно, кто как ответил", "можно выбрать несколько", "викторина: один ответ верный"].map((words) => {
    const box = h("input", { type: "checkbox" });
    return { box, label: h("label", { class: "switch" }, box, words) };
  });
  const arrange = () => {
    options.classList.toggle("quiz", quiz.box.checked);
    for (const right of options.querySelectorAll("[type=radio]")) right.required = quiz.box.checked;
    multiple.box.disabled = quiz.box.checked;
    if (quiz.box.checked) multiple.box.checked = false;
  };
  quiz.box.addEventListener("change", arrange);
  more.addEventListener("click", arrange);
  add();
  add();
  openForm("Новый опрос", [labelled("Вопрос", question), options, more, open.label, multiple.label, quiz.label], "Отправить опрос", () => {
    const filled = answers().filter((one) => one.value.trim());
    const lines = [...options.children].filter((line) => filled.includes(line.querySelector("[type=text]")));
    const correct = lines.findIndex((line) => line.querySelector("[type=radio]").checked);
    return send("send_poll", { question: question.value.trim(), options: filled.map((one) => one.value.trim()), anonymous: !open.box.checked, multiple: multiple.box.checked, ...(quiz.box.checked ? { correct: Math.max(0, correct) } : {}) });
  });
}

function placeForm(send) {
  const degrees = (value) => h("input", { type: "text", inputMode: "decimal", value, required: true, pattern: "-?\\d{1,3}([.,]\\d+)?", title: "Градусы, например 57,0005" });
  const [latitude, longitude] = [degrees(HERE.latitude), degrees(HERE.longitude)];
  const [title, address] = [h("input", { type: "text", maxLength: 200 }), h("input", { type: "text", maxLength: 200 })];
  const number = (field) => Number(field.value.replace(",", "."));
  openForm("Геопозиция", [
    h("div", { class: "fields" }, labelled("Широта", latitude), labelled("Долгота", longitude)),
    labelled("Название места, если есть", title), labelled("Адрес", address),
  ], "Отправить место", () => send("send_location", { latitude: number(latitude), longitude: number(longitude), ...(title.value.trim() ? { title: title.value.trim(), address: address.value.trim() } : {}) }));
}

function contactForm(send) {
  const name = h("input", { type: "text", maxLength: 64 });
  const phone = h("input", { type: "tel", maxLength: 32, placeholder: "+7 …" });
  name.addEventListener("input", () => (phone.required = Boolean(name.value.trim())));
  phone.addEventListener("input", () => (name.required = Boolean(phone.value.trim())));
  openForm("Контакт", [h("p", { class: "quiet" }, "Оставьте поля пустыми, чтобы отправить свой номер."), labelled("Имя", name), labelled("Телефон", phone)], "Отправить контакт",
    () => send("send_contact", phone.value.trim() ? { phone_number: phone.value.trim(), first_name: name.value.trim() } : {}));
}

function labelled(words, control) {
  return h("label", { class: "field" }, words, control);
}
