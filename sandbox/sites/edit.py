"""What control may do to a site: publish, edit, remove, and spoil how it answers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape, unescape
from random import Random
from typing import Any, get_args

from sandbox.networks import Wrong
from sandbox.sites.pictures import draw
from sandbox.sites.scenes import SCENES
from sandbox.sites.site import EtagMode, Format, Item, Picture, Site
from sandbox.world import World

_END = datetime(2101, 1, 1, tzinfo=UTC).timestamp()
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ITEM_KEYS = {
    "id", "slug", "title", "html", "text", "summary", "at", "link", "pictures", "rubric", "category",
}  # fmt: skip
_MIMES = (
    (b"\xff\xd8", "image/jpeg", "jpg"),
    (b"\x89PNG", "image/png", "png"),
    (b"GIF8", "image/gif", "gif"),
)


def make_site(world: World, order: Mapping[str, Any]) -> Site:
    """Make an empty site, then carry out the rest of the order on it; raises Wrong."""
    rest = dict(order)
    name = str(rest.pop("name", ""))
    if not _NAME.fullmatch(name):
        raise Wrong("a site needs a name of lower-case Latin letters, digits and hyphens")
    if name in world.sites:
        raise Wrong(
            f"there is a site {name!r} already; give another name, or POST /control/sites/{name}"
        )
    site = Site(name, str(rest.pop("title", name)), str(rest.pop("description", "")))
    site.last_number = world.published(name)
    site.enclosures = _flag("enclosures", rest.pop("enclosures", False))
    site.changed = world.clock.now()
    items = rest.pop("items", [])
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise Wrong("items must be a list of publications, each with a title and html or text")
    for item in items:
        _publish(world, site, item)
    change_site(world, site, rest)
    world.sites[name] = site
    return site


def change_site(world: World, site: Site, order: Mapping[str, Any]) -> None:
    """Carry out an order of POST /control/sites/<name>; raises Wrong for keys and values that do not exist.

    It works on a draft: an order that is refused changes nothing.
    """
    unknown = set(order) - {"publish", "edit", "remove", "declare"} - set(_SETTINGS)
    if unknown:
        raise Wrong(
            f"a site knows no {', '.join(sorted(unknown))}; it knows publish, edit, remove, declare, "
            f"{', '.join(_SETTINGS)}"
        )
    settings = {key: _SETTINGS[key](key, value) for key, value in order.items() if key in _SETTINGS}
    if "encoding" in settings:
        settings["declare"] = settings["encoding"]
    if "declare" in order:
        settings["declare"] = _text_or_none("declare", order["declare"])
    draft = Site.from_json(site.to_json())
    for key, act in (("publish", _publish), ("edit", _edit), ("remove", _remove)):
        for one in _several(order.get(key)):
            act(world, draft, one)
    settings |= {"items": draft.items, "last_number": draft.last_number}
    for key, value in settings.items():
        setattr(site, key, value)
    # A publication's «at» is the item's own time; the feed changes now.
    if {"publish", "edit", "remove", "body", "format", "encoding", "declare"} & set(order):
        site.changed = world.clock.now()
    world.touch()


def describe_site(site: Site, base: str = "") -> dict[str, Any]:
    """Return what GET /control/world shows of a site."""
    shown = {
        key: getattr(site, key) for key in ("name", "title", "declare", "enclosures", *_SETTINGS)
    }
    return {
        **shown,
        "url": f"{base}/sites/{site.name}/",
        "feed": f"{base}/sites/{site.name}/feed.xml",
        "items": [
            {
                "id": item.id,
                "title": item.title,
                "at": datetime.fromtimestamp(item.at, UTC).isoformat(),
                "pictures": len(item.pictures),
            }
            for item in site.items
        ],
    }


def new_picture(world: World, slug: str, number: int, content: bytes) -> Picture:
    """Keep a picture's bytes in the world; raises Wrong unless they are JPEG, PNG or GIF."""
    for magic, mime, ending in _MIMES:
        if content.startswith(magic):
            name = f"{slug}-{number}.{ending}"
            return Picture(world.keep(content), name, mime, len(content))
    raise Wrong("a picture must be a JPEG, PNG or GIF")


def _publish(world: World, site: Site, order: Any) -> None:
    _check_item(order)
    if not str(order.get("title") or "").strip():
        raise Wrong('publish needs a title, e.g. {"publish": {"title": "…", "text": "…"}}')
    number = site.last_number + 1
    slug = str(order.get("slug") or f"news-{number}")
    if not _NAME.fullmatch(slug):
        raise Wrong(f"a slug is of lower-case Latin letters, digits and hyphens; it is {slug!r}")
    item = Item(
        id=str(order.get("id") or f"{site.name}-{slug}"),
        slug=slug,
        title="",
        html="",
        at=world.clock.now(),
    )
    if site.find(item.id) or site.find(slug):
        raise Wrong(f"{site.name} has an item {item.id!r} already; edit it, or give another id")
    _fill(world, item, order)
    site.last_number = number
    site.add(item)


