"""Which bots are logged in at this server: what logOut and close change."""

from __future__ import annotations

from sandbox.api import Refusal
from sandbox.telegram.params import too_many
from sandbox.world import Account, World

AWAY_S = 600  # no logging in again so soon after logOut, no close so soon after the launch
_UNTIL = "logged_out_until"  # in an account's settings, seconds since 1970 (UTC)


class Sessions:
    """When each bot was launched; a bot is launched by its first call."""

    def __init__(self, world: World) -> None:
        """Begin with none launched."""
        self._world = world
        self._launched: dict[str, float] = {}  # by account

    def enter(self, account: Account) -> None:
        """Let a call of this bot in, or refuse it with «Logged out» for ten minutes after logOut."""
        until = account.settings.get(_UNTIL)
        if until is not None:
            if self._world.clock.now() < until:
                raise logged_out()
            del account.settings[_UNTIL]
        if account.name not in self._launched:
            self._launched[account.name] = self._world.clock.now()

    def log_out(self, account: Account) -> None:
        """Log a bot out."""
        self._launched.pop(account.name, None)
        account.settings[_UNTIL] = self._world.clock.now() + AWAY_S
        self._world.touch()

    def close(self, account: Account) -> None:
        """Close a bot; its next call launches it again. Refuses in the first ten minutes."""
        left = self._launched[account.name] + AWAY_S - self._world.clock.now()
        if left > 0:
            raise too_many(left)
        del self._launched[account.name]


def logged_out() -> Refusal:
    """Return what a logged out bot is told."""
    return Refusal(400, 400, "Logged out")


def restarting() -> Refusal:
    """Return what is told to a poll that waits when its bot is closed."""
    return Refusal(500, 500, "Internal Server Error: restart")
