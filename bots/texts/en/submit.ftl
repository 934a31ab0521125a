# Sending news: draft, questions, sending, edits of own messages.

how-to-send = News is a text, pictures or a Word document (.docx): just send them here.
not-a-reply = We do not take an answer to a message for news.
too-short = This is too short for news. Send a longer text, pictures or a Word document (.docx).

## The card of a draft

draft-title = Draft · { $name }
draft-empty = Empty so far: send a text or pictures.
draft-pictures = Pictures: { $count }
draft-pictures-left = We take the first { $most } pictures, the others are left out.
draft-theme = Topic: { $theme }
draft-reach = Show to: { $to }
draft-pictured = In the pictures: { $who }
draft-consent = Parents' consent: { $place }
draft-when = Comes out: { $moment }
draft-when-open = as soon as it is approved
draft-plan = When it comes out
draft-replan = Change the time
draft-name = In the name of: { $name }
draft-look = Preview
draft-send = Send
draft-discard = Delete the draft
draft-below = The card was renewed, it is below.
draft-loading = Loading the files…
draft-changed = The draft has changed, look again
draft-sent = This draft is sent already.
draft-sent-already = Sent already
draft-gone = This draft is no longer there.
draft-discarded = The draft is deleted.
discard-title = Delete the draft?
discard-text = Text and pictures stay in this dialog, you can send them again.
discard-yes = Yes, delete
discard-no = No, keep

theme-none = no topic
theme-title = What is the news about?
theme-text = The topic is how those find it who have not subscribed to everything.
reach-own = our own ({ $name })
reach-territory = the district ({ $name })
reach-region = the whole region ({ $name })
reach-title = Whom to show it to?
reach-text = Your organization decides about its own. The district and the region need their moderators' word too.
name-title = In whose name?

## Files

file-trouble = “{ $name }”: { $trouble }
file-troubles-more = And { $count ->
    [one] { $count } more remark
   *[other] { $count } more remarks
} on the files
file-video = We take no video: send a link to it as text
file-animation = We take no animations: send a picture or a link
file-audio = We take no sound: send a text or a link
file-voice = We take no voice messages: write the same as text
file-sticker = We take no stickers
file-program = We take no programs
file-other = We cannot take this
file-too-big = The file is larger than { $limit } MB: make it smaller and send it again
file-lost = The file could not be loaded: please send it again
file-unseen = The messenger does not give us this file: send it anew, not from a closed album

## Who is in the pictures

pictured-nobody = nobody
pictured-view = a general view
pictured-adults = adults who agreed
pictured-children = children
pictured-unsaid = not said
pictured-title = Who is in the pictures?
pictured-text = We ask once. If a single child can be seen, choose “children”.
pictures-drop = Leave the pictures out
consent-place-title = Where is the parents' written consent kept?
consent-place-text = Write it briefly, for example: “folder 12, room 305”. Pictures with children do not come out without it.
consent-later-button = I will tell the moderator later

## Sent

accepted-title = Accepted
accepted-decide = The moderators decide: { $names }. We will tell you.
accepted-youth = The council's chair or a deputy decides: { $names }. We will tell you.
accepted-soon = It comes out in a minute. Until then you can undo it.
accepted-planned = It comes out: { $moment }.
accepted-undo = Undo
nobody-decides-title = Nobody to decide: { $names }
nobody-decides-text = News has come in, and this organization has no moderator. Invite one: /people

## Sent twice

double-own = You have sent this already: { $when }
double-colleague = { $who } has sent this already: { $when }
double-somebody = one of your people
double-words = “{ $words }”
double-replace = Replace
double-add = Add to that one
double-other = This is something else
double-gone = That news is no longer there
double-merged = This went into the news that was sent before.

## Edits of own messages

edit-taken = Your edit is taken, it is decided anew
edit-nothing-new = Nothing new: all of this is there already.
edit-leave = Leave it as it was
edit-kept = For now everything stays as it was.
edit-decided = This news is decided already, the edit does not change that. Send the news anew.
edit-discarded = You have withdrawn this news, so the edit changes nothing. Send it anew.
edit-retracted = This news was taken back, so the edit changes nothing.
edit-no-role = You may no longer send news here, so we do not take the edit.
correction-title = Correct what is published?
correction-text = The correction is approved first, then made everywhere the news has gone.
correction-yes = Correct
correction-no = Leave it
correction-left = Very well, what is published stays as it is.
correction-taken = Your correction is taken
