"""A long text becomes a short one while nobody knows whether its second part arrived."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.town import town

LONG = "".join(f"<p>Абзац {n}. Было. {'слово ' * 40}</p>" for n in range(22))


def test_a_part_in_doubt_is_taken_away_when_the_text_has_no_such_part_any_more(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with town(tmp_path, "vk") as made:
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            await made.subscriber("vk", 1)
            lost = {"method": "messages.send", "do": "reset_after", "after": 1, "times": 1}
            await made.post("faults", network="vk", **lost)
            site = await made.post("sites/news", publish={"title": "Новость", "html": LONG})
            await made.advance(61)
            await made.flow()
            item = site["items"][0]["id"]
            await made.post("sites/news", edit={"id": item, "html": "<p>Стало.</p>"})
            for _ in range(3):
                await made.advance(61)
                await made.flow()
            texts = [m["text"] for m in await made.seen("vk", "main", 1)][1:]  # after «Начать»
            assert len(texts) == 1
            assert "Стало" in texts[0]

    asyncio.run(story())
