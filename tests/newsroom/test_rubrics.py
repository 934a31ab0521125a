"""Which rubric and urgency an item has by what its source says."""

from __future__ import annotations

import pytest

from newsroom.rubrics import RubricRule, is_urgent, rubric_of

RULES = (
    RubricRule(1, "Труд и зарплата", ("зарплат", "оклад", "мрот")),
    RubricRule(2, "Охрана труда", ("охран", "безопасн", "травм")),
    RubricRule(3, "Молодёжь", ("молодеж",)),
)


@pytest.mark.parametrize(
    ("title", "text", "categories", "rubric"),
    [
        ("Оклады выросли", "", (), 1),
        ("Новости", "В цехе — день безопасности и охраны труда", (), 2),
        ("Новости", "О зарплате", ("охрана труда",), 2),
        ("Молодёжный форум", "", (), 3),
        ("МРОТ и охрана труда", "охрана", (), 2),
        ("Поздравляем", "С праздником", (), None),
    ],
)
def test_a_category_decides_then_the_words(
    title: str, text: str, categories: tuple[str, ...], rubric: int | None
) -> None:
    assert rubric_of(RULES, title, text, categories) == rubric


@pytest.mark.parametrize(
    ("title", "categories", "urgent"),
    [
        ("Молния! Завод остановлен", (), True),
        ("⚡ МОЛНИЯ: приём изменён", (), True),
        ("Срочно: сбор подписей", (), True),
        ("Итоги дня", ("Срочно",), True),
        ("Срочность — не повод спешить", (), False),
        ("Спектакль «Молния»", (), False),
    ],
)
def test_urgent_is_what_the_source_calls_so(
    title: str, categories: tuple[str, ...], urgent: bool
) -> None:
    assert is_urgent(("молния", "срочно"), title, categories) is urgent
