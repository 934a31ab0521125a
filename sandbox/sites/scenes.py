"""What the illustrations show: one function a scene, drawn over sky and hills of 1200 x 800 pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random

from PIL import ImageDraw

Draw = ImageDraw.ImageDraw
Colour = tuple[int, int, int]

_RED: Colour = (196, 62, 54)
_CREAM: Colour = (250, 244, 230)
_INK: Colour = (44, 54, 72)
_GOLD: Colour = (236, 182, 72)
_STEEL: Colour = (120, 134, 150)


def cloud(canvas: Draw, x: int, y: int, r: int) -> None:
    """Draw a white cloud around a point."""
    for dx, dy, size in ((-1.5, 0.3, 0.8), (0, 0, 1.2), (1.5, 0.25, 0.9)):
        cx, cy, cr = x + dx * r, y + dy * r, size * r
        canvas.ellipse((cx - cr, cy - cr, cx + cr, cy + cr), (255, 255, 255))
    canvas.rounded_rectangle(
        (x - 2.4 * r, y + 0.2 * r, x + 2.5 * r, y + 1.15 * r), r / 2, (255, 255, 255)
    )


def _house(canvas: Draw, x: int, y: int, wide: int, high: int, wall: Colour, roof: Colour) -> None:
    canvas.rectangle((x, y - high, x + wide, y), wall)
    canvas.polygon(
        [(x - 14, y - high), (x + wide + 14, y - high), (x + wide / 2, y - high - wide * 0.45)],
        roof,
    )
    _windows(canvas, x, y, wide, high)


def _windows(canvas: Draw, x: int, y: int, wide: int, high: int) -> None:
    columns, rows = max(2, wide // 60), max(1, high // 80)
    for row in range(rows):
        for column in range(columns):
            left = x + (column + 0.5) * wide / columns - 13
            top = y - high + (row + 0.5) * high / rows - 20
            canvas.rectangle((left, top, left + 26, top + 38), (252, 226, 150))
            canvas.line((left + 13, top, left + 13, top + 38), _INK, 3)


def _tree(canvas: Draw, x: int, y: int, r: int) -> None:
    canvas.rectangle((x - 8, y - r, x + 8, y), (112, 84, 62))
    canvas.ellipse((x - r, y - 2.6 * r, x + r, y - 0.6 * r), (66, 122, 84))
    canvas.ellipse((x - 0.5 * r, y - 2.4 * r, x + 0.7 * r, y - 1.3 * r), (92, 150, 104))


def town(canvas: Draw, random: Random) -> None:
    """Draw a row of houses with trees."""
    x = 60
    while x < 1080:
        wide, high = random.randint(110, 190), random.randint(120, 280)
        wall = random.choice([_CREAM, (226, 196, 168), (206, 214, 222), (238, 216, 196)])
        _house(canvas, x, 690, wide, high, wall, random.choice([_RED, _INK, (150, 92, 72)]))
        x += wide + random.randint(24, 70)
    for _ in range(5):
        _tree(canvas, random.randint(40, 1160), random.randint(715, 760), random.randint(30, 44))


def _home(canvas: Draw, random: Random) -> None:
    _house(canvas, 420, 690, 360, 240, _CREAM, _RED)
    canvas.rectangle((570, 560, 640, 690), (132, 92, 70))
    for x in (220, 320, 900, 1010):
        _tree(canvas, x, 700 + random.randint(0, 40), random.randint(44, 60))


def _school(canvas: Draw, random: Random) -> None:
    canvas.rectangle((220, 430, 980, 690), _CREAM)
    canvas.rectangle((500, 370, 700, 690), (238, 222, 196))
    canvas.polygon([(480, 370), (720, 370), (600, 280)], _RED)
    _windows(canvas, 230, 690, 260, 250)
    _windows(canvas, 710, 690, 260, 250)
    canvas.rectangle((565, 580, 635, 690), (120, 84, 66))
    canvas.ellipse((566, 400, 634, 468), (255, 255, 255), _INK, 5)
    canvas.line((600, 434, 600, 410), _INK, 5)
    canvas.line((600, 434, 618, 442), _INK, 5)
    canvas.line((600, 280, 600, 180), _INK, 7)
    canvas.polygon([(604, 184), (690, 204), (604, 230)], random.choice([_RED, _GOLD]))


def _hall(canvas: Draw, random: Random) -> None:
    canvas.rectangle((240, 640, 960, 690), (214, 206, 196))
    canvas.rectangle((270, 600, 930, 640), (230, 222, 210))
    for x in range(310, 900, 96):
        canvas.rectangle((x, 400, x + 44, 600), _CREAM)
        canvas.rectangle((x - 8, 390, x + 52, 408), (232, 220, 200))
    canvas.rectangle((270, 350, 930, 392), (230, 222, 210))
    canvas.polygon([(250, 350), (950, 350), (600, 240)], _CREAM)
    canvas.ellipse((560, 278, 640, 342), random.choice([_RED, _GOLD]))


def _factory(canvas: Draw, random: Random) -> None:
    for x in (300, 420):
        canvas.polygon([(x, 690), (x + 60, 690), (x + 48, 300), (x + 12, 300)], (168, 92, 74))
        canvas.rectangle((x + 10, 330, x + 50, 352), _CREAM)
        cloud(canvas, x + 60, 240 - random.randint(0, 40), 30)
    canvas.rectangle((240, 520, 980, 690), (186, 108, 86))
    for x in range(500, 960, 120):
        canvas.polygon([(x, 520), (x + 120, 520), (x + 120, 450)], (150, 86, 70))
    _windows(canvas, 250, 690, 720, 150)


def _river(canvas: Draw, random: Random) -> None:
    canvas.polygon(
        [(0, 800), (420, 600), (700, 560), (1200, 800)],
        random.choice([(96, 160, 204), (82, 142, 182)]),
    )
    for _ in range(14):
        x, y = random.randint(320, 860), random.randint(640, 780)
        canvas.line((x, y, x + random.randint(30, 80), y), (206, 230, 242), 4)
    canvas.polygon([(560, 690), (720, 690), (690, 730), (590, 730)], (132, 92, 70))
    canvas.polygon([(636, 680), (636, 560), (710, 676)], _CREAM)
    for x in (120, 220, 980, 1090):
        _tree(canvas, x, random.randint(610, 650), random.randint(40, 56))


def _park(canvas: Draw, random: Random) -> None:
    canvas.polygon([(480, 800), (560, 600), (620, 600), (760, 800)], (226, 208, 174))
    for x in (110, 230, 360, 820, 940, 1080):
        _tree(canvas, x, random.randint(640, 740), random.randint(52, 74))
    canvas.rectangle((640, 650, 780, 664), (150, 104, 76))
    canvas.rectangle((656, 664, 668, 700), _INK)
    canvas.rectangle((752, 664, 764, 700), _INK)


def _road(canvas: Draw, random: Random) -> None:
    canvas.polygon([(380, 800), (570, 540), (620, 540), (860, 800)], (92, 98, 108))
    for near in (0.1, 0.35, 0.7):
        y, half = 540 + 260 * near, 3 + 9 * near
        canvas.polygon(
            [(596 - half, y), (596 + half, y), (600 + 2 * half, y + 50), (600 - 2 * half, y + 50)],
            _CREAM,
        )
    x, y = 560, 690
    for wheel in (x, x + 150):
        canvas.ellipse((wheel - 52, y - 52, wheel + 52, y + 52), None, _INK, 9)
    frame = [(x, y), (x + 62, y - 4), (x + 128, y - 84), (x + 46, y - 84), (x, y)]
    canvas.line([*frame], _RED, 10, joint="curve")
    canvas.line([(x + 62, y - 4), (x + 40, y - 108)], _RED, 10)
    canvas.line([(x + 150, y), (x + 124, y - 112), (x + 158, y - 120)], _RED, 10, joint="curve")
    canvas.line([(x + 20, y - 108), (x + 62, y - 108)], _INK, 12)
    _tree(canvas, 160 + random.randint(0, 60), 660, 56)
    _tree(canvas, 1010 + random.randint(0, 60), 680, 62)


def _tent(canvas: Draw, random: Random) -> None:
    for x, colour in ((260, _RED), (540, _GOLD), (820, (74, 124, 168))):
        low = 690 + random.randint(-20, 20)
        canvas.polygon([(x - 130, low), (x + 130, low), (x, low - 200)], colour)
        canvas.polygon([(x - 36, low), (x + 36, low), (x, low - 130)], _INK)
    canvas.polygon([(640, 760), (690, 760), (665, 690)], _GOLD)
    canvas.polygon([(650, 762), (682, 762), (666, 720)], _RED)
    for x in (90, 1020, 1110):
        _tree(canvas, x, 670, random.randint(52, 68))


def _card(canvas: Draw, colour: Colour = _CREAM) -> None:
    canvas.ellipse((330, 130, 870, 670), colour)


def _books(canvas: Draw, random: Random) -> None:
    _card(canvas)
    y = 590
    for colour in random.sample([_RED, (74, 124, 168), (82, 134, 104), _GOLD, _INK], 4):
        shift = random.randint(-26, 26)
        canvas.rounded_rectangle((430 + shift, y - 62, 770 + shift, y), 10, colour)
        canvas.rectangle((456 + shift, y - 50, 764 + shift, y - 12), (252, 248, 238))
        canvas.rectangle((430 + shift, y - 62, 470 + shift, y), colour)
        y -= 66
    canvas.polygon([(470, y - 20), (600, y - 70), (730, y - 20), (600, y + 30)], _INK)
    canvas.line([(730, y - 20), (736, y + 50)], _GOLD, 6)


def _scales(canvas: Draw, random: Random) -> None:
    _card(canvas)
    tilt = random.choice([-22, 0, 22])
    canvas.rectangle((592, 250, 608, 560), _INK)
    canvas.rounded_rectangle((510, 552, 690, 584), 10, _INK)
    canvas.ellipse((582, 226, 618, 262), _GOLD)
    canvas.line([(440, 290 + tilt), (760, 290 - tilt)], _INK, 12)
    for x, y in ((440, 290 + tilt), (760, 290 - tilt)):
        canvas.line([(x, y), (x - 64, y + 150)], _STEEL, 4)
        canvas.line([(x, y), (x + 64, y + 150)], _STEEL, 4)
        canvas.pieslice((x - 76, y + 84, x + 76, y + 216), 0, 180, _GOLD)


def _gear(canvas: Draw, random: Random) -> None:
    _card(canvas)
    for cx, cy, r, colour in ((545, 440, 120, _STEEL), (715, 335, 78, _RED)):
        turn = random.uniform(0, 1)
        for tooth in range(10):
            a = turn + tooth * math.pi / 5
            tip = [
                (cx + math.cos(a + d) * q * r, cy + math.sin(a + d) * q * r)
                for d, q in ((-0.19, 0.9), (-0.12, 1.22), (0.12, 1.22), (0.19, 0.9))
            ]
            canvas.polygon(tip, colour)
        canvas.ellipse((cx - r, cy - r, cx + r, cy + r), colour)
        canvas.ellipse((cx - r * 0.4, cy - r * 0.4, cx + r * 0.4, cy + r * 0.4), _CREAM)


def _helmet(canvas: Draw, random: Random) -> None:
    _card(canvas)
    shell = random.choice([_GOLD, (236, 128, 64)])
    canvas.pieslice((420, 250, 780, 610), 180, 360, shell)
    canvas.rounded_rectangle((390, 424, 810, 462), 18, shell)
    canvas.rectangle((390, 420, 810, 428), (198, 148, 50))
    canvas.rounded_rectangle((572, 236, 628, 424), 20, (250, 214, 120))
    canvas.polygon([(520, 500), (680, 500), (680, 570), (600, 640), (520, 570)], (82, 134, 104))
    canvas.line([(560, 556), (592, 590), (644, 530)], _CREAM, 14, joint="curve")


def _cup(canvas: Draw, random: Random) -> None:
    _card(canvas)
    canvas.ellipse((420, 250, 540, 400), None, _GOLD, 18)
    canvas.ellipse((660, 250, 780, 400), None, _GOLD, 18)
    canvas.pieslice((470, 100, 730, 480), 0, 180, _GOLD)
    canvas.rectangle((470, 240, 730, 294), _GOLD)
    canvas.rectangle((584, 470, 616, 540), (204, 152, 50))
    canvas.rounded_rectangle((500, 536, 700, 590), 10, _INK)
    _star(canvas, 600, 350, 52, _CREAM)
    for _ in range(16):
        x, y = random.randint(120, 1080), random.randint(60, 380)
        canvas.rectangle((x, y, x + 14, y + 14), random.choice([_RED, _GOLD, _CREAM]))


def _star(canvas: Draw, x: float, y: float, r: float, colour: Colour) -> None:
    points = []
    for k in range(10):
        a, q = math.pi * (k / 5 - 0.5), r if k % 2 == 0 else r * 0.42
        points.append((x + math.cos(a) * q, y + math.sin(a) * q))
    canvas.polygon(points, colour)


def _camera(canvas: Draw, random: Random) -> None:
    _card(canvas)
    canvas.rounded_rectangle((420, 300, 780, 540), 30, _INK)
    canvas.rounded_rectangle((530, 260, 670, 320), 16, _INK)
    canvas.ellipse((510, 330, 690, 510), _STEEL)
    canvas.ellipse((536, 356, 664, 484), (74, 124, 168))
    canvas.ellipse((560, 376, 604, 420), (206, 230, 242))
    canvas.ellipse((716, 324, 748, 356), random.choice([_RED, _GOLD]))


def _bell(canvas: Draw, random: Random) -> None:
    _card(canvas, random.choice([_CREAM, (252, 232, 206)]))
    canvas.polygon([(440, 330), (440, 450), (690, 560), (690, 220)], _RED)
    canvas.rounded_rectangle((400, 330, 470, 450), 16, _INK)
    canvas.polygon([(470, 450), (530, 470), (560, 590), (500, 590)], _INK)
    canvas.rounded_rectangle((676, 210, 708, 570), 14, _CREAM, _INK, 4)
    for r in (60, 110, 160):
        canvas.arc((700 - r, 390 - r, 700 + r, 390 + r), -40, 40, _GOLD, 14)


def _heart(canvas: Draw, random: Random) -> None:
    _card(canvas)
    for x, y, s in ((600, 400, 1.0), (760, 260, 0.3), (452, 270, 0.24)):
        points = []
        for k in range(60):
            t = k * math.pi / 30
            points.append(
                (
                    x + s * 10 * 16 * math.sin(t) ** 3,
                    y
                    - s
                    * 10
                    * (
                        13 * math.cos(t)
                        - 5 * math.cos(2 * t)
                        - 2 * math.cos(3 * t)
                        - math.cos(4 * t)
                    ),
                )
            )
        canvas.polygon(points, _RED)
    canvas.line(
        [(470, 400), (550, 400), (580, 340), (620, 470), (650, 400), (730, 400)], _CREAM, 10
    )
    _star(canvas, 600, random.randint(590, 610), 22, _GOLD)


SCENES: Mapping[str, Callable[[Draw, Random], None]] = {
    "town": town,
    "house": _home,
    "school": _school,
    "hall": _hall,
    "factory": _factory,
    "river": _river,
    "park": _park,
    "road": _road,
    "tent": _tent,
    "books": _books,
    "scales": _scales,
    "gear": _gear,
    "helmet": _helmet,
    "cup": _cup,
    "camera": _camera,
    "bell": _bell,
    "heart": _heart,
}
