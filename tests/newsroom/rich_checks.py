"""What every sound rich text keeps to, and ways to make rich texts at random."""

from __future__ import annotations

from hypothesis import strategies as st

from core.richtext import Entity, RichText, Style

Cover = list[tuple[str, frozenset[Style]]]


def assert_sound(rich: RichText) -> None:
    """Entities lie inside, nest, begin and end with a letter, are sorted, none twice over a letter."""
    before: list[Entity] = []
    for entity in rich.entities:
        assert 0 <= entity.offset < entity.end <= len(rich.text)
        assert not rich.text[entity.offset].isspace()
        assert not rich.text[entity.end - 1].isspace()
        for other in before:
            apart = entity.offset >= other.end
            assert apart or entity.end <= other.end, f"{other} half overlaps {entity}"
            assert apart or entity.style is not other.style
        before.append(entity)
    assert [(e.offset, -e.length) for e in before] == sorted((e.offset, -e.length) for e in before)


def cover(rich: RichText) -> Cover:
    """Return each letter that is not white space, with the styles over it."""
    styles: list[set[Style]] = [set() for _ in rich.text]
    for entity in rich.entities:
        for at in range(max(entity.offset, 0), min(entity.end, len(rich.text))):
            styles[at].add(entity.style)
    pairs = zip(rich.text, styles, strict=True)
    return [(char, frozenset(over)) for char, over in pairs if not char.isspace()]


# Letters that are hard to cut: emoji of several code points, flags, accents, Korean, a long address.
HARD = [
    "👨‍👩‍👧‍👦", "🇷🇺", "🇧🇾", "❤️", "👍🏽", "е\u0301", "\u1100\u1161\u11a8", "한", "1️⃣", "🏴\U000e0067\U000e007f",
    "https://example.ru/novosti/2026/sobranie", "слово", "Тверь", "г.", "Да.", "«Ура!»",
    " ", " ", " ", "\n", "\n\n", "\xa0", "\u2003", ", ", "А. С.",
]  # fmt: skip

texts = st.lists(st.sampled_from(HARD), max_size=60).map("".join)


@st.composite
def rich_texts(draw: st.DrawFn) -> RichText:
    """Make a text with entities of any kind: overlapping, beyond the end, of no length."""
    text = draw(texts)
    place = st.integers(-3, len(text) + 5)
    entities = []
    for style in draw(st.lists(st.sampled_from(Style), max_size=8)):
        url = "https://example.ru/" + draw(st.sampled_from("ab")) if style is Style.LINK else None
        entities.append(Entity(draw(place), draw(st.integers(0, 20)), style, url))
    return RichText(text, tuple(entities))
