// Calls to /control; whatever it refuses becomes an Error with its own words.

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("Песочница не отвечает. Она запущена?");
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data?.error ?? `Ошибка ${answer.status}`);
  return data;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(new Error(`Не удалось прочитать «${file.name}».`));
    reader.readAsDataURL(file);
  });
}
