"""Holds every call, answer and update against the published descriptions and tells what does not fit."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

from sandbox.api import ApiCall, Refusal
from sandbox.specs.telegram import TelegramSpec
from sandbox.specs.vk import VkSpec
from sandbox.vk.errors import refuse

_log = logging.getLogger(__name__)
_LONGEST = 500  # characters of a finding


class NoSpecs(Exception):
    """The folder does not hold the descriptions; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: in a request, an answer, a refusal or an update."""

    what: str  # request, answer, refusal, update
    text: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.what} of {self.text}"


def log(finding: Finding) -> None:
    """Report to the log: an answer that does not fit is the sandbox's own error."""
    _log.log(logging.WARNING if finding.what == "request" else logging.ERROR, "%s", finding)


class SpecInspector:
    """A `sandbox.api.Inspector`; `seen` are the networks' methods of which a good answer was looked at."""

    def __init__(
        self, folder: Path, report: Callable[[Finding], None] = log, *, refuses: bool = False
    ) -> None:
        """Check against the descriptions in `folder`; `refuses` refuses what a request has wrong.

        Raises NoSpecs if the folder lacks them.
        """
        missing = [
            name for name in ("telegram/api.json", "vk/errors.json") if not (folder / name).exists()
        ]
        if missing:
            raise NoSpecs(
                f"{folder} has no {' and no '.join(missing)}: give the folder that holds telegram/api.json "
                "of PaulSonOfLars/telegram-bot-api-spec and, as vk/, the sections of VKCOM/vk-api-schema"
            )
        self.telegram = TelegramSpec(folder / "telegram" / "api.json")
        self.vk = VkSpec(folder / "vk")
        self.seen: set[tuple[str, str]] = set()
        self._report, self._refuses = report, refuses

    def before(self, call: ApiCall) -> None:
        """Refuse a request whose parameters do not fit, if that is wanted; raises Refusal.

        What the platform looks at itself is left to it: its own refusal says more.
        """
        if not self._refuses:
            return
        left = self._spec(call.network).judged(call.method)
        faults = [fault for fault in self._request(call) if _name(fault) not in left]
        if faults:
            self._tell("request", call.network, call.method, faults)
            told = "; ".join(shorten(fault.lstrip(".: "), _LONGEST) for fault in faults)
            words = f"strict sandbox: {call.method}: {told}"
            if call.network == "vk":
                raise refuse(100, words)
            raise Refusal(400, 400, f"Bad Request: {words}")

    def after(self, call: ApiCall, outcome: Any) -> None:
        """Look at a request that went through and at its answer, or at a refusal."""
        spec = self._spec(call.network)
        if isinstance(outcome, Refusal):
            self._tell("refusal", call.network, call.method, spec.refusal(outcome))
            return
        if isinstance(outcome, Response):
            return  # a file
        self._tell("request", call.network, call.method, self._request(call))
        self._tell("request", call.network, call.method, spec.lacking(call))
        self._tell("answer", call.network, call.method, spec.result(call, outcome))
        self.seen.add((call.network, call.method))

    def told(self, network: str, body: dict[str, Any]) -> None:
        """Look at an update or event that goes to a bot's own server."""
        spec = self._spec(network)
        self._tell("update", network, str(body.get("type", "update")), spec.update(body))

    def _request(self, call: ApiCall) -> Sequence[str]:
        return self._spec(call.network).request(call)

    def _spec(self, network: str) -> TelegramSpec | VkSpec:
        return self.vk if network == "vk" else self.telegram

    def _tell(self, what: str, network: str, name: str, faults: Sequence[str]) -> None:
        for fault in faults:
            self._report(Finding(what, shorten(f"{network} {name}{fault}", _LONGEST)))


def shorten(text: str, longest: int) -> str:
    """Return a text without its middle if it is longer: a value in it may be a whole book."""
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]} … {text[-longest // 2 :]}"


def _name(fault: str) -> str:
    """Return the parameter that a fault begins with."""
    found = re.match(r"\.(\w+)", fault)
    return found[1] if found else ""
