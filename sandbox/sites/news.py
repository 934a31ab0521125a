"""The demo's three sites, read from `news/*.txt` and dated from the world's now.

`news/later.txt` holds what the sites publish in the two days to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.sites.edit import new_picture
from sandbox.sites.feeds import MSK
from sandbox.sites.pictures import draw
from sandbox.sites.site import Item, Site
from sandbox.world import World

_FOLDER = Path(__file__).with_name("news")


def demo_sites(world: World) -> list[Site]:
    """Make the three sites: the newest item came an hour or two before the world's now, some are to come."""
    now = world.clock.now()
    sites = [
        Site(
            "federation",
            "Ивановское областное объединение организаций профсоюзов",
            "Новости областного объединения и координационных советов",
            "rss",
            encoding="windows-1251",
            declare="windows-1251",
        ),
        Site(
            "education",
            "Профсоюз образования Ивановской области",
            "Новости областной организации профсоюза работников образования",
            "rss",
            enclosures=True,
        ),
        Site(
            "youth",
            "Молодёжный совет",
            "Молодёжный совет профсоюзов Ивановской области",
            "atom",
        ),
    ]
    for site in sites:
        for number, part in enumerate(_parts(site.name)):
            title, said, html = _read(part)
            at = now - float(said["hours"]) * 3600
            site.add(_item(world, site, title, said, html, at, said["slug"], 100 * number))
        site.changed = site.items[0].at
        site.last_number = world.published(site.name)
    _announce(world, {site.name: site for site in sites}, now)
    return sites


def _announce(world: World, sites: Mapping[str, Site], now: float) -> None:
    """Take in what is to come. Its slugs are numbered: after a reset it must be news again."""
    for number, part in enumerate(_parts("later")):
        title, said, html = _read(part)
        site = sites[said["site"]]
        site.last_number += 1
        slug = f"{said['slug']}-{site.last_number}"
        at = _moment(said["when"], now)
        site.add(_item(world, site, title, said, html, at, slug, 100 * number + 50))


def _moment(when: str, now: float) -> float:
    """Read «45 min» from now, or «1 day 09:30»: that time of the next day in Moscow."""
    count, unit, *at = when.split()
    if unit == "min":
        return now + int(count) * 60
    hour, minute = map(int, at[0].split(":"))
    day = datetime.fromtimestamp(now, MSK) + timedelta(days=int(count))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()


def _parts(name: str) -> list[str]:
    text = (_FOLDER / f"{name}.txt").read_text("utf-8")
    return text.split("=== ")[1:]


def _read(part: str) -> tuple[str, dict[str, str], str]:
    head, html = part.split("\n\n", 1)
    title, *lines = head.splitlines()
    return title, dict(line.split(": ", 1) for line in lines), html.strip()


def _item(
    world: World,
    site: Site,
    title: str,
    said: Mapping[str, str],
    html: str,
    at: float,
    slug: str,
    seed: int,
) -> Item:
    pictures = [
        new_picture(world, slug, index, draw(said["scene"], seed + index))
        for index in range(1, int(said["pictures"]) + 1)
    ]
    return Item(
        id=f"{site.name}-{slug}",
        slug=slug,
        title=title,
        html=html,
        at=at,
        summary=said["summary"],
        category=said["rubric"],
        pictures=pictures,
    )
