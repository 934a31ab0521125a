from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from broadcaster.feeds.identity import assign, digest, untracked
from core.feed import FeedItem
from core.richtext import RichText, Style, plain, styled


def item(
    id: str = "", title: str = "т", link: str | None = None, at: int | None = None
) -> FeedItem:
    return FeedItem(id, title, link, at, plain("текст"))


def ids(*items: FeedItem, own: str | None = None) -> dict[tuple[str, str | None], str]:
    return {(i.title, i.link): i.id for i in assign(items, own_addresses=(own,))}


@pytest.mark.parametrize(
    ("given", "expected"),
    [(item("g", link="https://p.ru/1"), "g"), (item(link="https://p.ru/1"), "https://p.ru/1")],
)
def test_the_feeds_id_comes_before_the_link(given: FeedItem, expected: str) -> None:
    assert assign([given])[0].id == expected


def test_without_id_and_link_the_content_names_the_item() -> None:
    first, second = assign([item(title="а"), item(title="б")])
    assert first.id != second.id
    assert assign([item(title="а")])[0].id == first.id


def test_an_exact_repetition_is_dropped() -> None:
    assert len(assign([item("g", link="l"), item("g", link="l"), item("h")])) == 2


def test_items_under_one_id_stay_apart_and_stable_in_any_order_and_company() -> None:
    crowd = [
        item("g", "а", "1"),
        item("g", "б", "2"),
        item("g", "в"),
        item("g", "г"),
        item("h", "д"),
    ]
    whole = ids(*crowd)
    assert len(set(whole.values())) == 5
    assert whole[("д", None)] == "h"
    for order in itertools.permutations(crowd):
        assert ids(*order) == whole
    for leaver in crowd[:4]:
        rest = [other for other in crowd if other is not leaver]
        assert ids(*rest).items() <= whole.items()


def test_a_new_item_does_not_rename_an_old_one() -> None:
    old = [item("1", "а", "l1"), item("", "б", "l2"), item("", "в")]
    assert ids(*old).items() <= ids(item("9", "нов", "l9"), *old).items()


def test_of_two_forms_of_one_item_the_later_is_kept() -> None:
    older, newer = (
        item("g", "т", "l", at=1),
        replace(item("g", "т", "l", at=2), body=plain("иначе")),
    )
    for order in ([older, newer], [newer, older]):
        (kept,) = assign(order)
        assert (kept.id, kept.body.text) == ("g", "иначе")


def test_two_titles_under_one_id_and_link_are_two_items() -> None:
    assert len(assign([item("g", "а", "l"), item("g", "б", "l")])) == 2


def test_the_address_of_the_feed_itself_names_no_item() -> None:
    same = "http://p.ru/"
    pair = [item(same, "а", "https://p.ru/1"), item(same, "б", "https://p.ru")]
    first, second = assign(pair, own_addresses=(same,))
    assert first.id == "https://p.ru/1"
    assert second.id == assign([pair[1]], own_addresses=(same,))[0].id != same


BASE = FeedItem("g", "т", "https://p.ru/1", 1, styled("текст", Style.BOLD), ("https://p.ru/a.jpg",))


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, id="h", at=2, link="https://p.ru/1?utm_source=rss", categories=("к",)),
        replace(BASE, media=("https://p.ru/a.jpg?utm_source=rss&yclid=5",)),
    ],
)
def test_dates_and_tracking_are_no_edit(changed: FeedItem) -> None:
    assert digest(changed) == digest(BASE)


@pytest.mark.parametrize(
    "changed",
    [
        replace(BASE, title="т2"),
        replace(BASE, body=plain("текст")),
        replace(BASE, body=RichText("текст.", BASE.body.entities)),
        replace(BASE, body=styled("текст", Style.LINK, "https://p.ru/2")),
        replace(BASE, media=()),
        replace(BASE, media=("https://p.ru/a.jpg?v=2",)),
        replace(BASE, title="ттекст", body=plain("")),
    ],
)
def test_what_readers_see_is_an_edit(changed: FeedItem) -> None:
    assert digest(changed) != digest(BASE)


def test_links_differ_by_more_than_tracking() -> None:
    a, b = (
        replace(BASE, body=styled("текст", Style.LINK, f"https://p.ru/{n}?utm_source={n}"))
        for n in (1, 1)
    )
    assert digest(a) == digest(b)
    assert untracked("https://p.ru/?id=1&utm_medium=x&id=2#f") == "https://p.ru/?id=1&id=2#f"
    assert untracked("http://[?utm_source=1") == "http://[?utm_source=1"
