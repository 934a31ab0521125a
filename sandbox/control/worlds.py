"""The world as a whole: what is in it, what to add, and how to begin again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.control.ask import (
    answering,
    base_of,
    body,
    listed,
    only,
    person_of,
    side_of,
    text,
    whole,
)
from sandbox.control.media import content_of
from sandbox.control.pieces import answered, written, written_object
from sandbox.control.places import show_chat, show_member, show_place
from sandbox.control.view import show_account, show_person
from sandbox.demo import build
from sandbox.gate import Gate
from sandbox.networks import NetworkSide, Wrong
from sandbox.sites import change_site, describe_site, make_site
from sandbox.world import Chat, Person, World

_PERSON = ("id", "name", "messengers")
_ACCOUNT = ("network", "name", "title", "token", "user_token", "admins", "id", "wall_rights")
_CHAT = ("network", "kind", "title", "members", "admins", "bots", "id", "username")
_FIRST_PERSON = 1001


class Worlds:
    """The calls of control that show, extend and replace one world."""

    def __init__(self, world: World, sides: Mapping[str, NetworkSide], gate: Gate) -> None:
        """Work on this world, its networks and its weather."""
        self._world, self._sides, self._gate = world, sides, gate

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/control/world", answering(self._show), methods=["GET"]),
            Route("/control/world", answering(self._add), methods=["POST"]),
            Route("/control/reset", answering(self._reset), methods=["POST"]),
            Route("/control/sites/{name}", answering(self._show_site), methods=["GET"]),
            Route("/control/sites/{name}", answering(self._change_site), methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Any:
        world = self._world
        known = {
            "accounts": [show_account(a) for a in world.accounts.values()],
            "sites": [describe_site(s, base_of(request)) for s in world.sites.values()],
        }
        people, chats = list(world.people.values()), list(world.chats)
        lists: dict[str, Iterable[str | Iterator[str]]] = {
            "people": (written(show_person(person)) for person in people),
            "chats": (_written_chat(world, chat) for chat in chats),
        }
        return answered(written_object(known, lists))

    async def _add(self, request: Request) -> Any:
        data = only(await body(request), ("people", "accounts", "chats", "sites"), "world")
        people = [only(one, _PERSON, "a person") for one in listed(data.get("people"), "people")]
        accounts = [
            only(one, _ACCOUNT, "an account") for one in listed(data.get("accounts"), "accounts")
        ]
        chats = [only(one, _CHAT, "a chat") for one in listed(data.get("chats"), "chats")]
        sites = [await self._site_order(request, one) for one in listed(data.get("sites"), "sites")]
        with self._world.all_or_nothing():
            made = {
                "people": [show_person(self._add_person(one)) for one in people],
                "accounts": [self._add_account(one) for one in accounts],
                "chats": [self._add_chat(one) for one in chats],
                "sites": [
                    describe_site(make_site(self._world, one), base_of(request)) for one in sites
                ],
            }
        self._world.touch()
        return made

    def _add_person(self, order: Mapping[str, Any]) -> Person:
        people = self._world.people
        wanted = whole(order, "id")
        if wanted is not None and (wanted in people or wanted <= 0):
            raise Wrong(f"a person cannot have the id {wanted}: it is taken or not positive")
        messengers = listed(order.get("messengers"), "messengers") or list(self._sides)
        names = [side_of(self._sides, name).name for name in messengers]
        number = wanted or max([_FIRST_PERSON - 1, *people]) + 1
        people[number] = Person(number, text(order, "name"), names)
        return people[number]

    def _add_account(self, order: Mapping[str, Any]) -> dict[str, Any]:
        rights = order.get("wall_rights")
        if rights is not None and not isinstance(rights, bool):
            raise Wrong(f"wall_rights must be true or false; it is {rights!r}")
        side = side_of(self._sides, order.get("network"))
        account = side.add_account(
            text(order, "name"),
            title=order.get("title"),
            token=order.get("token"),
            user_token=order.get("user_token"),
            admins=self._ids(order, "admins"),
            id=whole(order, "id"),
        )
        if rights is not None:
            account.wall_rights = rights
        return show_account(account)

    def _add_chat(self, order: Mapping[str, Any]) -> dict[str, Any]:
        side = side_of(self._sides, order.get("network"))
        username = order.get("username")
        chat = side.add_chat(
            text(order, "kind"),
            text(order, "title"),
            members=self._ids(order, "members"),
            admins=self._ids(order, "admins"),
            bots=[str(name) for name in listed(order.get("bots"), "bots")],
            id=whole(order, "id"),
            username=str(username).lstrip("@") if username else None,
        )
        return show_chat(self._world, chat)

    def _ids(self, order: Mapping[str, Any], key: str) -> list[int]:
        return [person_of(self._world, ref, key).id for ref in listed(order.get(key), key)]

    async def _reset(self, request: Request) -> Any:
        data = only(await body(request), ("to",), "reset")
        to = data.get("to", "demo")
        if to not in ("demo", "empty"):
            raise Wrong(f"to must be demo or empty; it is {to!r}")
        world = self._world
        world.clear()
        self._gate.faults.clear()
        self._gate.limits.reset()
        self._gate.calls.clear()
        if to == "demo":
            build(world, self._sides)
        world.touch()
        return await self._show(request)

    async def _show_site(self, request: Request) -> Any:
        return describe_site(self._site(request), base_of(request))

    async def _change_site(self, request: Request) -> Any:
        site = self._site(request)
        change_site(self._world, site, await self._site_order(request, await body(request)))
        return describe_site(site, base_of(request))

    def _site(self, request: Request) -> Any:
        name = request.path_params["name"]
        if name not in self._world.sites:
            raise Wrong(
                f"there is no site {name!r}; there are {', '.join(self._world.sites) or 'none'}"
            )
        return self._world.sites[name]

    async def _site_order(self, request: Request, order: Any) -> dict[str, Any]:
        """Return the order with its pictures fetched: the sites work with bytes only."""
        if not isinstance(order, Mapping):
            raise Wrong("a site is an object")
        fetched = dict(order)
        for key in ("publish", "edit", "items"):
            if isinstance(order.get(key), list):
                fetched[key] = [await self._item_order(request, one) for one in order[key]]
            elif key in order:
                fetched[key] = await self._item_order(request, order[key])
        return fetched

    async def _item_order(self, request: Request, order: Any) -> Any:
        if not isinstance(order, Mapping) or not isinstance(order.get("pictures"), list):
            return order
        return {**order, "pictures": [await content_of(request, one) for one in order["pictures"]]}


def _written_chat(world: World, chat: Chat) -> Iterator[str]:
    """Yield a chat as JSON; a channel may have many thousands of members."""
    members = (written(show_member(world, chat, *one)) for one in list(chat.members.items()))
    return written_object(show_place(world, chat), {"members": members})
