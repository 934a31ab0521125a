"""One Chromium for the session, one sandbox for a module, a new world for every test."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator

import pytest
from browser_town import PATIENCE_MS, Town
from playwright.async_api import Browser, Playwright, async_playwright, expect

_NAMES = ("chromium", "chromium-browser", "google-chrome")
ABSENT = f"there is no {' or '.join(_NAMES)} on the PATH; install one, on Debian by: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder and needs the browser."""
    for item in items:
        if "town" in getattr(item, "fixturenames", ()) and item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))  # one Chromium, not one a worker


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """Give the event loop of browser and sandboxes; it stands still between the tests."""
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="session")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    """Start the machine's Chromium; without one the tests are skipped."""
    binary = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip(ABSENT)
    playwright, started = runner.run(_start(binary))
    yield started
    runner.run(_stop(playwright, started))


async def _start(binary: str) -> tuple[Playwright, Browser]:
    playwright = await async_playwright().start()
    expect.set_options(timeout=PATIENCE_MS)
    # Chromium refuses to run as root, as in a container, without --no-sandbox.
    args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright, await playwright.chromium.launch(executable_path=binary, args=args)


async def _stop(playwright: Playwright, browser: Browser) -> None:
    await browser.close()
    await playwright.stop()


@pytest.fixture(scope="module")
def _running_town(runner: asyncio.Runner, browser: Browser) -> Iterator[Town]:
    town = Town(runner, browser)
    runner.run(town.start())
    yield town
    runner.run(town.stop())


@pytest.fixture
def town(_running_town: Town) -> Iterator[Town]:
    """Give a new world, seen by nobody yet."""
    _running_town.troubles.clear()
    _running_town.runner.run(_running_town.afresh())
    yield _running_town
    _running_town.runner.run(_running_town.close_pages())
