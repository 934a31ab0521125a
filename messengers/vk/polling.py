"""The Bots Long Poll, from a cursor that outlives the process.

VK keeps events behind a `ts` of its own; vk_api's VkBotLongPoll begins at the newest one, and what
people wrote during a restart would be lost. The cursor is JSON: server, key and ts.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from core.errors import MessengerError
from messengers.transport import Http, Lost, Timeouts
from messengers.vk.client import Caller

log = logging.getLogger(__name__)

_ROUNDS = 4  # answers «failed» in a row before it is given up for this time
_GRACE_S = 10.0  # beyond the poll's own length


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the long poll stands; the key opens the events for an hour, nothing else."""

    server: str
    key: str
    ts: str

    def __str__(self) -> str:
        """Return it as it is kept."""
        return orjson.dumps(asdict(self)).decode()


class Polling:
    """One community's events."""

    def __init__(self, caller: Caller, http: Http, group: int, timeouts: Timeouts) -> None:
        """Ask nothing yet."""
        self._caller, self._http, self._group = caller, http, group
        self._wait = timeouts.poll
        self._doubted = False

    async def next(self, text: str | None) -> tuple[list[Any], Cursor]:
        """Wait for events after the cursor. Raises Refusal, NotLeft, Lost and MessengerError.

        Without one it does not wait: the place must be kept first, or what comes meanwhile is lost.
        After a failure the server and the key are asked anew, the place in the events is kept.
        """
        cursor = _read(text)
        if cursor is None:
            return [], await self._open()
        if self._doubted:
            cursor = replace(await self._open(), ts=cursor.ts)
        self._doubted = True
        for _ in range(_ROUNDS):
            answer = await self._check(cursor)
            if "failed" not in answer:
                self._doubted = False
                return answer["updates"], replace(cursor, ts=str(answer["ts"]))
            cursor = await self._mended(cursor, answer)
        raise MessengerError("сервер событий ВКонтакте не принимает ключ; берём новый")

    async def _mended(self, cursor: Cursor, answer: dict[str, Any]) -> Cursor:
        match answer["failed"]:
            case 1:
                log.warning(
                    "group %s: part of the events is lost, VK has forgotten them", self._group
                )
                return replace(cursor, ts=str(answer["ts"]))
            case 2:
                return replace(await self._open(), ts=cursor.ts)
            case 3:
                log.warning("group %s: events are lost, VK begins anew", self._group)
                return await self._open()
        raise MessengerError(f"the long poll answers failed={answer['failed']}")

    async def _open(self) -> Cursor:
        found = await self._caller.call("groups.getLongPollServer", group_id=self._group)
        try:
            return Cursor(str(found["server"]), str(found["key"]), str(found["ts"]))
        except (KeyError, TypeError):
            raise Lost("VK gave no long poll server") from None

    async def _check(self, cursor: Cursor) -> dict[str, Any]:
        query = f"act=a_check&key={cursor.key}&ts={cursor.ts}&wait={round(self._wait)}"
        answer = await self._http.get(f"{cursor.server}?{query}", timeout=self._wait + _GRACE_S)
        try:
            data = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            data = None
        if not isinstance(data, dict) or not (
            "failed" in data or ("ts" in data and isinstance(data.get("updates"), list))
        ):
            raise Lost(f"HTTP {answer.status}, the answer is not the long poll's")
        return data


def _read(text: str | None) -> Cursor | None:
    try:
        data = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(data, dict) or data.keys() != {"server", "key", "ts"}:
        return None
    return Cursor(**data)
