"""Reasons in plain Russian, for the list of deliveries and an account's health."""

from __future__ import annotations

from core.words import DeliveryState, Reason

REASONS = {
    Reason.BLOCKED: "человек остановил бота",
    Reason.DEACTIVATED: "страница человека удалена или заблокирована",
    Reason.NOT_STARTED: "человек ещё не писал боту первым",
    Reason.KICKED: "бота удалили из канала или группы",
    Reason.NO_RIGHTS: "боту не дали права публиковать: включите их в настройках канала",
    Reason.CHAT_NOT_FOUND: "такого чата больше нет или бот его не видит",
    Reason.MIGRATED: "группа переехала, у неё новый номер",
    Reason.TOPIC_CLOSED: "тема в группе закрыта или удалена",
    Reason.BAD_CONTENT: "мессенджер не принял этот текст",
    Reason.BAD_MEDIA: "мессенджер не принял картинку",
    Reason.TOKEN_DEAD: "ключ бота не принят: получите новый и впишите его в настройки",
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

STATES = {
    DeliveryState.PENDING: "ждёт отправки",
    DeliveryState.IN_FLIGHT: "отправляется",
    DeliveryState.SENT: "доставлено",
    DeliveryState.REFUSED: "не доставлено",
    DeliveryState.UNKNOWN: "неизвестно, дошло ли",
    DeliveryState.CANCELLED: "отменено",
    DeliveryState.ASKING: "ждёт решения владельца",
}

_ACCOUNT = {Reason.TOKEN_DEAD, Reason.NO_WALL_KEY, Reason.CAPTCHA}


def account_trouble(reason: Reason | None) -> str | None:
    """Return the sentence for an account that stands still for this reason, None if it works on."""
    return REASONS[reason].capitalize() + "." if reason in _ACCOUNT and reason else None
