"""Makes a stranger's picture fit to send: its kind known by its bytes, its size bounded, its metadata gone."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import PictureError
from newsroom import metadata

BYTES = 10 * 1024 * 1024  # these three: what the strictest messenger takes
SIDES = 10_000
RATIO = 20
PIXELS = 40_000_000
_QUALITY = 90
_ORIENTATION = 0x0112
_STRIPPERS: dict[str, Callable[[bytes], bytes | None]] = {
    "JPEG": metadata.strip_jpeg,
    "PNG": metadata.strip_png,
    "GIF": metadata.strip_gif,
}
_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_BROKEN = "Картинка повреждена и не открывается; пришлите другую"
_TOO_LARGE = (
    f"Картинка слишком велика: больше {PIXELS // 1_000_000} миллионов точек; "
    "уменьшите её и пришлите снова"
)
_SMALLER = 0.8


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to send: SHA-256 of its bytes in hexadecimal, its MIME type and size in pixels."""

    sha: str
    content: bytes
    mime: str
    width: int
    height: int


def prepare(content: bytes) -> Picture:
    """Return the picture as it may be sent; raises PictureError for what cannot be.

    JPEG, PNG and GIF keep their very pixels where nothing has to change; a picture that lies on its
    side, is WebP, or is over the limits is encoded anew. An animation is left an animation only
    where it can stay as it is. Pure, and heavy enough to belong in a thread.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
            _check_size(image)
            kind = "JPEG" if image.format == "MPO" else image.format or ""
            image.load()
            turned = image.getexif().get(_ORIENTATION, 1) not in (0, 1)
            if not turned and _fits(image) and kind in _STRIPPERS:
                stripped = _STRIPPERS[kind](content)
                if stripped is not None and len(stripped) <= BYTES:
                    return _picture(stripped, kind, image.size)
            return _encode(image, kind)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            "Это не картинка JPEG, PNG, GIF или WebP; сохраните её в одном из этих видов и пришлите снова"
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_TOO_LARGE) from error
    except Exception as error:  # Pillow's readers raise almost anything for damaged files
        raise PictureError(_BROKEN) from error


def _check_size(image: Image.Image) -> None:
    # Known from the header alone: a few bytes may claim gigabytes of pixels.
    width, height = image.size
    if width * height > PIXELS:
        raise PictureError(_TOO_LARGE)
    if width < 1 or height < 1:
        raise PictureError(_BROKEN)


def _fits(image: Image.Image) -> bool:
    width, height = image.size
    return width + height <= SIDES and max(width, height) <= RATIO * min(width, height)


def _encode(image: Image.Image, kind: str) -> Picture:
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA", "L", "LA") else None
    upright = ImageOps.exif_transpose(image)
    is_drawing = kind in ("PNG", "GIF")
    ready = _shaped(_colours(upright, with_alpha=is_drawing))
    while True:
        out = io.BytesIO()
        if is_drawing:
            ready.save(out, "PNG", icc_profile=profile, optimize=False)
        else:
            ready.save(out, "JPEG", quality=_QUALITY, icc_profile=profile)
        if out.tell() <= BYTES:
            return _picture(out.getvalue(), "PNG" if is_drawing else "JPEG", ready.size)
        if is_drawing:  # too large as a drawing, so it is rather a photo
            is_drawing, ready = False, _colours(ready, with_alpha=False)
        else:
            ready = ready.resize(_scaled(ready.size, _SMALLER))


def _colours(image: Image.Image, *, with_alpha: bool) -> Image.Image:
    if not image.has_transparency_data:
        return image if image.mode in ("RGB", "L") else image.convert("RGB")
    layered = image.convert("RGBA")
    if with_alpha:
        return layered
    white = Image.new("RGB", layered.size, "white")
    white.paste(layered, mask=layered.getchannel("A"))
    return white


def _shaped(image: Image.Image) -> Image.Image:
    """Bring a picture within the limits: scaled down, and a strip thinner than allowed set on white."""
    longest, shortest = max(image.size), min(image.size)
    whole = longest + max(shortest, _thinnest(longest))
    if whole > SIDES:
        # One pixel less than allowed: sides are rounded.
        image = image.resize(_scaled(image.size, (SIDES - 1) / whole), Image.Resampling.LANCZOS)
    least = _thinnest(max(image.size))
    size = max(image.width, least), max(image.height, least)
    if size == image.size:
        return image
    canvas = Image.new(image.mode, size, "white")
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas


def _thinnest(longest: int) -> int:
    return -(-longest // RATIO)


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def _picture(content: bytes, kind: str, size: tuple[int, int]) -> Picture:
    return Picture(sha256(content).hexdigest(), content, _MIMES[kind], *size)
