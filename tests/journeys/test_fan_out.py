"""Regional news reach channels, walls and dialogs, once each, through the real adapters."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.town import town


def test_a_new_item_reaches_every_subscriber_once(tmp_path: Path) -> None:
    async def journey() -> None:
        async with town(tmp_path) as made:
            for network in ("telegram", "vk"):
                for person in (1, 2):
                    await made.subscriber(network, person)
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.post(
                "sites/news",
                publish={"title": "Оклады выросли", "html": "<p>На <b>десять</b> процентов.</p>"},
            )
            await made.flow()
            for network in ("telegram", "vk"):
                for person in (1, 2):
                    said = [
                        m for m in await made.seen(network, "main", person) if "Оклады" in m["text"]
                    ]
                    assert len(said) == 1, (network, person, said)

    asyncio.run(journey())
