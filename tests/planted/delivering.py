"""Bugs in what leaves, in what order, and how often."""

from __future__ import annotations

from tests.planted.bug import Bug, Edit

_ERRAND = "tests/broadcaster/test_errand.py::"
_MARKS = "tests/broadcaster/test_marks.py::"
_FATE = "tests/broadcaster/test_fate.py::"
_WEATHER = "tests/journeys/test_weather.py::"
_FAN_OUT = "tests/journeys/test_fan_out.py::"

BUGS = (
    Bug(
        "a wave is considered done when its deliveries are claimed",
        (
            Edit(
                "storage/ledger.py",
                "    return frozenset(row[0] for row in marked)\n",
                "    for one in claims:\n"
                '        await hot(connection, "UPDATE wave SET open = FALSE WHERE id = ?", (one.wave_id,))\n'
                "    return frozenset(row[0] for row in marked)\n",
            ),
        ),
        (_ERRAND + "test_a_killed_courier_goes_on_with_the_part_that_was_next",),
    ),
    Bug(
        "what is in the air is taken back by its age alone",
        (
            Edit(
                "broadcaster/courier.py",
                "        if not await self._calls.answers():\n",
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
                "    stops = await holds.in_force(connection)\n",
                "    stops = holds.InForce(False, frozenset(), frozenset())\n",
            ),
        ),
        (_FAN_OUT + "test_a_stop_holds_news_until_it_is_lifted",),
    ),
    Bug(
        "a channel's mark of being in the air is written after the call",
        (
            Edit(
                "broadcaster/errand.py",
                "        if not errand.marked_together and not await self._settler.mark(errand.claims):\n",
                "        if False:\n",
            ),
            Edit(
                "broadcaster/errand.py",
                "        closed = await self._settler.record(records)\n",
                "        async with self._db.write() as connection:\n"
                "            claims = [r.claim for r in records]\n"
                "            await ledger.mark_in_flight(connection, claims, self._clock.now())\n"
                "        closed = await self._settler.record(records)\n",
            ),
        ),
        (_MARKS + "test_nothing_leaves_before_its_mark_is_on_disk",),
    ),
    Bug(
        "a person's mark of being in the air is written after the call",
        (
            Edit(
                "broadcaster/claiming.py",
                "if e.marked_together for c in e.claims]",
                "if not e.marked_together for c in e.claims]",
            ),
            Edit(
                "broadcaster/errand.py",
                "        closed = await self._settler.record(records)\n",
                "        async with self._db.write() as connection:\n"
                "            claims = [r.claim for r in records]\n"
                "            await ledger.mark_in_flight(connection, claims, self._clock.now())\n"
                "        closed = await self._settler.record(records)\n",
            ),
        ),
        (_MARKS + "test_nothing_leaves_before_its_mark_is_on_disk",),
    ),
    Bug(
        "every try has an idempotency key of its own",
        (
            Edit(
                "broadcaster/calls.py",
                "claim.wave_id, number, claim.generation, delivery_id)",
                "claim.wave_id, number, claim.generation + 1000 * claim.attempts, delivery_id)",
            ),
        ),
        (_WEATHER + "test_everything_is_there_once_after_the_weather",),
    ),
    Bug(
        "a late answer is recorded over what was decided meanwhile",
        (
            Edit(
                "storage/ledger.py",
                ' settled_at = CAST(? AS BIGINT)"\n'
                '        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1 AND state = 2"\n',
                ' settled_at = CAST(? AS BIGINT)"\n'
                '        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1"\n',
            ),
            Edit(
                "storage/ledger.py",
                'COALESCE(v.column10, claimed_at)"\n'
                '        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1 AND state = 2"\n',
                'COALESCE(v.column10, claimed_at)"\n'
                '        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1"\n',
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
                "                chat=_chat_after(outcome.reason, kind),\n",
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
        "a correction sends again what a person has seen",
        (
            Edit(
                "broadcaster/edits.py",
                "if len(parts) > len(shown) and not base and await self.was_seen(claim):",
                "if False:",
            ),
        ),
        (_MARKS + "test_a_part_that_a_person_saw_is_not_sent_again_by_a_correction",),
    ),
    Bug(
        "a killed courier begins a long text anew",
        (
            Edit(
                "broadcaster/errand.py",
                "start = len(await showing.messages_of(connection, first.delivery_id))",
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
    Bug(
        "a part in doubt is forgotten when the text becomes shorter",
        (
            Edit(
                "broadcaster/errand.py",
                "        if not claim.doubt or not self.calls.capabilities(claim).look_up:\n",
                "        if True:\n",
            ),
        ),
        ("tests/journeys/test_shrinking.py",),
    ),
    Bug(
        "«too fast», said to one chat, silences the whole account",
        (
            Edit(
                "broadcaster/calls.py",
                "        return self._in_a_row >= REFUSED_IN_A_ROW\n",
                "        return True\n",
            ),
        ),
        (
            "tests/journeys/test_storms.py::test_chats_that_are_throttled_do_not_slow_the_others_down",
        ),
    ),
    Bug(
        "an account that is throttled as a whole goes on with its other chats",
        (
            Edit(
                "broadcaster/calls.py",
                "        return self._in_a_row >= REFUSED_IN_A_ROW\n",
                "        return False\n",
            ),
        ),
        (
            "tests/journeys/test_storms.py::test_an_account_that_is_throttled_as_a_whole_is_silent_until_it_may_speak",
        ),
    ),
    Bug(
        "what was in the air when the product was killed is taken for not sent",
        (
            Edit(
                "broadcaster/errand.py",
                '        stopped = Unknown("прервано остановкой")\n',
                '        stopped = Later(Reason.OTHER, "прервано остановкой", 1.0, throttled=True)\n',
            ),
        ),
        ("tests/journeys/test_named_kills.py",),
    ),
)
