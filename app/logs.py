"""Log lines: one line each, without secrets, to standard error."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

OURS = ("app", "bots", "broadcaster", "messengers", "newsroom", "storage")


class OneLine(logging.Formatter):
    """Keeps a record on one line, so that a name with a line break cannot forge another, and hides secrets."""

    def __init__(self) -> None:
        """Begin with nothing to hide."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._secrets: set[str] = set()
        self._secret: re.Pattern[str] | None = None

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts wherever they appear from now on."""
        self._secrets.update(s for s in secrets if s)
        longest_first = sorted(self._secrets, key=len, reverse=True)
        if longest_first:
            self._secret = re.compile("|".join(map(re.escape, longest_first)))

    def formatException(self, ei: logging._SysExcInfoType) -> str:
        """Return the trace; of a server that is away what it is: everybody meets it every second."""
        from sqlalchemy.exc import OperationalError

        error = ei[1]
        if isinstance(error, OperationalError) and isinstance(error.orig, ConnectionError):
            return str(error.orig)
        return super().formatException(ei)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        text = super().format(record).replace("\r", "").replace("\x1b", "").replace("\n", " | ")
        return self._secret.sub("•••", text) if self._secret else text


def set_up(level: str) -> None:
    """Log to standard error; libraries only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def hide(secrets: Iterable[str]) -> None:
    """Keep these texts out of every line from now on."""
    known = list(secrets)
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, OneLine):
            handler.formatter.hide(known)
