# People and their roles: invitations, “Work”, one person in two messengers.

## Roles

role-press = press officer
role-moderator = moderator
role-youth-author = author
role-youth-chair = chair
role-youth-deputy = deputy chair
role-administrator = administrator
role-network = administrator of the network
role-at = { $role }, { $organization }
person-nameless = No name

## Work

menu-work = Work
menu-mine = My news
menu-queue = To be decided: { $count }
menu-plan = Plan
menu-people = People
menu-join = I am in another messenger too
work-you = You: { $roles }.
work-send = To send in news, just write them here: text, photos, a document.
work-none = People work here who send in news and decide what goes out. You have no such role yet: the administrator of your organization gives it and will send you an invitation.

## People

people-title = People
people-line = { $name }: { $roles }
people-nobody = Nobody yet. Invite the first person.
people-hint = Press a name to see the roles or to take them back.
people-invite = Invite
people-open = Invitations
people-outdated = Things have changed. This is how they are now
people-not-yours = Roles are given by administrators here.
people-whom-to-ask = You can ask here: { $contacts }.
role-take = Take back: { $role }
role-take-sure = Take the role back. Are you sure?
role-take-text = The role is gone at once. The person will be told. A new invitation gives it back.
role-take-yes = Yes, take it back
role-taken = The role is taken back
role-lost = You do not have this role any more: { $role }. If that is a mistake, ask the administrator of your organization.

## Invitation

invite-title = Invite
invite-text = What will the person do?
pick-press = Press officer
pick-moderator = Moderator
pick-youth-author = Author of a youth council
pick-youth-chair = Chair of a youth council
pick-youth-deputy = Deputy chair
pick-administrator = Administrator
invite-whom = In which organization? The role covers all that belong to it too.
invite-days = How long do we wait? After that the invitation stops working.
invite-day = 1 day
invite-week = 7 days
invite-month = 30 days
invite-ready = The invitation is ready
invite-forward = Pass the next message on to the person. The invitation works once, for whoever opens it first.
invitation-to = You are invited to work at “Vestnik”: { $what }.
invitation-open = Open the link in your messenger and press “Start”:
invitation-code = If the link does not work, write to the bot: /start { $code }
invitation-until = The invitation is for one person. Valid until: { $until }.
invitation-title = Invitation
invitation-line = { $what }
    Valid until: { $until }
    Invited by: { $name }
invitations-none = No invitation waits for an answer.
invitations-hint = Press an invitation to call it off.
invitation-call-off = Call off
invitation-off = The invitation is called off

## Answer to an invitation

role-given = You are now { $what }.
next-press = What next: send news right here — text, photos, a document. We show what it will look like and ask who is to see it.
next-moderator = What next: when news come in, we send them here with buttons. All that waits for a decision is in “Work”.
next-youth-author = What next: send text and photos here and say when they are to go out, for example “завтра в 18:00”. All that is planned is in “Plan”.
next-youth-judge = What next: what your authors plan comes here with buttons. All that waits for a decision is in “Work”, all that is planned in “Plan”. Send your own news here too.
next-administrator = What next: invite people and take roles back in “People”.
invitation-taken = { $name } is now { $what }. The invitation is used.
invitation-yours = This invitation is yours already: you are { $what }.
invitation-had = You have this role already: { $what }. The invitation stays unused and may be given to somebody else.
invitation-used = Somebody has used this invitation already: it is for one person.
invitation-gone = This invitation was called off.
invitation-expired = This invitation has expired.
invitation-powerless = Whoever invited you may not invite any more, so the invitation does not work.
invitation-unknown = There is no such invitation. Maybe the link was not copied in full: open it once more.
invitation-ask-giver = { $name } can give you a new one.

## One person in two messengers

join-title = I am in another messenger too
join-text = Open us in the other messenger ({ $where }) and write there:
join-elsewhere = any
join-valid = The code is valid for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
} and only once. Show it to nobody: with it one becomes you.
join-other-way = If you have got a code there already, just send it here.
join-wrong = There is no such code, or it has expired. Check the letters or get a new code in the other messenger: /join
join-wait = Too many wrong codes. Try again in an hour.
join-own = This is your own code. Write it in the other messenger.
join-same = Only two different messengers can be joined; these are two people of one.
join-role = You have a role here, so take the code here with /join and type it where you have none yet. Never type a code that somebody else gave you.
join-sure = Are you { $here } here and { $there } there ({ $where })? Join them?
join-sure-text = Roles and news will be shared: you can work here and there. It cannot be undone. If somebody else gave you the code, press “No”.
join-yes = Yes, that is me, join
join-no = No
join-kept = Nothing has changed
join-late = The code is not valid any more, get a new one
join-done = Done, you are joined
join-done-text = Your roles and news are shared now. Each messenger keeps its own subscription.
join-done-there = Now we know that you are in another messenger too ({ $where }). Roles and news are shared. If that was not you, tell the administrator at once.

## Help and commands

help-authors = To send in news, just write them here: text, photos, a document. What became of them: /mine
help-judges = To decide about news: the buttons below them. All that waits: /queue
help-youth = To plan for a day and an hour: send the text and say when. Week and month: /plan
help-administrators = To invite somebody, look at roles or take them back: /people
help-network = To stop the mailing: /halt
forget-roles = Your { $count ->
    [one] role
   *[other] roles
} will be gone too. What you have published stays, without your name.
command-menu = My subscriptions
command-news = Latest news
command-help = What we understand
command-stop = Unsubscribe
command-work = Work: what can be done
command-mine = My news
command-queue = What waits for a decision
command-plan = The plan
command-history = History of a news item
command-people = People and invitations
command-halt = Stop the mailing
