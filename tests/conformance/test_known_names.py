"""What a strict sandbox knows by heart is what is published, method by method."""

from __future__ import annotations

from sandbox.specs.gaps import VK_ANY_PARAMETER
from sandbox.telegram import spec as telegram_spec
from sandbox.telegram.methods import METHODS as TELEGRAM
from sandbox.vk import spec as vk_spec
from sandbox.vk.methods import METHODS as VK
from tests.conformance.told import NEEDS_SPECS, Watch

pytestmark = NEEDS_SPECS
# Keys as the schema calls them.
KEYS = {"community": "group", "user": "user"}


def test_a_method_of_the_bot_api_knows_just_its_published_parameters() -> None:
    published = Watch().inspector.telegram
    assert {m.name for m in TELEGRAM.values()} <= published.methods
    known = {method.name: method.known for method in TELEGRAM.values()}
    assert known == {name: published.parameters(name) for name in known}


def test_a_method_of_vk_knows_just_its_published_parameters() -> None:
    published = Watch().inspector.vk
    known = {
        name: vk_spec.known(name, method.reads) - vk_spec.COMMON
        for name, method in VK.items()
        if name not in VK_ANY_PARAMETER
    }
    assert known == {name: published.parameters(name) for name in known}


def test_nothing_is_both_read_and_passed_over() -> None:
    both = {
        (name, one)
        for table, methods in (
            (telegram_spec.PASSED, {m.name: m.reads for m in TELEGRAM.values()}),
            (vk_spec.PASSED, {name: m.reads for name, m in VK.items()}),
        )
        for name, words in table.items()
        for one in words.split()
        if name not in methods or one in methods[name]
    }
    assert both == set()


def test_a_method_of_vk_takes_the_published_keys() -> None:
    published = Watch().inspector.vk
    for name, method in VK.items():
        taken = {KEYS[key] for key in method.keys}
        listed = published.keys(name) & set(KEYS.values())
        # The schema lets user keys into dialogs; VK has not given that right to new applications for years.
        closed = {"user"} if name.startswith(("messages.", "photos.")) else set()
        assert listed - closed <= taken <= listed, name
