# Words for people; the Russian file is the original.

## General

back = ‹ Back
further = More ›
next-step = Done, next
not-now = Not now
saved = Saved
change = Change
tick-hint = Tap to tick or untick ✓
button-dead = This button no longer works. Write “menu”.
button-old = The menu has changed, here is the new one
sorry = Sorry, something broke on our side and we could not answer. Please try again a little later.
menu-button = My subscriptions

## Choosing an organization

welcome-title = Trade union news: { $region }
choose-organization = Whose news would you like? Choose how to look for the organization.
choose-organization-title = Choose an organization
link-unknown = We found nobody by this link: it may be out of date.
group-industry = By industry
group-territory = By town and district
group-primary = Primary organizations
group-other = Youth and training
group-region = The whole region
organization-of-kind = { $name } ({ $kind })
kind-federation = news of the whole region
kind-member = union of an industry
kind-council = coordination council of trade unions
kind-primary = primary organization

## Consent

consent-title = Subscription: { $organization }
consent-news = You will get news of: { $organizations }.
consent-why = To send them we need your consent.
consent-operator = Answerable for the data: { $operator }.
consent-contacts = Questions about the data: { $contacts }.
consent-kept = We keep only your number and name in the messenger and what you choose. If you change your mind, write “stop” or /forget.
consent-agree = I agree, subscribe
consent-full = Full text
consent-later = All right. To subscribe later, write “start”.
consent-renewed = The text has changed, please look again
already-subscribed = You are subscribed already

## Subscribed

subscribed-title = You are subscribed: { $organizations }
subscribed-digest = A selection every evening at { $time }, urgent news at once.
subscribed-at-once = News come at once.
subscribed-urgent = Only urgent news come.
subscribed-night = No messages at night, { $hours }.
subscribed-latest = The latest news is below.
subscribed-no-news = There is no news yet, the first will come by itself.
send-at-once = Send at once
my-subscriptions = My subscriptions
organization-added = Added: { $organization }.
organization-had = You are subscribed already: { $organization }.
return-by-link = You had unsubscribed. Take the subscription up again and add { $organization }?

## My subscriptions

menu-organizations = Organizations
menu-topics = Topics
menu-way = How to send
menu-hours = Hours and night
menu-pause = Pause
menu-go-on = End the pause
menu-latest = Latest news
menu-leave = Unsubscribe
menu-forget = Delete my data
menu-halt = Stop the mailing
menu-never = You are not subscribed yet.
menu-ended = You are unsubscribed, no news come.
subscribe-button = Choose an organization
latest-none = There is nothing more for now: you have the rest already, or it waits for the selection.
latest-coming = The latest news are on their way
whose-news = Whose news you get

line-organizations = Organizations: { $names }
line-now = Now: { $names }
line-nobody = No organization is chosen, so no news will come.
line-topics = Topics: { $names }
line-all-topics = Topics: all
line-way = How: { $way }
line-publishing = How to publish: { $way }
line-time = The selection comes at { $time }
line-night = Quiet at night: { $hours }
line-no-night = At night: no limits
line-paused = Paused until { $until }
line-paused-open = Paused until you end it
line-owner = { $kind ->
    [group] Whose group
   *[other] Whose channel
}: { $name }
line-limit = At most { $count ->
    [one] { $count } post
   *[other] { $count } posts
} a day

mode-at-once = at once
mode-digest = one selection a day
mode-urgent = only urgent
mode-ask = we ask you first
way-at-once = At once
way-digest = One selection a day
way-urgent = Only urgent

topics-title = Topics
topics-all-hint = All topics are chosen now. Tick some if you want less.
topics-hint = Only what is ticked ✓ comes. Untick everything to get it all.
way-text = Urgent news wait for no selection and come at once, except in the quiet hours.
hours-text = When to send the selection, and when not to disturb you. The night's news come in the morning.
night-text = When not to disturb you. The night's news come in the morning. The hour of the selection can be chosen when news come as one selection a day.
night-button = Quiet { $hours }
night-none = No limits
pause-title = Pause
pause-text = Nothing comes during the pause. You can look at the latest news afterwards.
pause-day = For a day
pause-week = For a week
pause-open = Until I end it

## Leaving and deleting

