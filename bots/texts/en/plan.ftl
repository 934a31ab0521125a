## When: a moment is asked for

when-how = Write the day and the time, in Russian, for example: «завтра в 18:00», «в пятницу в 9:30», «25 ноября в 12:00». Or press a button.
when-zone = Hours: { $zone }.
when-unclear = I did not understand when.
when-passed = This moment has passed already.
when-below = The question is below.
when-today = Today, { $time }
when-tomorrow = Tomorrow, { $time }
when-on = { $day }, { $time }
when-day =
    { $weekday ->
        [1] Mon
        [2] Tue
        [3] Wed
        [4] Thu
        [5] Fri
        [6] Sat
       *[7] Sun
    } { $date }

## The draft's moment

plan-when-title = When it goes out
plan-moment = Goes out: { $when }
plan-limit = Not later than: { $when }
plan-near = Close to another news: “{ $title }”, { $time }.
plan-night = These are night hours ({ $hours }): few will see it at once.
plan-right = Right
plan-other-time = Another time
plan-soon = Goes out as soon as approved
plan-set-limit = Not later than…
plan-change-limit = Change “not later than”
plan-limit-title = Not later than
plan-limit-text = After this moment it does not go out by itself: we ask you first.
plan-limit-early = This is before it is to go out. Name a later time.
plan-limit-other = Another time
plan-limit-none = Without this limit
plan-limit-dropped = The limit “not later than” lay before the new time, so we removed it.

## The plan

plan-title = Plan
plan-not-yours = The plan is kept by the youth council. If you work there, ask its chair for an invitation.
plan-week = { $first } – { $last }
plan-day = { $day }
plan-day-empty = { $day } — nothing
plan-entry = { $time } “{ $title }” — { $state }
plan-entry-whose = { $entry } ({ $name })
plan-more =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
plan-next-week = Next week
plan-month = Month
plan-month-of =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
plan-month-day = { $day } — { $count } news
plan-month-waiting =
    { $count ->
        [one] { $line }, { $count } waits for approval
       *[other] { $line }, { $count } wait for approval
    }
plan-month-empty = Nothing is planned.
plan-month-before = ‹ Earlier
plan-month-after = Later ›
plan-new = Plan something
plan-new-text = Send the text and the pictures here as an ordinary message. A card appears: press “When it goes out” in it and write, for example, «завтра в 18:00».

standing-waiting = waits for approval
standing-approved = approved
standing-out = is out
standing-lapsed = not approved, did not go out
standing-missed = did not go out in time
standing-returned = returned to its author
standing-refused = refused
standing-off = called off

plan-approve-week = Approve the whole week ({ $count })
plan-approve-title = Approve the whole week
plan-approve-line = { $when }: “{ $title }”
plan-approve-nothing = There is nothing to approve.
plan-without-consent = Left out, children pictured without their parents’ consent: { $entry }
plan-approve-all =
    { $count ->
        [one] Approve { $count } news
       *[other] Approve { $count } news
    }
plan-open = Open “{ $title }”
plan-approved-count =
    { $count ->
        [0] Nothing was approved.
       *[other] Approved: { $count }.
    }
plan-left-out = Left out “{ $title }”: { $why }

## One plan

plan-state = Now: { $state }
plan-author = Author: { $name }
plan-decide = Decide
plan-show = Open
plan-move = Move
plan-move-title = When is “{ $title }” to go out?
plan-move-approved = It has been approved. Once moved it is approved anew.
plan-moved-told = { $who } moves your news. It goes out: { $when }
plan-call-off = Call off
plan-call-off-title = Call off “{ $title }”?
plan-call-off-text = It will not go out. It cannot be put back into the plan, only sent anew.
plan-call-off-yes = Yes, call it off
plan-called-off = Called off. It will not go out.
plan-look = Show
plan-looks = This is how “{ $title }” will look.
plan-again = To the news

## Before and after its moment

plan-reminder-title = Not approved yet
plan-reminder = To go out: { $when }. Without approval it does not.
missed-title = Not approved, did not go out
missed-title-late = Did not go out in time
missed-unapproved = Was to go out: { $when }.
missed-while-away = The time has passed while Vestnik was not working: { $when }.
missed-news = The time when this was to go out has passed while Vestnik was not working.
missed-question = What shall we do?
missed-tomorrow = Tomorrow, the same time
missed-hour = In an hour
missed-now = Publish now
missed-other = Another time
missed-drop = Do not publish
missed-answered = Decided already: { $who }.
