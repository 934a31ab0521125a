"""A dialog as it stands on a person's screen: messages with the edits made to them, buttons that can be pressed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from PIL import Image

from core.incoming import IncomingFile, IncomingKind
from core.richtext import RichText, plain
from core.words import DeliveryState
from newsroom import reviews
from storage import people, tables
from tests.bots.house import DELIVER, House

# Built once: building a statement costs more than carrying it out.
_SEEN = (
    sa.select(tables.reply)
    .join(tables.chat, tables.chat.c.id == tables.reply.c.chat_id)
    .where(
        tables.chat.c.external == sa.bindparam("external"),
        tables.chat.c.account_id == sa.bindparam("account"),
        tables.reply.c.state != int(DeliveryState.CANCELLED),
    )
    .order_by(tables.reply.c.id)
)


@dataclass
class Seen:
    """One message as it looks now."""

    message: str
    text: str
    buttons: dict[str, str]
    pictures: list[str]


@dataclass
class Dialog:
    """What one person and the house say to each other in one messenger."""

    house: House
    person: str = "7"
    said: list[str] = field(default_factory=list)  # the messages of the person, by their ids

    async def seen(self) -> list[Seen]:
        """Return the messages of the house, oldest first, each as it looks now."""
        here = {"external": self.person, "account": self.house.account}
        async with self.house.db.write() as connection:
            await connection.execute(DELIVER)
            rows = list(await connection.execute(_SEEN, here))
        found: dict[str, Seen] = {}
        for row in rows:
            found[row.message] = Seen(
                row.message,
                row.body["text"]["text"],
                {b["text"]: b["data"] for line in row.body["buttons"] for b in line},
                row.body.get("media", []),
            )
        return list(found.values())

    async def last(self) -> Seen:
        """Return the newest message."""
        return (await self.seen())[-1]

    async def find(self, beginning: str) -> Seen:
        """Return the newest message that begins so."""
        return [one for one in await self.seen() if one.text.startswith(beginning)][-1]

    async def card(self) -> Seen:
        """Return the only message that has buttons to send or look at a draft."""
        (found,) = [one for one in await self.seen() if "Удалить черновик" in one.buttons]
        return found

    async def press(self, label: str) -> Seen:
        """Press a button of the newest message that has it; return that message or the one that came."""
        shown = await self.seen()
        having = [one for one in shown if label in one.buttons]
        assert having, f"no button {label!r}: {[list(one.buttons) for one in shown]}"
        return await self._press(having[-1], label, shown)

    async def press_on(self, shown: Seen, label: str) -> Seen:
        """Press a button that was seen, even if it is gone by now; return what changed."""
        return await self._press(shown, label, await self.seen())

    async def _press(self, shown: Seen, label: str, seen: list[Seen]) -> Seen:
        before = {one.message: one for one in seen}
        number = str(next(self.house.numbers))
        await self.house.hear(
            IncomingKind.PRESS,
            self.person,
            message=shown.message,
            payload=shown.buttons[label],
            press=f"p{number}",
        )
        after = await self.seen()
        changed = [one for one in after if before.get(one.message) != one]
        return changed[-1] if changed else shown

    async def walk(self, *labels: str) -> Seen:
        """Press one button after the other."""
        for label in labels:
            await self.press(label)
        return await self.last()

    async def write(self, text: str = "", *files: str, settle: bool = True, **more: Any) -> str:
        """Say something with files by their names; returns the message's id."""
        self.said.append(await self.hear(IncomingKind.MESSAGE, plain(text), files, **more))
        if settle:
            await self.house.pass_time(3)
        return self.said[-1]

    async def edit(self, message: str, text: str, *files: str, **more: Any) -> None:
        """Edit an own message, and let what follows of it happen."""
        await self.hear(IncomingKind.EDITED, plain(text), files, message=message, **more)
        await self.house.pass_time(3)

    async def hear(
        self, kind: IncomingKind, text: RichText, files: tuple[str, ...], **more: Any
    ) -> str:
        """Let a message come in."""
        message = more.pop("message", None) or str(1000 + next(self.house.numbers))
        attached = tuple(attachment(name) for name in files)
        await self.house.hear(
            kind,
            self.person,
            text=text,
            message=message,
            files=attached,
            media=more.pop("media", tuple(one.kind for one in attached)),
            **more,
        )
        return message


def attachment(name: str) -> IncomingFile:
    """Return a file by its name: «a.jpg» is a photo, «a.png» a picture sent as a file."""
    kind = "photo" if name.endswith(".jpg") else "document"
    return IncomingFile(kind, name, "" if kind == "photo" else name)


def picture(seed: int, kind: str = "JPEG", quality: int = 90) -> bytes:
    """Return a picture unlike those of other seeds; another quality looks the same."""
    made = random.Random(seed)
    image = Image.new("RGB", (9, 7))
    image.putdata([(made.randrange(256),) * 3 for _ in range(63)])
    out = io.BytesIO()
    image.resize((90, 70), Image.Resampling.BICUBIC).save(out, kind, quality=quality)
    return out.getvalue()


async def approve(house: House, person: str = "8") -> None:
    """Let a person approve all that waits, as it is now, and the minute pass."""
    async with house.db.write() as connection:
        person_id = await people.by_identity(connection, "alpha", person)
        assert person_id is not None
        rules, now = house.settings.rules, house.clock.now()
        for row in await connection.execute(
            tables.review.select().where(tables.review.c.state == 1)
        ):
            await reviews.approve(connection, rules, row.id, person_id, row.revision_id, now)
    await house.pass_time(61)
