"""Russian phrases that say when a post is to be published: pure rules, no clock of their own."""

from __future__ import annotations

from newsroom.calendar.reading import read_when
from newsroom.calendar.saying import say_when
from newsroom.calendar.when import Grain, When

__all__ = ["Grain", "When", "read_when", "say_when"]