left = You are unsubscribed and will not be disturbed. Thank you for having been with us!
left-administrator = This was your own subscription. The mailing to everybody goes on; to stop it: /halt
left-never = You are not subscribed, so nothing will come.
return-button = Take it up again
returned = Your subscription works again. Organizations, topics and hours are as before.
returned-unpaused = Your subscription works again, the pause is over. Organizations, topics and hours are as before.
return-anew = The text of the consent has changed since. Please choose an organization again, it takes a minute.
forget-title = Delete your data?
forget-text = We will erase your number and name, your subscription, our conversation and all you chose. It cannot be undone, but you may subscribe anew any day.
forget-channels = You connected { $count ->
    [one] { $count } channel
   *[other] { $count } channels
}: the news there go on, an administrator of the network will look after them.
forget-yes = Yes, delete
forget-no = No, keep
forget-kept = All right, nothing is deleted.
forgotten = Done: we have deleted all we knew about you. To come back, write “start”.
forgotten-short = Your data are deleted

## Small talk

kind-thanks = You are always welcome!
kind-greeting = Hello! Good to see you.
hint = We understand buttons and a few words: “menu”, “stop”, “start”, “help”.
help-title = What we understand
help-words = Buttons and words: “menu”, /news, “stop”, “start”, /channels, /forget.
help-number = Your number in the messenger: /id
number = Your number ({ $messenger }): { $number }

## A community's dialogs

stranger = Hello! You can call a member of staff or subscribe to the news.
call-human = Call a human
news-button = News
human-called = All right, we keep quiet: a member of staff will answer here.
human-called-short = Waiting for staff
human-wanted = { $where }: { $name } asks for an answer from a member of staff. Please look into the community's messages.
somebody = somebody

## Channels

my-channels = My channels
channels-text = ● switched on, ○ switched off or not set up yet.
channel-on = News come out here.
channel-on-ask = News come out after your “Publish”.
channel-on-urgent = Only urgent news come out.
channel-no-right = No news come out: we may not post here.
channel-off = No news come out here.
settle = Set up
switch-off = Switch off
change-title = What to change: “{ $title }”
menu-publishing = How to publish
menu-limit = How many a day
connect-how-title = How to connect a channel
connect-how = Add us to your channel as an administrator who may post, or to a group as a member. We will write here at once and ask what to publish. Nothing comes out without your “Switch on”.
connect-hello = We were added, the rights are in place. A few questions are left; nothing comes out without your “Switch on”.
connect-anew = The settings went out of date, let us begin again.
connect-elsewhere = We ask about “{ $title }” in another message.
our-account = our bot
connect-later = All right. You can come back to it any day: “My channels”.
connect-unreachable = The messenger does not answer, so we could not look at the rights in “{ $title }”. Please try again in a minute.
connect-no-right = We cannot publish in “{ $title }” yet. Missing: { $right }.
right-member = we must be a member
right-administrator = we must be an administrator
right-post = the right “Post messages”
right-write = the right to write messages
where-channel = Open the channel, tap its name, then “Administrators” → “{ $bot }” → switch on “Post messages”. Then press “Check again”.
where-group = Open the group, tap its name and allow members to send messages, or make “{ $bot }” an administrator. Then press “Check again”.
check-again = Check again
check-missing = Still missing: { $right }
check-unreachable = The messenger does not answer, try again in a minute
connect-whose = { $kind ->
    [group] Whose group
   *[other] Whose channel
} is “{ $title }”?
connect-whose-text = Choose an organization.
which-title = Which news to publish?
which-own = Our own and the region's
which-choose = Choose organizations
choose-one = Tick at least one organization
how-title = How to publish?
how-text = “Ask me”: we send each news here, and it comes out only after your “Publish”.
channel-mode-at-once = Publish at once
channel-mode-ask = Ask me
channel-mode-urgent = Only urgent
limit-title = How many news a day?
limit-text = At least { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
} between them. What does not fit comes in the evening in one selection.
summary-title = Please check: “{ $title }”
summary-text = This begins when you press “Switch on”. Until then nothing changes.
enable = Switch on
enabled = Switched on: “{ $title }”. Waiting for the next news that fits. Change it or switch it off in “My channels”.
enabled-already = Switched on already
channel-removed = We were removed from “{ $title }”. No news come out there any more.
channel-demoted = We may no longer post in “{ $title }”. No news come out there. When the right is back, we ask whether to switch on again.

## Questions about news

