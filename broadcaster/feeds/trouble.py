"""Says in Russian what went wrong with a site and what to do; only the site's name is ever shown."""

from __future__ import annotations

import ssl
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from broadcaster.feeds import unpack
from broadcaster.feeds.guard import NameNotFound
from core.errors import FeedBusy, FeedError

_LONGEST_PAUSE_S = 24 * 3600.0


def host(url: httpx.URL | str) -> str:
    """Return the site's name; paths, queries and user names may hold keys and are never shown."""
    return httpx.URL(url).host


def refuse(answer: httpx.Response) -> None:
    """Raise FeedError for a status that brings no content, FeedBusy where the site asks to wait."""
    site = host(answer.url)
    code = answer.status_code
    if 200 <= code < 300:
        return
    pause = _retry_after(answer)
    if code == 429 or (code == 503 and pause is not None):
        raise FeedBusy(
            f"Сайт {site} просит подождать (ответ {code}); Вестник спросит позже, делать ничего не нужно",
            retry_after=pause,
        )
    if code in (401, 403):
        text = (
            f"Сайт {site} не даёт читать эту страницу (ответ {code}); попросите владельца сайта "
            "открыть её для Вестника"
        )
    elif code in (404, 410):
        text = (
            f"На сайте {site} по этому адресу ничего нет (ответ {code}); проверьте адрес, "
            "возможно, страницу перенесли"
        )
    elif code >= 500:
        text = f"На сайте {site} неполадка (ответ {code}); Вестник попробует снова"
    else:
        text = f"Сайт {site} ответил отказом (ответ {code}); проверьте адрес в браузере"
    raise FeedError(text)


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_PAUSE_S)
    try:
        # A date is counted from the answer's own date: the site's clock may differ from ours.
        pause = parsedate_to_datetime(value) - parsedate_to_datetime(answer.headers["date"])
        return min(max(pause.total_seconds(), 0.0), _LONGEST_PAUSE_S)
    except (ValueError, TypeError, KeyError):
        return None


def explain(error: Exception, url: httpx.URL) -> str:
    """Say why a connection or an answer failed."""
    site = host(url)
    if isinstance(error, httpcore.TimeoutException):
        return (
            f"Сайт {site} не отвечает; возможно, он временно не работает, Вестник попробует снова"
        )
    if isinstance(error, NameNotFound):
        return f"Сайт {site} не найден; проверьте, верно ли записан адрес"
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return (
            f"У сайта {site} не в порядке сертификат безопасности; сообщите владельцу сайта "
            "или укажите адрес, который открывается без предупреждений"
        )
    if isinstance(error, httpcore.ConnectError):
        return f"Сайт {site} не принимает соединения; возможно, он временно не работает, Вестник попробует снова"
    return f"Сайт {site} оборвал ответ; Вестник попробует снова"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def explain_body(error: unpack.BodyError, url: httpx.URL, limit: int) -> str:
    """Say why a body cannot be used; `limit` in bytes."""
    site = host(url)
    if isinstance(error, unpack.TooBig):
        return (
            f"Сайт {site} прислал больше {limit // (1024 * 1024)} МБ, столько Вестник не читает; "
            "укажите ленту покороче или картинку поменьше"
        )
    if isinstance(error, unpack.Unsupported):
        return f"Сайт {site} прислал ответ, сжатый неизвестным способом; сообщите владельцу сайта"
    return f"Сайт {site} прислал повреждённый ответ; Вестник попробует снова"
