"""The demo's three sites, read from `news/*.txt` and dated from a given now."""

from __future__ import annotations

from pathlib import Path

from sandbox.sites.edit import new_picture
from sandbox.sites.pictures import draw
from sandbox.sites.site import Item, Site
from sandbox.world import World

_FOLDER = Path(__file__).with_name("news")


def demo_sites(world: World) -> list[Site]:
    """Make the three sites with their news; the newest came an hour or two before the world's now."""
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
            site.add(_item(world, site, number, part, now))
        site.changed = site.items[0].at
    return sites


def _parts(name: str) -> list[str]:
    text = (_FOLDER / f"{name}.txt").read_text("utf-8")
    return text.split("=== ")[1:]


def _item(world: World, site: Site, number: int, part: str, now: float) -> Item:
    head, html = part.split("\n\n", 1)
    title, *lines = head.splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    slug = said["slug"]
    pictures = [
        new_picture(world, slug, index, draw(said["scene"], 100 * number + index))
        for index in range(1, int(said["pictures"]) + 1)
    ]
    return Item(
        id=f"{site.name}-{slug}",
        slug=slug,
        title=title,
        html=html.strip(),
        at=now - float(said["hours"]) * 3600,
        summary=said["summary"],
        category=said["rubric"],
        pictures=pictures,
    )
