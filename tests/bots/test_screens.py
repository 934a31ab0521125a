"""How choices become buttons."""

from __future__ import annotations

import pytest

from bots.screens import Choice, Limits, choices_json, keyboard, lay_out, page_of, parse, shorten

TIGHT = Limits(in_row=5, rows=6, total=10, label=10)
WIDE = Limits(in_row=8, rows=100, total=100, label=64)


def rows(*sizes: int) -> list[list[Choice]]:
    """Return rows of so many choices."""
    numbers = iter(range(100))
    return [[Choice(f"{next(numbers)}", "do") for _ in range(size)] for size in sizes]


@pytest.mark.parametrize(
    ("sizes", "limits", "wanted"),
    [
        ((1, 1, 1), TIGHT, [1, 1, 1]),
        ((1,) * 8 + (2,), WIDE, [1] * 8 + [2]),
        ((1,) * 8 + (2,), TIGHT, [2, 2, 1, 1, 2, 2]),
        ((2, 0, 2), TIGHT, [2, 2]),
        ((7,), TIGHT, [5, 2]),
        ((), TIGHT, []),
    ],
)
def test_rows_move_together_only_as_far_as_they_must(
    sizes: tuple[int, ...], limits: Limits, wanted: list[int]
) -> None:
    laid = lay_out(rows(*sizes), limits)
    assert sorted(len(row) for row in laid) == sorted(wanted)
    assert len(laid) <= limits.rows
    assert [c.label for row in laid for c in row] == [c.label for row in rows(*sizes) for c in row]


@pytest.mark.parametrize(
    ("sizes", "limits"),
    [((11,), TIGHT), ((1,) * 6, Limits(in_row=1, rows=5, total=10, label=10))],
)
def test_more_buttons_than_fit_are_a_mistake_of_ours(
    sizes: tuple[int, ...], limits: Limits
) -> None:
    with pytest.raises(ValueError, match="buttons"):
        lay_out(rows(*sizes), limits)


def test_buttons_carry_screen_and_index_and_nothing_else() -> None:
    made = [[Choice("Да", "yes", {"secret": 5}), Choice("Сайт", url="https://example.org")]]
    ((yes, site),) = keyboard(made, 12, WIDE)
    assert (yes.data, yes.url) == ("12:0", None)
    assert (site.data, site.url) == (None, "https://example.org")
    assert choices_json(made, "own") == [
        {"script": "own", "do": "yes", "args": {"secret": 5}},
        {"script": "own", "do": "", "args": {}},
    ]


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ("12:3", (12, 3)),
        ("12", None),
        ("12:", None),
        (":3", None),
        ("-1:3", None),
        ("1:2:3", None),
        ("١٢:٣", None),
        ("9" * 30 + ":1", None),
        ("1:9999", None),
        ("drop table", None),
        ("", None),
        (None, None),
    ],
)
def test_only_our_own_form_of_data_is_read(
    payload: str | None, wanted: tuple[int, int] | None
) -> None:
    assert parse(payload) == wanted


@pytest.mark.parametrize(
    ("text", "length", "wanted"),
    [("Отрасль", 7, "Отрасль"), ("Отрасль 12", 8, "Отрасль…"), ("абвгд", 3, "аб…")],
)
def test_a_long_label_ends_in_an_ellipsis(text: str, length: int, wanted: str) -> None:
    assert shorten(text, length) == wanted


@pytest.mark.parametrize(
    ("count", "page", "shown", "more"),
    [(8, 0, 8, False), (9, 0, 8, True), (9, 1, 1, False), (17, 1, 8, True), (0, 0, 0, False)],
)
def test_lists_come_eight_at_a_time(count: int, page: int, shown: int, more: bool) -> None:
    entries = [Choice(str(n), "do") for n in range(count)]
    got, rest = page_of(entries, page)
    assert (len(got), rest) == (shown, more)
