"""Bugs in what is done when something fails: a place, a messenger, a database, a machine."""

from __future__ import annotations

from tests.planted.bug import Bug, Edit

_ASIDE = "tests/broadcaster/test_aside.py::"
_AMEND = "tests/broadcaster/test_amend.py::"
_RETRACT = "tests/broadcaster/test_retract.py::"
_ERRAND = "tests/broadcaster/test_errand.py::"
_NETWORKS = "tests/messengers/test_bad_networks.py::"

BUGS = (
    Bug(
        "what is taken back waits until a place that is set aside returns",
        (
            Edit(
                "broadcaster/claiming.py",
                "            retracts = claim.wave_kind is WaveKind.RETRACT\n",
                "            retracts = False\n",
            ),
        ),
        (_ASIDE + "test_what_is_taken_back_does_not_wait_for_a_place_that_is_set_aside",),
    ),
    Bug(
        "a place is set aside because old posts in it cannot be changed",
        (
            Edit(
                "broadcaster/aside.py",
                "        if claim.wave_kind in CHANGES:",
                "        if False:",
            ),
        ),
        (_ASIDE + "test_what_cannot_be_changed_does_not_speak_against_a_place",),
    ),
    Bug(
        "a deletion that was taken lets a dead place return",
        (Edit("storage/failing.py", ", wave.c.kind.not_in(_CHANGES)", ""),),
        (_ASIDE + "test_what_is_taken_back_does_not_wait_for_a_place_that_is_set_aside",),
    ),
    Bug(
        "a place that has returned is held until tomorrow",
        (Edit("broadcaster/aside.py", "        self._chats.let_return(one.chat_id)\n", ""),),
        (_ASIDE + "test_a_place_that_took_something_meanwhile_waits_no_longer",),
    ),
    Bug(
        "a post is called deleted although nobody knows all of its messages",
        (Edit("broadcaster/retract.py", " if seen else None\n", " if False else None\n"),),
        (
            _RETRACT
            + "test_of_a_long_post_that_a_person_saw_what_is_known_goes_and_it_is_not_called_deleted",
        ),
    ),
    Bug(
        "a part of unknown number is forgotten when the text becomes shorter",
        (Edit("storage/showing.py", '            part.c.message != "",\n', ""),),
        (_AMEND + "test_a_part_whose_number_nobody_knows_is_not_forgotten_when_the_text_shrinks",),
    ),
    Bug(
        "a part that a correction adds leaves without a mark",
        (
            Edit(
                "broadcaster/edits.py",
                "await amending.mark_adding(connection, claim.delivery_id, base + number)",
                "pass",
            ),
        ),
        (
            _AMEND
            + "test_after_a_kill_a_dialog_gets_the_added_part_once_more_and_never_a_third_time",
        ),
    ),
    Bug(
        "what was replaced stays beside the new post",
        (
            Edit(
                "broadcaster/amend.py",
                "gone = await self._take_away(claim, shown[:base])",
                "gone: Outcome = Sent(())",
            ),
        ),
        (_AMEND + "test_by_policy_the_old_message_is_replaced",),
    ),
    Bug(
        "urgent news wait behind a long retraction",
        (
            Edit(
                "broadcaster/gather.py",
                "    if not any(e.lane <= Lane.URGENT for e in errands):\n",
                "    if True:\n",
            ),
        ),
        (_RETRACT + "test_urgent_news_get_every_second_slot_of_a_long_retraction",),
    ),
    Bug(
        "a database that fails spends the tries of a post",
        (
            Edit(
                "broadcaster/errand.py",
                "    if isinstance(error, OperationalError):\n",
                "    if False:\n",
            ),
        ),
        (_ERRAND + "test_a_database_that_fails_for_long_is_no_fault_of_the_post",),
    ),
    Bug(
        "a post that fails by itself is tried without end",
        (
            Edit(
                "broadcaster/errand.py",
                "    if claim.attempts + 1 >= POISON_TRIES:\n",
                "    if False:\n",
            ),
        ),
        (_ERRAND + "test_a_poisoned_post_is_set_aside_and_the_others_go_out",),
    ),
    Bug(
        "one item that cannot be taken stops those behind it",
        (
            Edit(
                "broadcaster/poller.py",
                "        except Exception:\n"
                '            log.exception("source %s: item %r cannot be taken", source.slug, item.id)\n',
                "        except ZeroDivisionError:\n"
                '            log.exception("source %s: item %r cannot be taken", source.slug, item.id)\n',
            ),
        ),
        (
            "tests/broadcaster/test_poller.py::test_an_item_that_cannot_be_taken_stops_none_behind_it_and_is_tried_again",
        ),
    ),
    Bug(
        "an outage of a day ends what waits",
        (
            Edit(
                "broadcaster/fate.py",
                "GIVE_UP_MS = 48 * 3_600 * SECOND",
                "GIVE_UP_MS = 12 * 3_600 * SECOND",
            ),
        ),
        ("tests/broadcaster/test_fate.py::test_trying_again_outlives_a_day_and_then_ends",),
    ),
    Bug(
        "what was in doubt and sent once more is not counted as unknown",
        (Edit("storage/health.py", "CASE WHEN doubt OR state = 5", "CASE WHEN state = 5"),),
        (
            "tests/broadcaster/test_watchdog.py::test_too_many_unknowns_of_a_day_raise_an_alarm_with_their_share",
        ),
    ),
    Bug(
        "a call that is never answered is waited for",
        (
            Edit(
                "messengers/transport.py",
                "            request = client.request(method, url).timeout(_span(timeout))\n",
                "            request = client.request(method, url).timeout(_span(3600))\n",
            ),
        ),
        (_NETWORKS + "test_who_never_answers_is_not_waited_for",),
    ),
    Bug(
        "whatever goes wrong on the way counts as a call that did not leave",
        (
            Edit(
                "messengers/transport.py",
                "trouble = NotLeft if _did_not_leave(error, causes) else Lost",
                "trouble = NotLeft",
            ),
        ),
        (_NETWORKS + "test_a_create_that_may_have_left_is_unknown",),
    ),
    Bug(
        "an album whose answer tells its sizes oddly is sent again",
        (
            Edit(
                "messengers/telegram/adapter.py",
                "with suppress(TypeError, KeyError, AttributeError):",
                "with suppress(OverflowError):",
            ),
        ),
        (_NETWORKS + "test_a_picture_that_arrived_is_sent_however_its_sizes_are_told",),
    ),
    Bug(
        "what is committed may be lost in a power cut",
        (Edit("storage/sqlite.py", "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"),),
        ("tests/storage/test_database.py::test_what_is_committed_survives_a_power_cut",),
    ),
    Bug(
        "a second run works on the same file",
        (Edit("storage/sqlite.py", "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass"),),
        ("tests/storage/test_database.py::test_one_database_has_one_run",),
    ),
    Bug(
        "a worker that was paused writes although another has taken over",
        (
            Edit(
                "storage/leases.py",
                "                raise LeaseLost(f",
                "                print(f",
            ),
        ),
        (
            "tests/storage/test_leases.py::test_the_late_write_of_a_worker_that_was_paused_is_refused",
        ),
    ),
    Bug(
        "a post that is hours late goes out unasked",
        (
            Edit(
                "newsroom/publication.py",
                "now - review.publish_at > rules.grace_ms or too_late",
                "too_late",
            ),
        ),
        ("tests/newsroom/test_publication.py",),
    ),
    Bug(
        "answers to people wait for a gap that a throng of news has left",
        (
            Edit(
                "broadcaster/pace.py",
                "        free = int(self._most >= ROOMY and now - self._talked_at < TALK_MS)\n",
                "        free = 0\n",
            ),
        ),
        (
            "tests/broadcaster/test_pace.py::test_while_people_talk_a_place_in_every_second_is_theirs",
        ),
    ),
    Bug(
        "planning takes long steps whoever waits",
        (
            Edit(
                "broadcaster/planner.py",
                "alone=not self._db.wanted)",
                "alone=True)",
            ),
        ),
        (
            "tests/broadcaster/test_planner.py::test_whether_somebody_else_writes_is_asked_when_a_step_begins",
        ),
    ),
    Bug(
        "a key is trusted though others may have pushed it out",
        (
            Edit(
                "broadcaster/fate.py",
                "    return not capabilities.window_messages or age < ",
                "    return True or age < ",
            ),
        ),
        (
            _ERRAND
            + "test_a_key_that_others_may_have_pushed_out_is_looked_for_and_repeated_all_the_same",
        ),
    ),
    Bug(
        "a reply in doubt is said again without a look",
        (
            Edit(
                "broadcaster/talk.py",
                "        if verdict is not Doubt.LOOK_UP:\n",
                "        if verdict is Doubt.LOOK_UP:\n",
            ),
        ),
        (
            "tests/broadcaster/test_talk.py::test_a_reply_whose_key_may_be_forgotten_is_looked_for_before_it_is_repeated",
        ),
    ),
    Bug(
        "a mark that may be on disk is taken for none",
        (
            Edit(
                "broadcaster/settle.py",
                "                self._unsure.update(c.delivery_id for entry in batch for c in entry.claims)\n",
                "",
            ),
        ),
        (
            "tests/broadcaster/test_settle.py::test_a_mark_whose_commit_is_not_heard_of_keeps_nothing_from_leaving",
        ),
    ),
    Bug(
        "what was claimed before a long talk leaves after a stop",
        (Edit("broadcaster/courier.py", "> STALE_MS:\n", "> STALE_MS * 1000:\n"),),
        (_ERRAND + "test_a_stop_holds_what_was_claimed_before_a_long_talk",),
    ),
    Bug(
        "a commit that failed leaves its transaction open",
        (
            Edit(
                "storage/sqlite.py",
                "                if not connection.invalidated:\n",
                "                if False:\n",
            ),
        ),
        ("tests/storage/test_database.py::test_a_commit_that_fails_is_undone_too",),
    ),
    Bug(
        "a clock put back between a slot and its call silences the account",
        (
            Edit(
                "broadcaster/pace.py",
                "        if self._seen > now + GUARD_MS:\n",
                "        if self._recent and self._recent[-1].sent_at > now + GUARD_MS:\n",
            ),
            Edit(
                "broadcaster/pace.py",
                "        now = self._now()\n        recent = self._recent\n",
                "        now = self._clock.now()\n        recent = self._recent\n",
            ),
        ),
        (
            "tests/broadcaster/test_pace.py::test_a_clock_put_back_silences_nobody_whenever_it_comes",
        ),
    ),
    Bug(
        "whoever waits when the clock is put back waits for all of it",
        (
            Edit(
                "core/clock.py",
                "                if self.now() < began:\n",
                "                if False:\n",
            ),
        ),
        ("tests/core/test_clock.py::test_so_does_the_machines_own",),
    ),
)