ask-publish = Publish in “{ $title }”?
ask-yes = Publish
ask-no = Do not publish
ask-published = Publishing in “{ $title }”.
ask-declined = Not publishing in “{ $title }”.
ask-changed = The news has changed, please look again
ask-arrived = We do not know whether this reached “{ $title }”: the connection broke. Please look whether it is there.
ask-pictures = With { $count ->
    [one] { $count } picture
   *[other] { $count } pictures
}.
ask-correct = The news was corrected, but the messenger does not let the message in “{ $title }” be changed. Until you answer the old text stays. What to do?
correct-reply = Reply with the correction
correct-replace = Delete and send anew
correct-leave = Leave as it is
corrected-reply = Sending the correction to “{ $title }” in reply to the old message.
corrected-replace = Sending the news to “{ $title }” anew, the old message will be deleted.
corrected-leave = Leaving “{ $title }” as it is.
ask-rest = Only the beginning is to be seen in “{ $title }”. What to do?
unknown-partly = Only a part is there
unknown-rest = Send the rest
unknown-anew = Delete and send anew
unknown-rest-done = Sending the rest to “{ $title }”.
unknown-anew-done = Sending to “{ $title }” anew. Please delete yourself the message whose number we do not know.
unknown-yes = It is there
unknown-no = Send again
unknown-arrived = Thank you, noted: it reached “{ $title }”.
unknown-again = Sending to “{ $title }” again.
settled-already = This is settled already

## Stopping

halt-title = Stop the mailing
halt-text = This concerns everybody who gets news. Conversations, corrections and deletions go on. To unsubscribe yourself, write “stop”.
halt-all = Stop everything
halt-organization = One organization
halt-organization-title = Whose news to stop?
halt-everything = the whole mailing
halt-stands = Stopped: { $what }
halt-lift = Go on: { $what }
halt-sure-all = Stop the whole mailing?
halt-already = Stopped already
halt-outdated = That button is out of date. This is how things stand
halt-sure = Stop: { $what }?
halt-sure-text = No news leave until you go on. Nothing is lost.
halt-yes = Stop
halt-no = Leave it
halted = Stopped: { $what }
halted-waiting = Waiting to be sent: { $count }
halted-text = No news leave until an administrator presses “Go on”.
halt-go-on = Go on
lift-title = Go on: { $what }?
lift-title-all = Let the whole mailing go on?
lift-yes = Yes, go on
waiting = Waiting to be sent: { $count }. { $posts ->
    [one] { $posts } post
   *[other] { $posts } posts
} for { $chats ->
    [one] { $chats } chat
   *[other] { $chats } chats
}.
waiting-nothing = Nothing waits to be sent.
lifted = Going on: { $what }
lifted-rest = There { $count ->
    [one] is { $count } more stop
   *[other] are { $count } more stops
}.

## Alarms

alarm-since = This began on { $when } and is not over.
alarm-account = “{ $title }” does not work. { $why }
alarm-account-remedy = News wait there, for two days at most. Check the key and the rights; a new key takes effect when Vestnik is restarted. If somebody else runs the server, forward this to them.
alarm-account-over = The account “{ $title }” works again.
alarm-silent = “{ $title }”: the messenger has not answered for more than five minutes.
alarm-silent-remedy = Nothing is lost: news wait up to two days and go out when the connection is back. Check the internet on Vestnik's computer. If it works, the messenger itself is probably down: wait. If it is not over in an hour, tell whoever runs the server.
alarm-silent-over = “{ $title }”: the connection is back, news go out.
alarm-stuck = “{ $title }”: a sending has not ended for more than ten minutes. Messages: { $count }.
alarm-stuck-remedy = Restart Vestnik: it finds out what arrived, and asks where it cannot know. Should it happen again, tell whoever runs the server.
alarm-stuck-over = “{ $title }”: nothing is stuck any more.
alarm-unknowns = Too often it is unknown whether a message arrived: { $count } of 100,000 sends in a day.
alarm-unknowns-remedy = Usually the connection to the messenger is bad. Check the internet on Vestnik's computer, or tell whoever runs the server. Those who run the channels are asked about what is unclear.
alarm-unknowns-over = It is seldom unknown again whether a message arrived.
alarm-disk = There is hardly any room left on Vestnik's disk.
alarm-disk-remedy = Make room, or tell whoever runs the server: without room no news are taken. Once there is some, work goes on by itself.
alarm-disk-over = There is room on Vestnik's disk again.
alarm-chat = “{ $title }”, { $network }: nothing could be posted day after day. Reason: { $why }.
alarm-chat-remedy = Each item waits there for up to two days, once a day we try again. Check whether all is well there, and write to Vestnik's administrator.
alarm-chat-rights = Each item waits there for up to two days, once a day we check our rights. Open the settings, find our bot among the administrators and let it post.
alarm-chat-lost = Each item waits there for up to two days, once a day we look again. If the place is where it was, bring the bot back. If it is no more, switch it off in “My channels”; if it is not there, ask whoever runs Vestnik to take it out of the settings.
alarm-chat-topic = Each item waits there for up to two days, once a day we try again. Open the topic in the group, or connect another one.
alarm-chat-over = “{ $title }”, { $network }: posting again. What could not wait can be sent once more: open the item, “Who got it”.
