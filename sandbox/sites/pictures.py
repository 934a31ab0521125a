"""Illustrations in flat colours, drawn for the sites' items: the same scene and seed give the same bytes."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw

from sandbox.sites.scenes import SCENES, Colour, Draw, cloud, town

SIZE = (1200, 800)

_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((96, 158, 214), (232, 241, 247)),
    ((244, 178, 120), (252, 232, 206)),
    ((88, 120, 178), (214, 206, 226)),
    ((120, 190, 186), (236, 246, 236)),
    ((222, 128, 118), (250, 222, 196)),
)
_HILLS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((120, 166, 132), (82, 134, 104), (52, 98, 80)),
    ((178, 150, 112), (138, 116, 92), (92, 82, 74)),
    ((128, 156, 176), (92, 122, 150), (58, 84, 116)),
)


@lru_cache(maxsize=64)  # a world that begins anew shows the same pictures
def draw(scene: str, seed: int) -> bytes:
    """Return a JPEG of 1200 x 800 pixels; an unknown scene is drawn as a town."""
    random = Random(f"{scene}/{seed}")
    picture = _sky(random)
    canvas = ImageDraw.Draw(picture)
    _hills(canvas, random)
    SCENES.get(scene, town)(canvas, random)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, subsampling=0)
    return out.getvalue()


def _sky(random: Random) -> Image.Image:
    top, bottom = random.choice(_SKIES)
    width, height = SIZE
    column = Image.new("RGB", (1, height))
    for y in range(height):
        part = min(1.0, y / (height * 0.7))
        column.putpixel(
            (0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        )
    picture = column.resize(SIZE)
    canvas = ImageDraw.Draw(picture)
    x, y, r = random.randint(150, width - 150), random.randint(110, 220), random.randint(50, 80)
    canvas.ellipse((x - r, y - r, x + r, y + r), (255, 246, 220))
    for _ in range(random.randint(2, 4)):
        cloud(canvas, random.randint(0, width), random.randint(60, 300), random.randint(28, 46))
    return picture


def _hills(canvas: Draw, random: Random) -> None:
    width, height = SIZE
    for level, colour in enumerate(random.choice(_HILLS)):
        base, phase = 470 + level * 95, random.uniform(0, 6)
        tops = [
            (
                x,
                base
                + 38 * math.sin(x / (150 + 40 * level) + phase)
                + 18 * math.sin(x / 61 + phase),
            )
            for x in range(0, width + 20, 20)
        ]
        canvas.polygon([(0, height), *tops, (width, height)], colour)
