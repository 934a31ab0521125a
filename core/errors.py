"""All errors of our own, in one tree.

VestnikError
├── ConfigError        config.yaml cannot be used; holds every mistake with its line
├── StorageError
│   ├── SchemaTooNew   the database was made by a newer Vestnik
│   ├── AlreadyRunning another `run` holds this database
│   └── LeaseLost      another worker has taken over what this one did
├── FeedError          a source could not be read; the text is a Russian sentence for its health
│   └── FeedBusy       the site asks to come later; not a failure of the source
├── PictureError       a picture cannot be used; the text is a Russian sentence for its author
├── DocxError          a text document cannot be read; the text is a Russian sentence for its sender
├── RewriteError       an edit said in words cannot be made; the text says what to write instead
└── MessengerError     a call to a messenger failed outside a delivery (rights, updates, uploads)
    ├── TokenDead      the account's key is refused: stop the account and raise an alarm
    ├── PollConflict   somebody else polls with the same key: stand by
    └── FileTooBig     what a person attached is larger than may be fetched
"""

from __future__ import annotations


class VestnikError(Exception):
    """Something Vestnik can explain to a person."""


class ConfigError(VestnikError):
    """config.yaml cannot be used; `mistakes` are sentences with line and remedy."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep every mistake, not just the first."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class StorageError(VestnikError):
    """The database cannot be used."""


class SchemaTooNew(StorageError):
    """The database was made by a newer Vestnik."""


class AlreadyRunning(StorageError):
    """Another `run` holds this database."""


class LeaseLost(StorageError):
    """Another worker has taken over what this one did; nothing was written."""


class FeedError(VestnikError):
    """A source could not be read; the text is a Russian sentence for its health."""


class FeedBusy(FeedError):
    """The site asks to come later; not a failure of the source."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        """Keep the pause the site asked for, in seconds; None if it named none."""
        super().__init__(text)
        self.retry_after = retry_after


class PictureError(VestnikError):
    """A picture cannot be used; the text is a Russian sentence for its author."""


class DocxError(VestnikError):
    """A text document cannot be read; the text is a Russian sentence for its sender."""


class RewriteError(VestnikError):
    """An edit said in words cannot be made; the text says in Russian what to write instead."""


class MessengerError(VestnikError):
    """A call to a messenger failed outside a delivery."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        """Keep the messenger's text (no secrets) and the pause it asked for, in seconds."""
        super().__init__(text)
        self.retry_after = retry_after


class TokenDead(MessengerError):
    """The account's key is refused."""


class PollConflict(MessengerError):
    """Somebody else polls with the same key."""


class FileTooBig(MessengerError):
    """What a person attached is larger than may be fetched."""
