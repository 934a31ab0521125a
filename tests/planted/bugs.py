"""The table of planted bugs: what is changed in the source, and which tests have to notice.

An edit replaces a text that stands in its file exactly once. When the source changes so that it
stands there no longer, the run fails: mend the edit so that it plants the same bug again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """In a file, by its path in the checkout: a text that stands there once, and what takes its place."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug in a few words, the edits that make it, and the tests one of which at least has to fail."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


_ERRAND = "tests/broadcaster/test_errand.py::"
_MARKS = "tests/broadcaster/test_marks.py::"
_FATE = "tests/broadcaster/test_fate.py::"
_WEATHER = "tests/journeys/test_weather.py::"
_FAN_OUT = "tests/journeys/test_fan_out.py::"

DELIVERY = (
    Bug(
        "a wave is considered done when its deliveries are claimed",
        (
            Edit(
                "storage/ledger.py",
                '    marked = await connection.execute(_MARK, {"now": now, "ids": ids})\n',
                '    marked = await connection.execute(_MARK, {"now": now, "ids": ids})\n'
                "    for one in same:\n"
                '        await connection.exec_driver_sql("UPDATE wave SET open = 0 WHERE id = ?", (one,))\n',
            ),
        ),
        (_ERRAND + "test_a_killed_courier_goes_on_with_the_part_that_was_next",),
    ),
    Bug(
        "what is in the air is taken back by its age alone",
        (
            Edit(
                "broadcaster/courier.py",
                "        await self._take_back()\n        if not await self._calls.answers():\n",
                "        await self._take_back()\n"
                "        async with self._db.write() as connection:\n"
                "            await connection.exec_driver_sql(\n"
                '                "UPDATE delivery SET state = 1 WHERE state = 2 AND claimed_at < ?",\n'
                "                (self._clock.now() - 600_000,),\n"
                "            )\n"
                "        if not await self._calls.answers():\n",
            ),
        ),
        (_MARKS + "test_a_call_that_takes_an_hour_is_not_made_a_second_time",),
    ),
    Bug(
        "a create that timed out is tried again as if it had not left",
        (
            Edit(
                "messengers/telegram/adapter.py",
                "return Unknown(str(error)) if create else Later(Reason.UNREACHABLE, str(error))",
                "return Later(Reason.UNREACHABLE, str(error))",
            ),
        ),
        (_WEATHER + "test_where_there_is_no_key_a_channel_is_never_doubled",),
    ),
    Bug(
        "a channel's post of unknown fate is sent once more",
        (
            Edit(
                "broadcaster/fate.py",
                "if kind is ChatKind.PRIVATE and not (repeated",
                "if not (repeated",
            ),
        ),
        (_FATE + "test_doubt_is_settled_by_key_then_look_up_then_person",),
    ),
    Bug(
        "a private message of unknown fate is repeated without end",
        (
            Edit(
                "broadcaster/fate.py",
                "if kind is ChatKind.PRIVATE and not (repeated and not capabilities.idempotent):",
                "if kind is ChatKind.PRIVATE:",
            ),
        ),
        (_FATE + "test_a_second_doubt_in_a_private_chat_is_not_sent_a_third_time",),
    ),
    Bug(
        "a stop is looked at when a post is planned, not when it leaves",
        (
            Edit(
                "storage/claims.py",
                "    stops = await ledger.holds(connection)\n",
                "    stops = ledger.Holds(False, frozenset(), frozenset())\n",
            ),
        ),
        (_FAN_OUT + "test_a_stop_holds_news_until_it_is_lifted",),
    ),
    Bug(
        "a channel's mark of being in the air is written after the call",
        (
            Edit(
                "broadcaster/errand.py",
                "        if not errand.marked_together:\n"
                "            async with self._db.write() as connection:\n",
                "        if False:\n            async with self._db.write() as connection:\n",
            ),
            Edit(
                "broadcaster/errand.py",
                "            closed = await record(connection, self._account, records, now, scope)\n",
                "            await ledger.mark_in_flight(connection, [r.claim for r in records], now)\n"
                "            closed = await record(connection, self._account, records, now, scope)\n",
            ),
        ),
        (_MARKS + "test_nothing_leaves_before_its_mark_is_on_disk",),
    ),
    Bug(
        "a person's mark of being in the air is written after the call",
        (
            Edit(
                "broadcaster/courier.py",
                "if e.marked_together for c in e.claims]",
                "if not e.marked_together for c in e.claims]",
            ),
            Edit(
                "broadcaster/errand.py",
                "            closed = await record(connection, self._account, records, now, scope)\n",
                "            await ledger.mark_in_flight(connection, [r.claim for r in records], now)\n"
                "            closed = await record(connection, self._account, records, now, scope)\n",
            ),
        ),
        (_MARKS + "test_nothing_leaves_before_its_mark_is_on_disk",),
    ),
    Bug(
        "every try has an idempotency key of its own",
        (
            Edit(
                "broadcaster/calls.py",
                "{claim.wave_id}:{number}:{claim.generation}",
                "{claim.wave_id}:{number}:{claim.generation}:{claim.attempts}",
            ),
        ),
        (_WEATHER + "test_everything_is_there_once_after_the_weather",),
    ),
    Bug(
        "a late answer is recorded over what was decided meanwhile",
        (
            Edit(
                "storage/ledger.py",
                '" claimed_at = COALESCE(?, claimed_at) WHERE id = ? AND state = 2"',
                '" claimed_at = COALESCE(?, claimed_at) WHERE id = ?"',
            ),
        ),
        (_MARKS + "test_an_answer_that_comes_after_the_matter_was_settled_changes_nothing",),
    ),
    Bug(
        "«too many requests» does not pause the account",
        (
            Edit(
                "broadcaster/fate.py",
                "        hold_account_until=until if outcome.whole_account else None,\n",
                "",
            ),
        ),
        (_FATE + "test_throttling_is_not_an_attempt_and_holds_whom_the_platform_named",),
    ),
    Bug(
        "whoever blocked the bot is tried again with every post",
        (
            Edit(
                "broadcaster/fate.py",
                "                chat=_CHAT_AFTER.get(outcome.reason),\n",
                "",
            ),
        ),
        (_FAN_OUT + "test_a_person_who_stopped_the_bot_is_tried_once_and_never_again",),
    ),
    Bug(
        "a correction leaves before what it corrects is settled",
        (
            Edit(
                "storage/claims.py",
                "(d.of_id IS NULL OR (o.state NOT IN (1, 2) AND",
                "(d.of_id IS NULL OR (1 AND",
            ),
        ),
        (_MARKS + "test_a_correction_waits_until_what_it_corrects_is_settled",),
    ),
    Bug(
        "a post put off for later is overtaken by the one behind it",
        (
            Edit(
                "storage/claims.py",
                "          AND (v.due_at < w.due_at OR (v.due_at = w.due_at AND e.id < d.id)))))",
                "          AND 0)))",
            ),
        ),
        (_MARKS + "test_what_is_put_off_is_overtaken_by_nothing_in_its_chat",),
    ),
    Bug(
        "a correction of a post of unknown fate is sent",
        (
            Edit(
                "storage/claims.py",
                " AND (o.state <> 5 OR c.kind = 1)))",
                "))",
            ),
        ),
        (_MARKS + "test_what_may_have_arrived_is_not_corrected_before_its_owner_spoke",),
    ),
    Bug(
        "a repeat goes out although the messenger answers nothing",
        (
            Edit(
                "broadcaster/create.py",
                "        if trouble is not None:\n",
                "        if False:\n",
            ),
        ),
        (_MARKS + "test_the_one_repeat_waits_for_a_messenger_that_fell_silent_since",),
    ),
    Bug(
        "a killed courier begins a long text anew",
        (
            Edit(
                "broadcaster/errand.py",
                "start = len(await ledger.messages_of(connection, first.delivery_id))",
                "start = 0",
            ),
        ),
        (_ERRAND + "test_a_killed_courier_goes_on_with_the_part_that_was_next",),
    ),
    Bug(
        "what was taken back before its turn is sent again after a failure",
        (
            Edit(
                "storage/ledger.py",
                "    if again := [s.delivery_id for s in settled if s.state is DeliveryState.PENDING]:\n"
                "        await call_off_retracted(connection, again, now)\n",
                "",
            ),
        ),
        ("tests/storage/test_retractions.py",),
    ),
)

_PUBLISHER = "tests/broadcaster/test_publisher.py::"

REST = (
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
                '                    "key": one.key,\n',
                '                    "key": f"{one.key}/{number}/{now}",\n',
            ),
            Edit(
                "storage/inbox.py",
                "                for one in batch\n",
                "                for number, one in enumerate(batch)\n",
            ),
        ),
        ("tests/bots/test_engine.py::test_the_same_update_twice_is_worked_off_once",),
    ),
    Bug(
        "what an update does is on disk before it is noted as done",
        (
            Edit(
                "bots/engine.py",
                "                    await receive(arrival)\n",
                "                    await receive(arrival)\n"
                "                    await connection.commit()\n",
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
                "newsroom/desk.py",
                "    chats = [chat for chat in chats if chat.chat_id not in had]\n",
                "",
            ),
        ),
        (
            "tests/newsroom/test_publication.py::test_each_desks_approval_reaches_its_own_circle_and_each_chat_once",
        ),
    ),
)

BUGS = DELIVERY + REST
