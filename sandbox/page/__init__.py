"""The page to chat in: one HTML document with scripts and styles of its own, all of it over /control."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-cache",
}


def routes() -> list[BaseRoute]:
    """Return the routes of the page and of what it loads."""
    return [
        Route("/", _page),
        Route("/page/{file}", _file),
        Route("/favicon.ico", _icon),
    ]


async def _page(request: Request) -> Response:
    return FileResponse(_FOLDER / "index.html", media_type="text/html", headers=_HEADERS)


async def _file(request: Request) -> Response:
    path = _FOLDER / request.path_params["file"]
    # The route takes no slashes, so the name cannot lead out of the folder.
    if path.suffix not in _TYPES or not path.is_file():
        return PlainTextResponse("Такого файла нет.", 404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=_HEADERS)


async def _icon(request: Request) -> Response:
    return FileResponse(_FOLDER / "icon.svg", media_type="image/svg+xml", headers=_HEADERS)
