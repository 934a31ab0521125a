# Why it did not work and what to do. These words also appear beside a button: 90 characters at most.

objection-not-yours = You no longer have the right to do this. Ask whoever invited you.
objection-gone = This news is no more: it was withdrawn or taken back.
objection-empty = There is neither text nor a picture here. Send what is to be shown.
objection-too-long = The text is over 30,000 characters. Shorten it and send it again.
objection-not-ready = Pictures or a file are still loading. Wait a little and press again.
objection-pictured = First say who is in the pictures.
objection-consent = Children in the pictures: first say where their parents' consent is kept.
objection-changed = The author has changed the text. See how it is now.
objection-decided = Already decided: { $who }.
objection-decided-somehow = Already decided.
objection-too-late = Too late: the news is out.
objection-passed = That moment has passed. Name another.
