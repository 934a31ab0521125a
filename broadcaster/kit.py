"""What the parts of one courier have in common."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from broadcaster.chat_pace import ChatPace
from broadcaster.pace import AccountPace
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from core.bell import Bell
from core.clock import Clock
from core.messenger import Messenger
from storage.accounts import AccountRow
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Kit:
    """The account and what is needed to work for it; `stopping` is set when nothing new may leave."""

    account: AccountRow
    messenger: Messenger
    db: Database
    renderer: Renderer
    settler: Settler
    bell: Bell
    clock: Clock
    pace: AccountPace
    chats: ChatPace
    stopping: asyncio.Event
