from __future__ import annotations

import io
import struct
import zlib
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from core.errors import PictureError
from newsroom.metadata import strip_gif, strip_jpeg, strip_png
from newsroom.pictures import BYTES, RATIO, SIDES, Picture, prepare

SECRET = b"55.7558N 37.6173E"


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, "white")
    image.paste((200, 30, 30), (0, 0, max(size[0] // 2, 1), max(size[1] // 2, 1)))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = SECRET.decode()
    return data


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


@pytest.mark.parametrize(
    ("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif")]
)
def test_a_picture_with_nothing_to_change_keeps_its_bytes(kind: str, mime: str) -> None:
    content = saved(drawn(), kind)
    picture = prepare(content)
    assert picture == Picture(sha256(content).hexdigest(), content, mime, 60, 40)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "quality": 30}])
def test_a_jpeg_loses_its_metadata_and_not_a_pixel(options: dict[str, Any]) -> None:
    content = saved(
        drawn((200, 150)), "JPEG", exif=exif(), comment=SECRET, icc_profile=b"profile", **options
    )
    with_xmp = content[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(SECRET)) + SECRET + content[2:]
    picture = prepare(with_xmp + SECRET)
    assert SECRET not in picture.content
    assert picture.content.endswith(b"\xff\xd9")
    with opened(picture) as now, Image.open(io.BytesIO(content)) as before:
        assert ImageChops.difference(now, before).getbbox() is None
        assert now.info["icc_profile"] == b"profile"
        assert len(now.getexif()) == 0


def test_a_second_picture_behind_the_first_goes_with_its_metadata() -> None:
    content = saved(drawn(), "MPO", save_all=True, append_images=[drawn()], exif=exif())
    picture = prepare(content)
    assert SECRET not in picture.content
    assert (picture.mime, len(picture.content) < len(content)) == ("image/jpeg", True)


def test_a_png_loses_its_texts_and_not_a_pixel() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    content = saved(drawn(mode="RGBA"), "PNG", exif=exif())
    texts = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"tIME", b"\x07\xea\x0b\x16\x14\x1e\0")
    picture = prepare(content[:33] + texts + content[33:] + SECRET)
    assert SECRET not in picture.content
    assert b"tIME" not in picture.content
    with opened(picture) as now, drawn(mode="RGBA") as before:
        assert now.tobytes() == before.tobytes()


def test_an_animation_stays_one_without_its_comment() -> None:
    frames = [drawn(), drawn((60, 40)).rotate(90)]
    content = saved(
        frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, comment=SECRET
    )
    picture = prepare(content)
    assert SECRET in content
    assert SECRET not in picture.content
    with opened(picture) as now:
        assert getattr(now, "n_frames", 1) == 2
        assert now.info["loop"] == 0


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_on_its_side_is_set_upright(kind: str, orientation: int) -> None:
    lying = saved(drawn((64, 32)), kind, exif=exif(orientation))
    picture = prepare(lying)
    with Image.open(io.BytesIO(lying)) as before:
        turns = orientation >= 5
        assert (picture.width, picture.height) == ((32, 64) if turns else (64, 32))
        assert before.size == (64, 32)
    with opened(picture) as now:
        assert now.size == (picture.width, picture.height)
        assert len(now.getexif()) == 0
        corners = {
            "left top": (2, 2),
            "right top": (now.width - 3, 2),
            "right bottom": (now.width - 3, now.height - 3),
            "left bottom": (2, now.height - 3),
        }
        red = [name for name, at in corners.items() if now.convert("RGB").getpixel(at)[1] < 100]  # type: ignore[index, operator]
    expected = {2: "right top", 3: "right bottom", 4: "left bottom", 5: "left top", 6: "right top", 7: "right bottom", 8: "left bottom"}  # fmt: skip
    assert red == [expected[orientation]]


def test_webp_becomes_jpeg_on_white() -> None:
    image = Image.new("RGBA", (30, 20), (255, 0, 0, 0))
    picture = prepare(saved(image, "WEBP", lossless=True, exif=exif()))
    assert picture.mime == "image/jpeg"
    assert SECRET not in picture.content
    with opened(picture) as now:
        assert now.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "kind"),
    [((9000, 1500), "JPEG"), ((1500, 9000), "PNG"), ((9900, 101), "PNG"), ((3000, 10), "JPEG"), ((1, 9999), "PNG"), ((20000, 1), "PNG")],
)  # fmt: skip
def test_sides_and_their_ratio_are_brought_within_the_limits(
    size: tuple[int, int], kind: str
) -> None:
    picture = prepare(saved(Image.new("L", size, 0), kind))
    longest, shortest = max(picture.width, picture.height), min(picture.width, picture.height)
    assert longest + shortest <= SIDES
    assert longest <= RATIO * shortest
    with opened(picture) as now:
        assert now.size == (picture.width, picture.height)


def test_a_palette_with_transparency_survives_scaling() -> None:
    image = Image.new("P", (4200, 100), 0)
    picture = prepare(saved(image, "PNG", transparency=0))
    assert (picture.mime, picture.width, picture.height) == ("image/png", 4200, 210)


def test_a_file_over_the_limit_is_made_smaller() -> None:
    content = saved(drawn(), "PNG")
    padding = struct.pack(">I", BYTES) + b"prVt" + bytes(BYTES)
    padding += struct.pack(">I", zlib.crc32(padding[4:]))
    picture = prepare(content[:33] + padding + content[33:])
    assert len(picture.content) <= BYTES
    assert (picture.width, picture.height) == (60, 40)


def claiming(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
        + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )  # fmt: skip


@pytest.mark.parametrize("size", [(30000, 30000), (8000, 5001), (2**31 - 1, 2**31 - 1)])
def test_a_flood_of_pixels_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="слишком велика"):
        prepare(claiming(*size))


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", saved(drawn(), "BMP"), saved(drawn(), "TIFF"), b"%PDF-1.4"],
    ids=["empty", "svg", "html", "bmp", "tiff", "pdf"],
)  # fmt: skip
def test_what_is_no_known_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError, match="не картинка"):
        prepare(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_picture_is_refused(kind: str) -> None:
    content = saved(drawn((300, 300)).effect_spread(50), kind)
    with pytest.raises(PictureError, match="повреждена"):
        prepare(content[: len(content) // 2])


SAMPLES = [saved(drawn(), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")]


@given(st.sampled_from(SAMPLES), st.integers(0, 400), st.binary(max_size=8))
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_picture_is_a_picture_or_a_picture_error(
    sample: bytes, at: int, damage: bytes
) -> None:
    try:
        picture = prepare(sample[:at] + damage + sample[at + len(damage) :])
    except PictureError:
        return
    assert opened(picture).size == (picture.width, picture.height)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_strippers_raise(content: bytes) -> None:
    strip_jpeg(b"\xff\xd8" + content)
    strip_png(b"\x89PNG\r\n\x1a\n" + content)
    strip_gif(b"GIF89a" + content)
