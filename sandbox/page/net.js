// Calls to /control; whatever it refuses becomes an Error that says so in Russian.

import { refusal } from "./words.js";

async function call(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      signal,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("Песочница не отвечает. Проверьте, что она запущена: страница соединится сама.");
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(refusal(data?.error ?? `ошибка ${answer.status}`)), { cause: data?.error });
  return data;
}

export const get = (path, signal) => call("GET", path, undefined, signal);
export const post = (path, body) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(new Error(`Не удалось прочитать «${file.name}». Выберите файл ещё раз.`));
    reader.readAsDataURL(file);
  });
}
