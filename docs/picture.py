"""Make the pictures of the README and the guides: play scenes in the demo and photograph the page.

Run it as `make picture`, with names of pictures to make those alone. It needs Chromium; the demo runs on
a free port with a folder of its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

from picture_browser import Browser, Trouble, browser_binary
from picture_scenes import Shot, play
from picture_stage import Stage, demo

IMAGES = Path(__file__).parent / "images"
DESK = (1280, 800)  # pixels
PHONE = (390, 844)
SHARP = 2  # dots a pixel of a phone's screen


def main(names: Collection[str]) -> int:
    """Make all pictures, or those named; 1 after saying what is missing."""
    try:
        make(browser_binary(), names)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def make(binary: str, names: Collection[str]) -> None:
    """Play the scenes and photograph where they stop. Raises Trouble."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vestnik-picture-") as folder:
        data, profile = Path(folder) / "demo", Path(folder) / "profile"
        with demo(data) as url, Browser(binary, profile) as browser:
            for shot in play(Stage(url)):
                if not names or shot.name in names:
                    photograph(browser, url, shot)


def photograph(browser: Browser, url: str, shot: Shot) -> None:
    """Take one picture."""
    address = f"{url}/#as={shot.person}&chat={shot.network}/{quote(shot.ref)}"
    path = IMAGES / f"{shot.name}.png"
    if shot.last is None:
        browser.photograph(address, DESK, path)
    else:
        browser.photograph_talk(address, PHONE, path, shot.last, SHARP)
    print(path, path.stat().st_size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
