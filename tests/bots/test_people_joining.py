"""One person in two messengers: a one-time code makes them one, and nothing of either is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.words import Pictured, Reach, ReviewState, RoleKind, SubmissionState
from storage import people, tables
from tests.bots.house import ADMIN, House, play
from tests.bots.invited import invite, live_roles, person_id

MINUTE_MS = 60_000


async def code_of(house: House, person: str) -> str:
    """Let a person ask for a code; returns what is shown, «ABCD-2345»."""
    (shown,) = await house.say("/join", person)
    found = re.search(r"/join (\w{4}-\w{4})", shown.text)
    assert found, shown.text
    return found[1]


async def join(there: House, code: str, person: str) -> str:
    """Let a person type a code and say yes; returns what they see."""
    await there.say(f"/join {code}", person)
    return (await there.press("Да, это я, соединить", person)).text


def test_a_code_typed_in_the_other_messenger_makes_one_person_of_two(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.role("7", RoleKind.PRESS)
        await beta.start(person="70")
        code = await code_of(house, "7")
        (sure,) = await beta.say(f"/join {code}", "70")
        assert sure.text.startswith("Вы — Человек 70 здесь и Человек 7 там (Альфа)? Соединить?")
        assert len(await house.rows(tables.person)) == 2
        done = await beta.press("Да, это я, соединить", "70")
        assert done.text.startswith("Готово, вы соединены")
        assert (await house.screen("7")).text.startswith(
            "Теперь мы знаем, что вы есть и в другом мессенджере (Beta)."
        )
        (work,) = await beta.say("работа", "70")
        assert "Вы: пресс-секретарь, Отрасль 01." in work.text
        assert await person_id(house, "7") == await person_id(beta, "70")
        assert len(await house.rows(tables.person)) == 1

    play(tmp_path, story)


def test_the_older_one_stays_whichever_way_the_code_went(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        older = await person_id(house, "7")
        await beta.role("70", RoleKind.MODERATOR)
        code = await code_of(beta, "70")
        await join(house, code, "7")
        assert await person_id(beta, "70") == older
        (work,) = await house.say("работа", "7")
        assert "модератор" in work.text

    play(tmp_path, story)


@pytest.mark.parametrize("dressed", ["{}", " {} ", "{lower}", "{bare}", "{russian}"])
def test_the_code_alone_is_understood_after_the_question(tmp_path: Path, dressed: str) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        await beta.start(person="70")
        await beta.say("/join", "70")
        code = await code_of(house, "7")
        russian = code.translate(str.maketrans("ABEKMHPCTYX", "АВЕКМНРСТУХ"))
        said = dressed.format(code, lower=code.lower(), bare=code.replace("-", ""), russian=russian)
        (sure,) = await beta.say(said, "70")
        assert "Соединить?" in sure.text

    play(tmp_path, story)


def test_other_words_are_not_taken_for_a_code(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.second()
        await house.say("/join")
        (menu,) = await house.say("меню")
        assert "Мои подписки" in menu.text
        assert not await house.rows(tables.journal, action="joining.wrong")

    play(tmp_path, story)


def test_no_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        await beta.start(person="70")
        await beta.say(f"/join {await code_of(house, '7')}", "70")
        await beta.press("Нет", "70")
        assert beta.last_answer() == "Ничего не изменилось"
        assert len(await house.rows(tables.person)) == 2

    play(tmp_path, story)


def test_a_code_serves_once_and_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        for person in ("70", "71"):
            await beta.start(person=person)
        code = await code_of(house, "7")
        # Two are asked, the first who says yes gets it.
        await beta.say(f"/join {code}", "70")
        await beta.say(f"/join {code}", "71")
        await beta.press("Да, это я, соединить", "70")
        await beta.press("Да, это я, соединить", "71")
        assert beta.last_answer() == "Код уже не действует, возьмите новый"
        assert len(await house.rows(tables.person)) == 2
        (used,) = await beta.say(f"/join {code}", "71")
        assert "Такого кода нет" in used.text
        late = await code_of(beta, "71")
        house.clock.advance(15 * MINUTE_MS)
        (told,) = await house.say(f"/join {late}", "8")
        assert "срок вышел" in told.text

    play(tmp_path, story)


def test_a_newer_code_replaces_the_older(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        first, second = await code_of(house, "7"), await code_of(house, "7")
        (wrong,) = await beta.say(f"/join {first}", "70")
        assert "Такого кода нет" in wrong.text
        (sure,) = await beta.say(f"/join {second}", "70")
        assert "Соединить?" in sure.text

    play(tmp_path, story)


def test_the_own_code_and_two_people_of_one_messenger_are_refused(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.second()
        code = await code_of(house, "7")
        (own,) = await house.say(f"/join {code}", "7")
        assert "ваш собственный код" in own.text
        (same,) = await house.say(f"/join {code}", ADMIN)
        assert "два разных мессенджера" in same.text
        assert len(await house.rows(tables.person)) == 2
        assert not await house.rows(tables.journal, action="joining.wrong")

    play(tmp_path, story)


def test_whoever_guesses_waits_an_hour_and_others_do_not(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        for guess in range(2, 7):
            (wrong,) = await beta.say(f"/join AAAA-AAA{guess}", "70")
            assert "Такого кода нет" in wrong.text
        right = await code_of(house, "7")
        (wait,) = await beta.say(f"/join {right}", "70")
        assert "через час" in wait.text
        (sure,) = await beta.say(f"/join {right}", "71")
        assert "Соединить?" in sure.text
        house.clock.advance(60 * MINUTE_MS)
        (sure,) = await beta.say(f"/join {await code_of(house, '7')}", "70")
        assert "Соединить?" in sure.text

    play(tmp_path, story)


def test_only_the_hash_of_a_code_is_kept(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.second()
        code = await code_of(house, "7")
        kept = str([tuple(row) for row in await house.rows(tables.joining)])
        kept += str([row.data for row in await house.rows(tables.dialog)])
        kept += str([row.detail for row in await house.rows(tables.journal)])
        assert code not in kept
        assert code.replace("-", "") not in kept

    play(tmp_path, story)


async def _submission(house: House, author: int, revision: int, **more: Any) -> int:
    row = await house.row(tables.revision, id=revision)
    await house.add(
        tables.role,
        person_id=author,
        organization_id=house.organizations["org-2"],
        kind=int(RoleKind.PRESS),
        granted_at=1,
    )
    values: dict[str, Any] = {
        "post_id": row.post_id,
        "author_id": author,
        "role": int(RoleKind.PRESS),
        "state": int(SubmissionState.SENT),
        "reach": int(Reach.OWN),
        "pictured": int(Pictured.NOBODY),
        "touched_at": 1,
        **more,
    }
    async with house.db.write() as connection:
        await connection.execute(sa.insert(tables.submission).values(**values))
        await connection.execute(
            sa.update(tables.revision)
            .where(tables.revision.c.id == revision)
            .values(by_person_id=author)
        )
    return int(row.post_id)


def test_everything_that_named_the_one_names_the_other(tmp_path: Path) -> None:
    """Every column that points at a person, and the doubles that two of them make."""

    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person=ADMIN)
        kept = await house.role("7", RoleKind.MODERATOR)
        gone = await beta.role("70", RoleKind.MODERATOR)
        await beta.role("70", RoleKind.PRESS)
        revision = await house.post("org-2")
        post = await _submission(house, gone, revision)
        review = await house.add(
            tables.review,
            post_id=post,
            level=1,
            organization_id=house.organizations["org-2"],
            state=int(ReviewState.WAITING),
            needed=2,
            revision_id=revision,
            taken_by_person_id=gone,
            decided_by_person_id=gone,
            created_at=1,
        )
        async with house.db.write() as connection:
            for person in (kept, gone):
                await connection.execute(
                    sa.insert(tables.approval).values(
                        review_id=review, person_id=person, revision_id=revision, at=1
                    )
                )
        await house.add(
            tables.invitation,
            hash="h",
            role=1,
            organization_id=1,
            by_person_id=gone,
            used_by_person_id=gone,
            created_at=1,
            expires_at=2,
        )
        await house.add(
            tables.consent, person_id=gone, operator_id=1, purpose="x", version="1", hash="h", at=1
        )
        await house.add(tables.hold, scope=1, by_person_id=gone, at=1)
        async with house.db.write() as connection:
            await people.merge(connection, kept, gone, house.clock.now())

        assert not await house.rows(tables.person, id=gone)
        for table in tables.metadata.sorted_tables:
            for column in table.columns:
                if any(key.column is tables.person.c.id for key in column.foreign_keys):
                    assert not await house.rows(table, **{column.name: gone}), column
        assert (await house.row(tables.revision, id=revision)).by_person_id == kept
        assert (await house.row(tables.submission, post_id=post)).author_id == kept
        assert len(await house.rows(tables.approval, person_id=kept)) == 1
        org = house.organizations["org-1"]
        held = [(o, k) for p, o, k in await live_roles(house) if p == kept]
        assert sorted(held) == sorted(
            [
                (org, RoleKind.MODERATOR),
                (org, RoleKind.PRESS),
                (house.organizations["org-2"], RoleKind.PRESS),
            ]
        )

    play(tmp_path, story)


def test_nobody_with_rights_types_a_code_that_somebody_else_may_have_given(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.role("7", RoleKind.MODERATOR)
        await beta.start(person="70")
        (said,) = await house.say(f"/join {await code_of(beta, '70')}", "7")
        assert said.text.startswith("У вас здесь есть роль, поэтому код берут здесь")
        assert not said.buttons
        await house.start(person=ADMIN)
        (said,) = await house.say(f"/join {await code_of(beta, '70')}", ADMIN)
        assert said.text.startswith("У вас здесь есть роль")

    play(tmp_path, story)


def test_what_one_never_said_is_taken_from_the_other(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        await beta.start(person="70")
        kept, gone = await person_id(house, "7"), await person_id(beta, "70")
        async with house.db.write() as connection:
            person = tables.person
            await connection.execute(
                sa.update(person).where(person.c.id == kept).values(name="", locale="en")
            )
            await connection.execute(
                sa.update(person).where(person.c.id == gone).values(zone="Asia/Omsk", locale="ru")
            )
            await people.merge(connection, kept, gone, house.clock.now())
            found = await people.get(connection, kept)
        assert (found.name, found.zone, found.locale) == ("Человек 70", "Asia/Omsk", "en")

    play(tmp_path, story)


def test_a_screen_of_before_the_joining_still_works(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person="7")
        await beta.role("70", RoleKind.ADMINISTRATOR)
        (listed,) = await beta.say("/people", "70")
        await join(house, await code_of(beta, "70"), "7")
        shown = await beta.press_data(listed.data("Пригласить"), "70")
        assert shown.text.startswith("Пригласить")
        # What names the person who is no more leads nowhere, and back to the list.
        after = await beta.press_data(listed.data("Человек 70, Отрасль 01"), "70")
        assert after.text.startswith("Люди")

    play(tmp_path, story)


def test_an_invitation_is_given_in_one_messenger_and_the_news_of_it_come_to_either(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person=ADMIN)
        await beta.start(person="70")
        await join(beta, await code_of(house, ADMIN), "70")
        house.clock.advance(MINUTE_MS)
        payload, _ = await invite(beta, person="70")
        taken = await house.start(payload, "8")
        assert taken.text.startswith("Вы теперь пресс-секретарь")
        assert (await beta.screen("70")).text.startswith("Человек 8 теперь")

    play(tmp_path, story)
