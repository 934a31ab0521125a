// What people read: times in Moscow, kinds of chats, plurals.

const ZONE = "Europe/Moscow";
const clockFormat = new Intl.DateTimeFormat("ru", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("ru", { timeZone: ZONE, day: "numeric", month: "long" });
const shortDayFormat = new Intl.DateTimeFormat("ru", { timeZone: ZONE, day: "numeric", month: "short" });
const exactFormat = new Intl.DateTimeFormat("ru", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const weekdayFormat = new Intl.DateTimeFormat("ru", { timeZone: ZONE, weekday: "short", day: "numeric", month: "long" });

export const NETWORKS = { telegram: "Telegram", vk: "ВКонтакте" };
export const SIGNS = { telegram: "TG", vk: "VK" };
const KINDS = { private: "диалог", group: "группа", supergroup: "группа", channel: "канал", wall: "стена сообщества", chat: "беседа" };

export const time = (at) => clockFormat.format(new Date(at));
export const day = (at) => dayFormat.format(new Date(at));
export const exactTime = (at) => exactFormat.format(new Date(at));
export const weekday = (at) => weekdayFormat.format(new Date(at));
export const clockWords = (date) => `${weekdayFormat.format(date)}, ${clockFormat.format(date)}`;

/** A moment, «24 ноября, 12:30». */
export const momentWords = (at) => `${day(at)}, ${time(at)}`;

/** The time today, the day before that. */
export function shortTime(at, now) {
  return day(at) === day(now) ? time(at) : shortDayFormat.format(new Date(at));
}

export function plural(n, one, few, many) {
  const tens = n % 100;
  const ones = n % 10;
  const word = tens > 10 && tens < 20 ? many : ones === 1 ? one : ones > 1 && ones < 5 ? few : many;
  return `${n} ${word}`;
}

export function kindWords(chat) {
  if (chat.kind === "private") return chat.network === "vk" ? "сообщения сообщества" : "бот";
  const { people } = chat;
  const word = KINDS[chat.kind] ?? chat.kind;
  if (chat.kind === "wall" || !people) return word;
  const readers = chat.kind === "channel" ? ["подписчик", "подписчика", "подписчиков"] : ["участник", "участника", "участников"];
  return `${word}, ${plural(people, ...readers)}`;
}

/** A length of time such as 75 s: «1:15». */
export const lasting = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** What a field for a moment in Moscow holds, «2026-11-23T09:00», as seconds since 1970; null for no moment. */
export function momentIn(field) {
  const at = Date.parse(`${field}+03:00`);
  return Number.isNaN(at) ? null : at / 1000;
}

/** The other way round: a moment as a field for Moscow's time shows it. */
export const fieldOf = (date) => new Date(date.getTime() + 3 * 3600_000).toISOString().slice(0, 16);

/** Seconds since 1970 of tomorrow's 9:00 in Moscow, which is three hours ahead of UTC all year round. */
export function tomorrowNine(nowSeconds) {
  const offset = 3 * 3600;
  const today = Math.floor((nowSeconds + offset) / 86400) * 86400;
  return today + 86400 + 9 * 3600 - offset;
}

const SENT = { "text messages": "сообщения", photos: "фотографии", videos: "видео", documents: "файлы", "voice notes": "голосовые сообщения", "video notes": "видеосообщения",
  music: "музыку", polls: "опросы", contacts: "контакты", locations: "геопозицию", venues: "места", animations: "GIF", stickers: "стикеры", dice: "кости" };
// What control refuses in English, for programs; in the order in which they are tried.
const REFUSALS = [
  [/^there is no message .* to reply to/, () => "Сообщения, на которое вы отвечаете, уже нет. Снимите ответ и отправьте снова."],
  [/^there is no post/, () => "Этой записи уже нет: её удалили."],
  [/^there is no message|^give message/, () => "Этого сообщения уже нет: его удалили."],
  [/has no button|^there is no button/, () => "Этой кнопки уже нет: сообщение изменилось."],
  [/answer in a quiz is final/, () => "В викторине ответ дают один раз: изменить его нельзя."],
  [/takes one answer/, () => "Здесь можно выбрать только один ответ."],
  [/poll is closed|in this poll: it is closed/, () => "Голосование уже завершено."],
  [/has not voted/, () => "Этот человек здесь ещё не голосовал."],
  [/has voted already/, () => "Голос уже отдан: сначала отмените его."],
  [/vote in this poll stands/, () => "Голос в этом опросе изменить нельзя."],
  [/is no poll|holds no poll/, () => "Это сообщение не опрос."],
  [/^give question and options/, () => "Нужны вопрос до 300 знаков и ответы до 100 знаков, не больше двенадцати."],
  [/^there is no answer/, () => "Такого ответа в опросе нет."],
  [/is a number of degrees/, () => "Широта и долгота задаются числом градусов, например 57,0005."],
  [/a contact needs first_name/, () => "Укажите имя контакта рядом с номером."],
  [/may not react/, () => "Реакции в этой группе отключены."],
  [/to take it back$|^there is no reaction/, () => "Такой реакции в этом мессенджере нет."],
  [/page is deleted/, () => "Страница этого человека удалена: написать он не может."],
  [/nobody can write in/, () => "Беседа закрыта: писать в неё больше нельзя."],
  [/lacks the right|takes an administrator/, () => "Для этого нужны права администратора."],
  [/may not make topics/, () => "Создавать темы здесь могут только администраторы."],
  [/may not pin/, () => "Закреплять сообщения могут только администраторы."],
  [/is not pinned/, () => "Это сообщение уже откреплено."],
  [/cannot be pinned/, () => "Служебную строку закрепить нельзя."],
  [/may not send (.*) to /, ([, what]) => `Отправлять ${SENT[what] ?? "такое"} в эту группу сейчас нельзя.`],
  [/has slow mode: one message in (\d+) s/, ([, seconds]) => `В группе медленный режим: одно сообщение в ${plural(Number(seconds), "секунду", "секунды", "секунд")}.`],
  [/^this topic of/, () => "Тема закрыта: пишут в неё только администраторы."],
  [/leads nowhere/, () => "Ссылка не действует: её отозвали, её срок вышел или по ней уже вошли."],
  [/is banned in|was removed from/, () => "Этого человека отсюда исключили: вернуть его может только администратор."],
  [/has not asked to join/, () => "Заявки этого человека больше нет."],
  [/comments under this post are closed/, () => "Комментарии под этой записью закрыты."],
  [/words of the comment/, () => "Напишите текст комментария."],
  [/has no caption/, () => "К такому файлу подпись не добавить: отправьте текст отдельно."],
  [/does not own/, () => "Это может только владелец."],
  [/was not sent by a bot that is there/, () => "Бота, который прислал эту кнопку, здесь больше нет."],
  [/has stopped this bot|may not write to this person/, () => "Собеседник остановлен: сначала запустите его снова."],
  [/on its blacklist/, () => "Сообщество внесло этого человека в чёрный список: написать ему нельзя."],
  [/^(.*) is no picture/, ([, name]) => `«${name}» не открывается как картинка. Отметьте «как файл» и отправьте снова.`],
  [/^give the new text/, () => "Текст не может быть пустым. Если сообщение не нужно, удалите его."],
  [/is no administrator|may not appoint|must be among the admins/, () => "Это могут только администраторы."],
  [/is not this person's|is somebody else's/, () => "Это чужое сообщение: изменить или удалить его нельзя."],
  [/do join first|is not in /, () => "Этого человека здесь нет: сначала вступите."],
  [/^there is nothing to say/, () => "Нечего отправлять: напишите текст или прикрепите файл."],
  [/is in .* already|is a member of .* already/, () => "Этот человек уже здесь."],
  [/a file needs url/, () => "Файл пустой. Выберите другой."],
];

/** A refusal of control as a sentence for people; an unknown one keeps its own words after a Russian beginning. */
export function refusal(words) {
  for (const [pattern, sentence] of REFUSALS) {
    const found = pattern.exec(words);
    if (found) return sentence(found);
  }
  return `Не получилось: ${words}`;
}
