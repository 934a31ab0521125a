"""How control reads what it is asked: bodies, people, networks, chats and waits, generously; and how it refuses."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.networks import NetworkSide, Wrong
from sandbox.world import Chat, Person, World

LONGEST_WAIT_S = 60.0
_ALIASES = {"tg": "telegram", "vkontakte": "vk"}
_log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Any]]


def answering(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Turn what an endpoint returns into JSON, and `Wrong` into a 400 that says what and how to mend it."""

    async def answer(request: Request) -> Response:
        try:
            result = await endpoint(request)
        except Wrong as wrong:
            return JSONResponse({"error": str(wrong)}, 400)
        except Exception as error:
            _log.exception("%s failed", request.url.path)
            return JSONResponse({"error": f"the sandbox failed: {error!r}; see its log"}, 500)
        return result if isinstance(result, Response) else JSONResponse(result)

    return answer


async def body(request: Request) -> dict[str, Any]:
    """Return the request's JSON object, empty for an empty body; raises Wrong."""
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise Wrong(f"the body is not JSON in UTF-8: {error}") from None
    if not isinstance(data, dict):
        raise Wrong('the body must be a JSON object: {"key": value}')
    return data


def only(data: Any, known: Collection[str], where: str) -> Mapping[str, Any]:
    """Return the object itself if it has known keys only; raises Wrong."""
    if not isinstance(data, Mapping):
        raise Wrong(f"{where} must be an object with {', '.join(known)}; it is {data!r}")
    unknown = set(data) - set(known)
    if unknown:
        raise Wrong(f"{where} has no {', '.join(sorted(unknown))}; it has {', '.join(known)}")
    return data


def listed(value: Any, where: str) -> list[Any]:
    """Return a list: the value itself, one thing as a list of one, nothing as an empty one; raises Wrong."""
    if value is None:
        return []
    if isinstance(value, (str, int, Mapping)):
        return [value]
    if not isinstance(value, list):
        raise Wrong(f"{where} must be a list; it is {value!r}")
    return value


def text(data: Mapping[str, Any], key: str) -> str:
    """Return a text that must be there, a number as text; raises Wrong."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise Wrong(f"{key} is missing; give it as text")
    return str(value).strip()


def whole(data: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number, also if written as text; None if it is not there; raises Wrong."""
    value = data.get(key)
    if value is None:
        return None
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise Wrong(f"{key} must be a whole number; it is {value!r}") from None


def side_of(sides: Mapping[str, NetworkSide], name: Any) -> NetworkSide:
    """Return the network of that name; raises Wrong."""
    wanted = str(name or "").strip().lower()
    side = sides.get(_ALIASES.get(wanted, wanted))
    if side is None:
        raise Wrong(f"there is no network {name!r}; there are {', '.join(sides)}")
    return side


def person_of(world: World, ref: Any, key: str = "as") -> Person:
    """Return the person meant by an id, a name or the unambiguous beginning of a name; raises Wrong."""
    if ref is None or isinstance(ref, bool) or not str(ref).strip():
        raise Wrong(f"{key} is missing; give a person's id or name")
    wanted = str(ref).strip()
    if wanted.isdecimal() and int(wanted) in world.people:
        return world.people[int(wanted)]
    folded = wanted.casefold()
    for fits in (str.__eq__, str.startswith):
        found = [p for p in world.people.values() if fits(p.name.casefold(), folded)]
        if len(found) == 1:
            return found[0]
        if found:
            named = ", ".join(f"{p.id} {p.name}" for p in found)
            raise Wrong(f"{key}: {wanted!r} may be any of {named}; give the id")
    known = ", ".join(f"{p.id} {p.name}" for p in list(world.people.values())[:12]) or "nobody"
    raise Wrong(f"{key}: nobody is {wanted!r}; there are {known}")


def chat_of(world: World, side: NetworkSide, ref: Any, person: Person | None) -> Chat:
    """Return the chat meant: «account:person» is that person's dialog, all else is the network's to find; raises Wrong."""
    if ref is None or isinstance(ref, bool) or not str(ref).strip():
        raise Wrong("chat is missing; give an account's name, a chat's id, @username or title")
    wanted = str(ref).strip()
    name, colon, other = wanted.partition(":")
    account = world.account(side.name, name)
    if colon and account is not None:
        whose = person_of(world, other, "chat")
        dialog = world.dialog(account, whose.id)
        if dialog is None:
            raise Wrong(
                f"{whose.name} has no dialog with {name}; let them start it: POST /control/do"
            )
        return dialog
    return side.find_chat(wanted, person.id if person else None)


def must_see(world: World, chat: Chat, person: Person) -> None:
    """Raise Wrong unless the person can see the chat: open to all, their own, or as an admin of the community."""
    if chat.network not in person.messengers:
        raise Wrong(f"{person.name} is not in {chat.network}; add it to their messengers")
    if chat.kind == "private":
        account = world.account(chat.network, chat.account or "")
        if person.id != chat.person and (account is None or person.id not in account.admins):
            raise Wrong(
                f"this dialog is not {person.name}'s, who is no admin of {chat.account} either"
            )
        return
    member = chat.members.get(person.id)
    is_in = member is not None and member.status not in ("left", "kicked")
    is_open = chat.kind == "wall" or (chat.username is not None and chat.kind == "channel")
    if not is_in and not is_open:
        raise Wrong(f"{person.name} is not in «{chat.title}»; POST /control/do with what: join")


def wait_s(request: Request) -> float:
    """Return the seconds the caller is ready to wait, at most 60; raises Wrong."""
    value = request.query_params.get("wait", "0")
    try:
        return min(max(float(value), 0.0), LONGEST_WAIT_S)
    except ValueError:
        raise Wrong(f"wait is a number of seconds; it is {value!r}") from None


def number_param(request: Request, key: str) -> int | None:
    """Return a whole number of the query, None if it is not there; raises Wrong."""
    return whole(request.query_params, key) if request.query_params.get(key) else None


def iso(at: float) -> str:
    """Return a moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def base_of(request: Request) -> str:
    """Return the sandbox's own address as the caller wrote it, without a slash at the end."""
    return str(request.base_url).rstrip("/")


async def until(world: World, changed: Callable[[], bool], timeout: float) -> None:
    """Return as soon as `changed()` is true, or after `timeout` seconds of the machine's time, or when the server stops."""
    end = time.monotonic() + timeout
    while not changed() and not world.stopping.is_set():
        left = end - time.monotonic()
        if left <= 0 or not await world.wait_change(left):
            return
