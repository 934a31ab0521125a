"""Bugs in what comes in, who may decide, and when something is due."""

from __future__ import annotations

from tests.planted.bug import Bug, Edit

_PUBLISHER = "tests/broadcaster/test_publisher.py::"
_FANOUT = "tests/newsroom/test_fanout.py::"

BUGS = (
    Bug(
        "the cursor of updates moves before they are on disk",
        (
            Edit(
                "bots/intake.py",
                "            await inbox.take(connection, account_id, ours, moved, clock.now())\n",
                "            await inbox.take(connection, account_id, [], moved, clock.now())\n"
                "        async with db.write() as connection:\n"
                "            await inbox.take(connection, account_id, ours, moved, clock.now())\n",
            ),
        ),
        ("tests/bots/test_intake.py::test_what_could_not_be_written_down_is_asked_for_again",),
    ),
    Bug(
        "an update that comes twice is worked off twice",
        (
            Edit(
                "storage/inbox.py",
                "                    one.key,\n",
                '                    f"{one.key}/{number}/{now}",\n',
            ),
            Edit(
                "storage/inbox.py",
                "                for one in batch\n",
                "                for number, one in enumerate(batch)\n",
            ),
        ),
        (
            "tests/bots/test_engine.py::test_the_same_update_twice_is_worked_off_once",
            "tests/journeys/test_updates.py",
        ),
    ),
    Bug(
        "what an update does is on disk before it is noted as done",
        (
            Edit(
                "bots/engine.py",
                "                    await receive(arrival)\n",
                "                    await receive(arrival)\n"
                "                async with self._db.write() as connection:\n",
            ),
        ),
        ("tests/bots/test_engine.py::test_nothing_is_said_before_it_is_on_disk",),
    ),
    Bug(
        "«принято» is said before it is on disk",
        (
            Edit(
                "bots/engine.py",
                "                    await receive(arrival)\n",
                "                    await receive(arrival)\n"
                "                    from core import richtext\n"
                "                    from storage.tables import reply\n"
                "                    said = await connection.execute(\n"
                "                        reply.select().where(reply.c.message.is_(None))\n"
                "                    )\n"
                "                    for one in said.all():\n"
                "                        place = Place(row.incoming.chat, row.incoming.chat_kind)\n"
                '                        words = Part(richtext.from_json(one.body["text"]))\n'
                "                        await self._messengers[row.account_id].send([place], words, one.id)\n",
            ),
        ),
        ("tests/bots/test_engine.py::test_nothing_is_said_before_it_is_on_disk",),
    ),
    Bug(
        "a role is not looked at again when a desk decides",
        (
            Edit(
                "newsroom/reviews.py",
                "    review, about = await known(connection, review_id)\n"
                "    if not await access.may_judge(connection, person_id, review.organization_id):\n"
                "        raise Objection(Why.NOT_YOURS)\n",
                "    review, about = await known(connection, review_id)\n",
            ),
        ),
        ("tests/newsroom/test_reviews.py::test_only_who_decides_there_may_approve",),
    ),
    Bug(
        "a role is not looked at again when a button is pressed",
        (
            Edit(
                "bots/scripts/review.py",
                "    if not await words.may_judge(turn, review):\n",
                "    if False:\n",
            ),
        ),
        ("tests/bots/test_reviewing.py::test_whose_role_was_taken_back_presses_in_vain",),
    ),
    Bug(
        "an approval holds for whatever text lies there by now",
        (
            Edit(
                "newsroom/reviews.py",
                "    if revision_id != review.revision_id:\n        raise Objection(Why.CHANGED)\n",
                "    revision_id = review.revision_id\n",
            ),
        ),
        (
            "tests/newsroom/test_reviews.py::test_an_approval_lapses_when_the_author_changes_the_text",
        ),
    ),
    Bug(
        "a plan is due by the local wall clock taken for UTC",
        (
            Edit(
                "broadcaster/publisher.py",
                '        """\n        now = self._clock.now()\n',
                '        """\n'
                "        from datetime import UTC, datetime\n"
                "        wall = datetime.fromtimestamp(self._clock.now() / 1000, self._rules.zone)\n"
                "        now = int(wall.replace(tzinfo=UTC).timestamp() * 1000)\n",
            ),
            Edit(
                "broadcaster/publisher.py",
                "        now = self._clock.now()\n        async with self._db.write() as connection:\n",
                "        from datetime import UTC, datetime\n"
                "        wall = datetime.fromtimestamp(self._clock.now() / 1000, self._rules.zone)\n"
                "        now = int(wall.replace(tzinfo=UTC).timestamp() * 1000)\n"
                "        async with self._db.write() as connection:\n",
            ),
        ),
        (_PUBLISHER + "test_a_plan_goes_out_at_its_very_moment",),
    ),
    Bug(
        "an evening's selection is due by the machine's zone",
        (
            Edit(
                "newsroom/policy.py",
                "wall = datetime.combine(day, time(minute // 60, minute % 60), zone)",
                "wall = datetime.combine(day, time(minute // 60, minute % 60))",
            ),
        ),
        ("tests/newsroom/test_policy.py::test_night_and_selection_follow_the_chats_own_zone",),
    ),
    Bug(
        "quiet hours are ignored",
        (
            Edit(
                "newsroom/policy.py",
                "    if not quiet:\n        return at\n",
                "    if quiet or not quiet:\n        return at\n",
            ),
        ),
        ("tests/newsroom/test_policy.py::test_a_post_is_due_as_the_chat_wished",),
    ),
    Bug(
        "a migration runs without a transaction",
        (
            Edit(
                "storage/migrate.py",
                '        connection.exec_driver_sql("BEGIN IMMEDIATE")\n',
                "        pass\n",
            ),
        ),
        (
            "tests/storage/test_migrate.py::test_a_migration_that_breaks_off_leaves_the_database_as_it_was",
        ),
    ),
    Bug(
        "a button of somebody else's screen works",
        (
            Edit(
                "bots/presses.py",
                "if screen.chat_id != turn.chat.id or screen.person_id not in (None, turn.person_id):",
                "if False:",
            ),
        ),
        ("tests/bots/test_engine.py::test_somebody_elses_button_agrees_to_nothing",),
    ),
    Bug(
        "what is out stands as approved and is let out again",
        (
            Edit(
                "newsroom/publication.py",
                "            await rows.change(connection, other.id, state=int(ReviewState.PUBLISHED))\n",
                "            pass\n",
            ),
        ),
        (_PUBLISHER + "test_a_plan_goes_out_at_its_very_moment",),
    ),
    Bug(
        "a post is planned again for whom it was planned before",
        (
            Edit(
                "newsroom/fanout.py",
                "    had, selections = await fanouts.others(connection, fanout)\n",
                "    had, selections = (), ()\n",
            ),
        ),
        (
            "tests/newsroom/test_publication.py::test_each_desks_approval_reaches_its_own_circle_and_each_chat_once",
        ),
    ),
    Bug(
        "a post that is taken back is planned further",
        (Edit("storage/retractions.py", "    await fanouts.call_off(connection, post_id)\n", ""),),
        (_FANOUT + "test_after_a_retraction_nobody_more_is_planned",),
    ),
    Bug(
        "a wave that was closed between two steps of planning stays closed",
        (
            Edit(
                "newsroom/fanout.py",
                "        await fanouts.reopen(connection, fanout.waves, revision_id)\n",
                "        pass\n",
            ),
        ),
        (_FANOUT + "test_what_was_sent_between_two_steps_is_not_sent_again",),
    ),
)
