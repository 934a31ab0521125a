# Moderators decide: the card, «I see to it», approve, edit, return, refuse.

## The card

review-head = { $organization } · sent by { $name }
review-level-own = Show it on our own channels?
review-level-territory = Show it to the whole district?
review-level-region = Show it to the whole region?
review-correction = This news is out. Change its text wherever it is shown?
review-reach-own = Meant for: our own
review-reach-territory = Meant for: the district
review-reach-region = Meant for: the whole region
review-theme = Topic: { $name }
review-no-theme = No topic chosen
review-pictures =
    { $count ->
        [one] { $count } picture, { $seen }
       *[other] { $count } pictures, { $seen }
    }
review-pictures-unsaid =
    { $count ->
        [one] { $count } picture, ⚠ it was not said who is in it
       *[other] { $count } pictures, ⚠ it was not said who is in them
    }
review-pictured-nobody = no people
review-pictured-general = a general view
review-pictured-adults = adults who agreed
review-pictured-children = there are children
review-consent-kept = Parents' consent: { $place }
review-consent-missing = ⚠ It was not said where the parents' consent is kept
review-planned = Planned for: { $when }
review-not-after = Not after: { $when }
review-needed =
    { $needed ->
        [2] Two people must agree
       *[other] How many people must agree: { $needed }
    }
review-agreed =
    { $needed ->
        [2] Approved by one of two: { $names }
       *[other] Approved ({ $count } of { $needed }): { $names }
    }
review-somebody = a moderator

## How it stands

review-waits = Waits for a decision.
review-taken = Taken by: { $who }.
review-approved = Approved: { $who }.
review-approved-freely = No approval needed.
review-leaves-today = Goes out at { $time }.
review-leaves = Goes out: { $when }.
review-held = Goes out once those who decide about more people agree too.
review-published = It is out.
review-returned = Returned to the author: { $who }. Reason: { $reason }
review-refused = Refused: { $who }. Reason: { $reason }
review-overdue = Its time has passed, it did not go out. Decide what to do.
review-cancelled = Nothing to decide here any more: the news was withdrawn, or its text is decided about anew.
review-outdated = Outdated. The new card is below.
review-not-yours = Outdated. You no longer decide here.
review-changed = The author has changed the text, the earlier approval does not count.
review-edited = { $who } has edited the text, the earlier approval does not count.
review-undone = The approval was taken back, nothing went out.
review-more-looks = Not all looks are above: { $count } more by «Show again».
review-now-wider = { $state } Now about showing it to more people.
decided-approved = approved by { $who }
decided-returned = returned by { $who }
decided-refused = refused by { $who }
review-agreed-already = You have agreed already

## Buttons

review-take = I see to it
review-approve = Approve
review-approve-at = Approve for a time
review-fix = Edit
review-return = Return
review-refuse = Refuse
review-history = History
review-again = Show again
review-undo = Undo
review-undo-own = Undo showing on our own
review-publish-now = Publish now
review-other-time = Another time
review-call-off = Do not publish

## What we ask

review-when-title = When to publish?
fix-title = What is to be changed?
fix-how =
    Write it in Russian, several changes each on a line of its own:
    замени «было» на «стало»
    убери абзац 2
    заголовок: новый заголовок
    убери фото 3
    Or send the whole text anew.
fix-done = Edited
fix-asked-first = The organization itself looks at the edit first. Once it agrees, you are asked again.
consent-where-title = Where is the parents' written consent kept?
consent-where = There are children in the pictures. Write who has the consent or where it is, or remove the pictures.
consent-drop-pictures = Remove the pictures
consent-noted = Noted where the parents' consent is.
return-title = Why return it?
refuse-title = Why refuse it?
reason-how = Choose a reason or write it in your own words. The author will see it.
review-reason-when = Date and place are missing
review-reason-names = Check names and posts
review-reason-picture = The picture does not fit
call-off-title = Really not publish it?
call-off-text = The author will learn that the news does not go out. This cannot be undone.
call-off-yes = Yes, do not publish
call-off-reason = Its time has passed, it was decided not to publish.

## What the author learns

told-taken = { $who } is looking at it.
told-approved = Approved for our own channels: { $who }.
told-approved-wider = Approved: { $who }.
told-approved-correction = The correction was approved: { $who }.
told-decides-next = { $organization } decides about showing it to more people. We will tell you.
told-reason = Reason: { $reason }
told-returned = Returned to you: { $who }.
told-returned-next = Edit your message, and it comes up for decision again by itself. Or send it anew.
told-refused = Refused: { $who }.
told-refused-wider = Showing it to more people was refused: { $who }.
told-stays = On our own channels the news stays.
told-correction-refused = The correction was not accepted: { $who }. What is out stayed as it was.
told-edited = { $who } has edited the text. This is what changed:
told-undone = { $who } took the approval back. It will be decided about anew.
told-called-off = It was decided not to publish: { $who }.
told-nobody = { $organization }: nobody can decide yet. Ask the administrator to invite a moderator.
undone-own = Undone, it did not go out. We show the draft again in a moment.
undone-own-correction = Undone: the correction did not go out, the news stayed as it was.

## What waits for a decision

queue-title = Waits for a decision
queue-count =
    { $count ->
        [one] { $count } piece of news. Press to look at it.
       *[other] { $count } pieces of news, those that wait longest first.
    }
queue-empty = Nothing waits for your decision now.
queue-not-yours = Moderators decide here. You do not have that role yet.
queue-entry = { $age } · { $organization }: { $title }
queue-overdue = ⚠ { $age } · { $organization }: { $title }
queue-minutes = { $count } min
queue-hours = { $count } h
queue-days = { $count } d
