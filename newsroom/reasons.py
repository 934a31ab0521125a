"""Why something did not arrive, and how it was corrected or taken back, in plain Russian."""

from __future__ import annotations

from core.words import Reason

REASONS = {
    Reason.BLOCKED: "человек остановил бота",
    Reason.DEACTIVATED: "страница человека удалена или заблокирована",
    Reason.NOT_STARTED: "человек ещё не писал боту первым",
    Reason.KICKED: "бота удалили из канала или группы",
    Reason.NO_RIGHTS: "боту не дали права публиковать: включите его в настройках",
    Reason.CHAT_NOT_FOUND: "такого чата больше нет или бот его не видит",
    Reason.MIGRATED: "группа переехала, у неё новый номер",
    Reason.TOPIC_CLOSED: "тема в группе закрыта или удалена",
    Reason.BAD_CONTENT: "мессенджер не принял этот текст",
    Reason.BAD_MEDIA: "мессенджер не принял картинку",
    Reason.TOKEN_DEAD: "ключ не принят: получите новый и положите его на место прежнего",
    Reason.NO_WALL_KEY: "для стены нужен отдельный ключ пользователя с правом «стена»",
    Reason.DAILY_LIMIT: "на сегодня лимит публикаций исчерпан",
    Reason.THROTTLED: "мессенджер просит подождать",
    Reason.UNREACHABLE: "мессенджер не отвечает",
    Reason.SERVER_ERROR: "ошибка на стороне мессенджера",
    Reason.GONE: "сообщения там уже нет",
    Reason.TOO_OLD: "сообщение слишком старое, мессенджер не даёт его менять",
    Reason.CAPTCHA: "мессенджер требует, чтобы владелец ключа подтвердил, что он человек",
    Reason.OTHER: "мессенджер отказал",
    Reason.GAVE_UP: "двое суток не удавалось отправить",
}

# How a copy was corrected or taken back, as the ledger says it.
PICTURES_STAY = "текст исправлен, картинки остались прежними"
REPLIED = "прежнее сообщение изменить нельзя, исправление отправлено ответом"
SENT_ANEW = "прежнее сообщение изменить нельзя: удалено и отправлено заново"
OLD_STAYS = "исправленное отправлено заново, прежнее сообщение удалить нельзя"
NUMBERS_NOT_KNOWN = "исправлено не всё: номеров остальных сообщений бот не знает"
DELETED = "удалено"
REPLACED = "заменено сообщением об отзыве"
REPLACED_PICTURES_STAY = "заменено сообщением об отзыве, снимки остались"
NOT_KNOWN = "бот не знает номера сообщения: если оно дошло, удалите его сами"