def _edit(world: World, site: Site, order: Any) -> None:
    item = _known(site, order)
    _check_item(order)
    _fill(world, item, {key: value for key, value in order.items() if key not in ("id", "slug")})
    item.updated = max(world.clock.now(), item.at)
    site.items.sort(key=lambda i: i.at, reverse=True)


def _remove(world: World, site: Site, order: Any) -> None:
    site.items.remove(_known(site, order if isinstance(order, Mapping) else {"id": order}))


def _known(site: Site, order: Any) -> Item:
    wanted = str(order.get("id", "")) if isinstance(order, Mapping) else ""
    item = site.find(wanted)
    if item is None:
        ids = ", ".join(i.id for i in site.items[:12]) or "none at all"
        raise Wrong(f"{site.name} has no item {wanted!r}; its ids are: {ids}")
    return item


def _check_item(order: Any) -> None:
    if not isinstance(order, Mapping):
        raise Wrong("an item is an object with title and html or text")
    unknown = set(order) - _ITEM_KEYS
    if unknown:
        raise Wrong(
            f"an item has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(_ITEM_KEYS))}"
        )


def _fill(world: World, item: Item, order: Mapping[str, Any]) -> None:
    title = str(order.get("title", item.title))
    html = item.html
    if order.get("html") is not None:
        html = str(order["html"])
    elif order.get("text") is not None:
        html = "\n".join(
            f"<p>{escape(part).replace(chr(10), '<br>')}</p>"
            for part in str(order["text"]).split("\n\n")
        )
    at = seconds(order["at"]) if order.get("at") is not None else item.at
    pictures = item.pictures
    if order.get("pictures") is not None:
        pictures = _pictures(world, item.slug, title, order["pictures"])
    item.title, item.at, item.pictures = title, at, pictures
    item.link = str(order["link"]) if order.get("link") else item.link
    item.category = str(order.get("category", order.get("rubric", item.category)))
    # A new text without a summary of its own must not stay under the summary of the old one.
    own = item.summary if item.html == html else ""
    item.html = html
    item.summary = str(order.get("summary") or own or _beginning(html))


def _pictures(world: World, slug: str, title: str, wanted: Any) -> list[Picture]:
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 <= wanted <= 10:
        random = Random(f"{slug}/{title}")
        scenes = random.sample(list(SCENES), 10)
        contents = [draw(scenes[n], random.randrange(10**6)) for n in range(wanted)]
    elif isinstance(wanted, Sequence) and all(isinstance(one, bytes) for one in wanted):
        contents = list(wanted)
    else:
        raise Wrong(
            "pictures is a number from 0 to 10, or a list of data: URLs, addresses of the sandbox or base64"
        )
    return [new_picture(world, slug, n, content) for n, content in enumerate(contents, 1)]


def seconds(value: Any) -> float:
    """Read a time from 1970 to 2100, given in seconds since 1970 or in ISO 8601 with an offset; raises Wrong."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        at = float(value)
    else:
        at = _moment(str(value)).timestamp()
    if not 0 <= at < _END:
        raise Wrong(f"{value!r} lies outside the years 1970 to 2100")
    return at


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Wrong(
            f"{value!r} is no time; give seconds since 1970, or 2026-11-22T18:00:00+03:00"
        ) from None
    if moment.tzinfo is None:
        raise Wrong(f"{value!r} has no offset; add +03:00 or Z")
    return moment


def _beginning(html: str) -> str:
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    return text if len(text) <= 200 else text[:200].rsplit(" ", 1)[0] + "…"


def _several(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{key} must be true or false; it is {value!r}")
    return value


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1000:
        raise Wrong(f"{key} must be a number from 0 to 1000; it is {value!r}")
    return value


def _status(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise Wrong(f"status must be 200 (well) or another HTTP status up to 599; it is {value!r}")
    return value


def _encoding(key: str, value: Any) -> str:
    try:
        codecs.lookup(str(value))
        "я".encode(str(value), "replace")
    except LookupError:
        raise Wrong(f"there is no encoding {value!r}; e.g. utf-8, windows-1251, koi8-r") from None
    return str(value)


def _text_or_none(key: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Wrong(f"{key} must be text or null; it is {value!r}")
    return value


def _one_of(*values: str) -> Callable[[str, Any], str]:
    def read(key: str, value: Any) -> str:
        if value not in values:
            raise Wrong(f"{key} must be one of {', '.join(values)}; it is {value!r}")
        return str(value)

    return read


_SETTINGS: Mapping[str, Callable[[str, Any], Any]] = {
    "status": _status,
    "etag": _one_of(*get_args(EtagMode)),
    "format": _one_of(*get_args(Format)),
    "encoding": _encoding,
    "header": _text_or_none,
    "slow_s": _number,
    "drip": _flag,
    "size_mb": _number,
    "body": _text_or_none,
}
