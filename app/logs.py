"""Log lines: one line each, without secrets, to standard error."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable


class OneLine(logging.Formatter):
    """Keeps a record on one line, so that a name with a line break cannot forge another, and hides secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Hide these texts wherever they appear."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        longest_first = sorted((s for s in secrets if s), key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        text = super().format(record).replace("\r", "").replace("\x1b", "").replace("\n", " | ")
        return self._secret.sub("•••", text) if self._secret else text


def set_up(level: str, secrets: Iterable[str] = ()) -> None:
    """Log to standard error; libraries only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("app", "bots", "broadcaster", "messengers", "newsroom", "storage"):
        logging.getLogger(name).setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
