"""The same submission sent twice is known again; others are not taken for it."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from newsroom.likeness import Print, alike, look_of, print_of

TEXT = (
    "Вчера в областной библиотеке прошло собрание молодёжного совета, на котором обсудили планы на "
    "весну, выбрали нового председателя и наградили активистов первичных организаций области."
)
OTHER = (
    "Завтра в Твери откроется выставка работ ветеранов завода, приходите всей семьёй к трём часам."
)


def scene(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Make a picture with many shapes of its own."""
    dice = random.Random(seed)
    image = Image.new("RGB", (480, 320), tuple(dice.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y, w, h = (dice.randrange(n) for n in (480, 320, 90, 80))
        colour = tuple(dice.randrange(256) for _ in range(3))
        draw.ellipse((x - w, y - h, x + w, y + h), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(1)).resize(size)


def jpeg(image: Image.Image, quality: int, scale: float = 1) -> Image.Image:
    """Return a picture as a messenger gives it back."""
    body = io.BytesIO()
    size = round(image.width * scale), round(image.height * scale)
    image.convert("RGB").resize(size).save(body, "JPEG", quality=quality)
    body.seek(0)
    return Image.open(body)


def page(seed: int) -> Image.Image:
    """Make a scanned page: black lines of unequal length on white."""
    dice = random.Random(seed)
    image = Image.new("L", (420, 600), 255)
    draw = ImageDraw.Draw(image)
    for y in range(40, 560, 14):
        draw.rectangle((40, y, 40 + dice.randrange(200, 340), y + 5), fill=0)
    return image


LOOKS = [look_of(scene(seed)) for seed in range(12)]
LOGO = LOOKS[11]
ALBUM = tuple(LOOKS[:5])
AGAIN = tuple(look_of(jpeg(scene(seed), 45, 0.6)) for seed in range(5))


@pytest.mark.parametrize(
    ("claim", "mine", "yours", "answer"),
    [
        ("the same words", (TEXT, ()), (TEXT, ()), True),
        ("other case, ё and marks", (TEXT, ()), (TEXT.upper().replace("Ё", "Е").replace(",", " —"), ()), True),
        ("a sentence more", (TEXT, ()), (TEXT + " Поздравляем!", ()), True),
        ("one word of many is another", (TEXT, ()), (TEXT.replace("весну", "лето"), ()), False),
        ("the last word is another", (TEXT, ()), (TEXT.replace("области.", "края."), ()), True),
        ("other words", (TEXT, ()), (OTHER, ()), False),
        ("a text with pictures and without", (TEXT, ALBUM), (TEXT, ()), True),
        ("a text with other pictures", (TEXT, ALBUM), (TEXT, tuple(LOOKS[5:9])), True),
        ("short and the same", ("Ура, победа!", ()), ("ура победа", ()), True),
        ("short and nearly the same", ("Ура, победа!", ()), ("Ура, победа наша", ()), False),
        ("short words over and over", ("да да да", ()), ("да да да да", ()), False),
        ("the same emoji", ("🎉🎉", ()), ("🎉🎉", ()), True),
        ("other emoji", ("🎉🎉", ()), ("🎄", ()), False),
        ("nothing at all", ("", ()), ("", ()), False),
        ("an album and nothing", ("", ALBUM), ("", ()), False),
        ("an album without words, again", ("", ALBUM), ("", ALBUM), True),
        ("an album recompressed", ("", ALBUM), ("", AGAIN), True),
        ("an album in another order", ("", ALBUM), ("", AGAIN[::-1]), True),
        ("an album, the second time with words", ("", ALBUM), (TEXT, AGAIN), True),
        ("an album with a corrected text", (TEXT, ALBUM), (OTHER, AGAIN), True),
        ("an album with one picture less", ("", ALBUM), ("", AGAIN[1:]), True),
        ("half of an album", ("", ALBUM), ("", AGAIN[:2]), False),
        ("one picture, again", ("", ALBUM[:1]), ("", AGAIN[:1]), True),
        ("one picture over two different texts", (TEXT, (LOGO,)), (OTHER, (LOGO,)), False),
        ("a logo among others, other texts", (TEXT, (*ALBUM, LOGO)), (OTHER, (*LOOKS[5:9], LOGO)), False),
        ("a logo among others, no texts", ("", (*ALBUM, LOGO)), ("", (*LOOKS[5:9], LOGO)), False),
        ("one picture thrice and three pictures", ("", ALBUM[:1] * 3), ("", ALBUM[:3]), False),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 50 else "",
)  # fmt: skip
def test_the_same_thing_is_known_and_another_is_not(
    claim: str, mine: tuple[str, tuple[int, ...]], yours: tuple[str, tuple[int, ...]], answer: bool
) -> None:
    first, second = print_of("", *mine), print_of("", *yours)
    assert alike(first, second) is answer, claim
    assert alike(second, first) is answer, claim


def test_a_line_taken_for_a_title_does_not_matter() -> None:
    assert print_of("Собрание", TEXT, ()) == print_of("", f"Собрание\n\n{TEXT}", ())


def plain_pictures() -> list[Image.Image]:
    """Return pictures with nothing to know them by: colours, shades, noise, pages of text."""
    return [
        *(Image.new("RGB", (300, 200), colour) for colour in ("red", "navy", "white", "black")),
        Image.new("RGBA", (300, 200), (0, 0, 0, 0)),
        Image.linear_gradient("L"),
        Image.linear_gradient("L").rotate(90),
        Image.linear_gradient("L").rotate(-90),
        page(1),
        page(2),
    ]


@pytest.mark.parametrize("number", range(len(plain_pictures())))
def test_plain_pictures_are_not_taken_for_each_other(number: int) -> None:
    look = look_of(jpeg(plain_pictures()[number], 40))
    for other in plain_pictures():
        assert not alike(print_of("", "", [look]), print_of("", "", [look_of(other)]))
    assert alike(print_of("", TEXT, [look]), print_of("", TEXT, [look]))


@pytest.mark.parametrize("quality", [25, 60, 90])
@pytest.mark.parametrize("scale", [0.4, 1, 2.5])
def test_a_look_survives_recompression_and_scaling(quality: int, scale: float) -> None:
    for seed in range(4):
        again = look_of(jpeg(scene(seed), quality, scale))
        assert (LOOKS[seed] ^ again).bit_count() <= 3


def test_different_pictures_look_different() -> None:
    apart = [(a ^ b).bit_count() for a in LOOKS for b in LOOKS if a != b]
    assert len(set(LOOKS)) == len(LOOKS)
    assert min(apart) > 9


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
@pytest.mark.parametrize("size", [(1, 1), (3, 500), (200, 100)])
def test_any_kind_of_picture_has_a_look_that_fits_the_column(
    mode: str, size: tuple[int, int]
) -> None:
    assert 0 <= look_of(Image.new(mode, size)) < 2**63


def test_a_picture_turned_by_its_exif_looks_as_it_is_shown() -> None:
    image = scene(3)
    turned = image.rotate(90, expand=True)
    turned.getexif()[0x0112] = 6  # to be turned by 90 degrees clockwise
    assert look_of(turned) == look_of(image)


def test_looking_leaves_the_picture_as_it_was() -> None:
    image = scene(1, (1200, 800))
    before = image.tobytes()
    look_of(image)
    assert (image.size, image.tobytes()) == ((1200, 800), before)


def test_a_print_is_the_same_in_another_process() -> None:
    code = (
        f"from newsroom.likeness import print_of; print(sorted(print_of('', {TEXT!r}, ()).words))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert run.stdout.strip() == str(sorted(print_of("", TEXT, ()).words))


prints = st.builds(
    print_of,
    st.text(max_size=10),
    st.text("абв \n", max_size=30),
    st.lists(st.sampled_from([0, *LOOKS[:4]]), max_size=4),
)


@given(prints, prints)
def test_likeness_is_mutual_and_hashes_fit_the_column(a: Print, b: Print) -> None:
    assert alike(a, b) is alike(b, a)
    assert all(0 <= word < 2**63 for word in a.words)
    assert not a.words or alike(a, a)
