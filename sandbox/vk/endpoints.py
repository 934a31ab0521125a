"""The HTTP side of VK: methods, the long poll, uploads and files."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import bodies
from sandbox.api import ApiCall, Upload
from sandbox.gate import Gate
from sandbox.values import whole
from sandbox.vk import captcha, links, longpoll, uploads
from sandbox.vk.addresses import is_upload_url
from sandbox.vk.ask import Ask, Caller, caller_of, why_nobodys
from sandbox.vk.callback import Courier
from sandbox.vk.captcha import Captchas
from sandbox.vk.dialect import BareDialect, VkDialect
from sandbox.vk.errors import refuse
from sandbox.vk.methods import aims, dispatch
from sandbox.vk.params import Params
from sandbox.vk.versions import parsed
from sandbox.world import Account

OLDEST = (5, 81)  # versions below are refused
_MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"GIF8", "image/gif"))
_TOO_OLD = (
    'versions below 5.81 are deprecated. Version param should be passed as "v". '
    '"version" param is invalid and not supported. '
    "For more information go to https://vk.com/dev/constant_version_updates"
)


class Endpoints:
    """Reads requests into calls and hands them to the gate."""

    def __init__(self, gate: Gate, courier: Courier, *, strict: bool = False) -> None:
        """Serve the gate's world; `strict` refuses parameters that a method does not have."""
        self._gate, self._world = gate, gate.world
        self._courier, self._strict = courier, strict
        self._captchas = Captchas()

    def routes(self) -> list[BaseRoute]:
        """Return the routes, paths from the server's root."""
        both = ["GET", "POST"]
        return [
            Route("/vk/method/{name}", self.method, methods=both),
            Route("/vk/longpoll/{group}", self.long_poll, methods=both),
            Route("/vk/upload/{place}/{group}/{sign}", self.upload, methods=both),
            Route("/vk/files/{sha}", self.file),
            Route("/vk/captcha/{sid}", self.captcha),
            Route("/vk/cc/{key}", self.short_link),
        ]

    async def method(self, request: Request) -> Response:
        """Answer /vk/method/<name>."""
        given, _, trouble = await _read(request, bodies.MAX_BODY)
        token = _token(request, given)
        params, caller = Params(given), caller_of(self._world, token)
        name = request.path_params["name"]
        chats = aims(params)
        account = _meant(caller, params, chats)
        lane = caller.key if caller else None
        call = ApiCall("vk", name, account, given, chats=chats, lane=lane)
        if self._captchas.answered(params):
            call.met = frozenset({14})

        async def handler(call: ApiCall) -> Any:
            if trouble:
                raise refuse(8, trouble)
            _check_version(params)
            if caller is None:
                raise refuse(5, why_nobodys(self._world, token))
            base = _base(request)
            ask = Ask(self._gate, caller, params, call, base, self._courier, self._strict)
            return dispatch(ask)

        return await self._gate.run(call, handler, VkDialect(_base(request), self._captchas))

    async def long_poll(self, request: Request) -> Response:
        """Answer a check of the long poll; faults and the log know it as the method `a_check`."""
        account = self._account(request)
        params = Params(dict(request.query_params) | (await _read(request, bodies.MAX_BODY))[0])
        name = account.name if account else None
        call = ApiCall("vk", "a_check", name, {})

        async def handler(call: ApiCall) -> Any:
            return await longpoll.check(
                self._world, lambda: self._account(request), params, request.is_disconnected
            )

        return await self._gate.run(call, handler, BareDialect(_base(request)))

    async def upload(self, request: Request) -> Response:
        """Answer a POST of files; faults and the log know it as the method `upload`."""
        account = self._account(request)
        place = request.path_params["place"]
        photos = place in uploads.MAX_AT_ONCE
        limit = 2 * uploads.MAX_PHOTO if photos else uploads.MAX_DOC + bodies.MAX_BODY
        _, files, trouble = await _read(request, limit)
        name = account.name if account else None
        call = ApiCall("vk", "upload", name, {}, files=files)

        async def handler(call: ApiCall) -> Any:
            sign = request.path_params["sign"]
            if account is None or not is_upload_url(account, place, sign):
                raise refuse(100, "upload address is invalid")
            if trouble:
                raise refuse(8, trouble)
            return uploads.take(self._world, account, place, files)

        return await self._gate.run(call, handler, BareDialect(_base(request)))

    async def file(self, request: Request) -> Response:
        """Serve the bytes of a photo or document."""
        content = self._world.files.get(request.path_params["sha"])
        if content is None:
            return Response("no such file", 404, media_type="text/plain")
        mime = next(
            (m for magic, m in _MAGIC if content.startswith(magic)), "application/octet-stream"
        )
        return Response(content, media_type=mime)

    async def captcha(self, request: Request) -> Response:
        """Show the picture of a captcha; the header X-Captcha-Letters tells its letters to programs."""
        letters = self._captchas.letters(request.path_params["sid"])
        if letters is None:
            return Response("no such captcha", 404, media_type="text/plain")
        headers = {"x-captcha-letters": letters}
        return Response(captcha.picture(letters), media_type="image/png", headers=headers)

    async def short_link(self, request: Request) -> Response:
        """Lead to where a short link of utils.getShortLink points."""
        url = links.target(self._world, request.path_params["key"])
        if url is None:
            return Response("no such link", 404, media_type="text/plain")
        return RedirectResponse(url, 302)

    def _account(self, request: Request) -> Account | None:
        id_ = whole(request.path_params["group"])
        return None if id_ is None else self._world.account_by_id("vk", id_)


async def _read(request: Request, limit: int) -> tuple[dict[str, Any], dict[str, Upload], str]:
    """Return parameters, files, and what is wrong with the body (empty if nothing)."""
    try:
        return (*await bodies.read(request.scope, request.receive, limit), "")
    except bodies.TooLarge:
        return dict(request.query_params), {}, "the body is too large"
    except bodies.Unreadable as error:
        return dict(request.query_params), {}, str(error)


def _token(request: Request, given: dict[str, Any]) -> str:
    """Take the token out of the parameters, so that no answer and no log can show it."""
    sent = str(given.pop("access_token", "") or "")
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    return sent or (bearer.strip() if kind.lower() == "bearer" else "")


def _check_version(params: Params) -> None:
    version = params.text("v")
    if not version:
        raise refuse(8, "v (version) is required")
    numbers = parsed(version)
    if numbers is None:
        raise refuse(8, "v (version) is invalid")
    if numbers < OLDEST:
        raise refuse(8, _TOO_OLD)


def _meant(caller: Caller | None, params: Params, chats: list[str]) -> str | None:
    """Return the name of the community a call concerns: a user key may manage several."""
    if caller is None:
        return None
    ids = {text.lstrip("-") for text in (*chats, params.text("group_id"))}
    for account in caller.accounts:
        if str(account.id) in ids:
            return account.name
    return caller.accounts[0].name


def _base(request: Request) -> str:
    # Starlette's base_url takes longer than many a method.
    return f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"
