"""How often Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc

# Everything in the air is young and tracked, so the stock pace (700, 10, 10) would go through the whole
# heap every few thousand deliveries: a fifth of what they cost, and a tenth of a second each time in
# which nobody is answered. Hardly any garbage here refers to itself.
_YOUNG, _MIDDLE, _ALL = 5_000, 20, 50


def collect_seldom() -> None:
    """Set the pace for a process that runs for weeks; for the whole process, so only its entry may call it."""
    gc.set_threshold(_YOUNG, _MIDDLE, _ALL)
