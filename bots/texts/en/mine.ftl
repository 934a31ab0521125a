# «My news», reports, history, retraction.

## List

mine-title = My news
mine-none = You have not sent anything yet.
mine-new = To send news, write it here: a text, pictures or a document.
mine-number = No. { $number } · { $title }
mine-untitled = no text
mine-person-gone = a removed person
mine-open = Open the draft
mine-withdraw = Withdraw
mine-where = Who got it
mine-retract = Retract
mine-history = History
mine-state-draft = draft
mine-state-discarded = you withdrew it
mine-state-retracted = retracted
mine-state-sent = sent
mine-state-waits = waits for a decision: { $desk }
mine-state-leaves = goes out { $when }
mine-state-overdue = did not go out in time, needs a new time
mine-state-returned = returned: { $desk }
mine-state-refused = refused: { $desk }
mine-state-out = out
mine-state-out-wider = out for its own, to decide: { $desk }
mine-state-correcting = out, a correction waits for: { $desk }
mine-desk = { $desk }: { $state }
mine-desk-correction = { $desk }, correction: { $state }
mine-reason = Why: { $reason }
mine-decision-waits = still to decide
mine-decision-leaves = approved, goes out { $when }
mine-decision-approved = approved
mine-decision-out = approved, out
mine-decision-returned = returned
mine-decision-refused = refused
mine-decision-overdue = did not go out in time, needs a new time
mine-withdraw-title = Withdraw: { $title }?
mine-withdraw-text = It will not go out, and nobody will decide about it any more.
mine-withdraw-yes = Yes, withdraw
mine-withdrawn = Withdrawn

## How it went out

report-sent = Delivered { $done } of { $total }
report-sent-none = Not delivered to anybody yet.
report-nobody = Nobody follows such news, so it went nowhere.
report-subscribers = Subscribers: { $done } of { $total }
report-subscribers-form = Subscribers: { $form } — { $count }
report-at = goes out { $when }
report-failed = Did not arrive:
report-failed-change = Did not work:
report-moving = Still on the way: { $count }
report-stopped = An administrator has stopped the sending. What has not left will leave when it goes on.
report-later = Waiting for the morning: { $count }
report-selected = In the evening selection: { $count }
report-asking = Waiting for the owner's decision: { $names }
report-unknown = Not known whether it arrived, we have asked: { $names }
report-unknown-people = Not known whether it arrived: { $count }
report-more = { " " }and { $count } more
report-more-places = and { $count ->
    [one] { $count } more place
   *[other] { $count } more places
}
report-later-more = When all is settled we will write once more.
report-corrected = Corrected { $done } of { $total }
report-corrected-none = Nothing to correct: it is not out anywhere yet.
report-form-corrected = corrected
report-taken = Retracted { $done } of { $total }
report-taken-none = The news is retracted. Nothing to remove: it was not out anywhere.
report-form-selection = removed from the selection
report-renew = Refresh
report-again = Send to them again
report-again-sent = { $count ->
    [one] Sending again: { $count } recipient
   *[other] Sending again: { $count } recipients
}
report-again-nothing = Nobody left to send to

## History

history-none = Nothing to show yet: you have sent nothing and decided about nothing.
history-not-yours = The history is for its author and those who decide. Please check the number.
history-nothing = Nobody has done anything with it yet.
history-submitted = sent for a decision
history-changed = the author changed the text
history-withdrawn = withdrawn
history-consent = noted where the parents' consent is kept
history-held = held: another organization decides first
history-overdue = did not go out in time
history-resent = sent again to those it did not reach
history-retracted = retracted
history-replaced = the author sent it anew
history-added = the author added to it
history-taken = being looked at
history-approved = approved
history-undone = approval taken back
history-returned = returned
history-refused = refused
history-edited = text changed by the editors
history-plan-moved = moved to another time
history-plan-limited = «not later than» changed
history-called-off = taken off the plan
history-lapsed = its time passed without approval
history-published-own = out for its own
history-published-territory = out for the district
history-published-region = out for the whole region
history-corrected = correction is out
history-revision = , version { $number }
history-desk = { " " }({ $desk })
history-why = { $what }: { $reason }

## Retraction

retract-title = Retract: { $title }
retract-why = Why? Choose, or write in your own words. Only the author and the editors see the reason, we do not tell it to anybody else.
retract-reason-mistake = Wrong facts
retract-reason-person = A person in the picture asks
retract-reason-place = Published in the wrong place
retract-sure = Retract for good?
retract-copies = Copies out: { $count }, still to be sent: { $waits }.
retract-how = We will delete all that can be deleted. Where that is too late, the text becomes: “{ $notice }” It cannot be brought back.
retract-reason = Reason (not for everybody): { $reason }
retract-yes = Yes, retract
retract-notice = This news was retracted by the editors: { $organization }, { $day }.
retract-done = Retracting: { $title }
retract-done-text = Nobody else will get it. Where it is out we remove it, that takes a little while.
retract-done-nothing = Nobody else will get it. Nothing to remove: it was not out anywhere.
retract-told-title = Your news was retracted: { $title }
retract-told = Retracted by the editors: { $who }. Reason: { $reason }. We will tell what could be removed.

## Not known whether what was retracted arrived

unknown-was-retracted = This news was retracted meanwhile.
unknown-arrived-retracted = Thank you, noted. The news is retracted, but we cannot remove it from “{ $title }” ourselves: we do not know which message it is. Please delete it.
unknown-retracted = This news was retracted, so we do not send it to “{ $title }” again.
