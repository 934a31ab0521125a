"""What is played for the pictures: each scene stops wherever there is something to photograph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from picture_stage import BOT, TELEGRAM, VK, Stage

TEACHER, WEAVER, PRESS, ADMINISTRATOR, AUTHOR, MODERATOR, CHAIR = range(1001, 1008)
REGION = "-1001000000001"
SHUYA = "-1001000000002"
SHUYA_TITLE = "Образование Шуи"

HEADLINE = "В Шуе открыли учебный класс по охране труда"
NEWS = {
    "title": HEADLINE,
    "html": "<p>Занятия бесплатные, <b>первая группа начинает 7 декабря</b>.</p>",
    "pictures": 3,
}
SCHOOL = (
    "В Шуе открылась школа молодого педагога\n\n"
    "Занятия по субботам в 11:00, улица Свердлова, 18. Записаться: 3-12-45."
)
SCHOOL_PICTURES = (
    "/sites/education/img/shkola-molodogo-pedagoga-1.jpg",
    "/sites/education/img/turslyot-rubskoe-1.jpg",
)
QUIZ = (
    "Квиз о трудовых правах: собираем команды\n\nДо шести человек. Дом профсоюзов, второй этаж.",
    "/sites/youth/img/kviz-vyhodnoj-1.jpg",
)
LESSON = "Разбираем первый трудовой договор\n\nБерите свой с собой: посмотрим вместе с юристом."
WALK = "Собираемся на лыжах в Плёс\n\nАвтобус от Дома профсоюзов в 9:00, места по записи."


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take now: whose view of which chat, how many of its last messages; None is the whole page."""

    name: str
    person: int
    last: int | None
    network: str = TELEGRAM
    chat: str | None = None  # the dialog with the bot

    @property
    def ref(self) -> str:
        """Return the chat as the page's address names it."""
        return self.chat or f"{BOT}:{self.person}"


def play(stage: Stage) -> Iterator[Shot]:
    """Play everything once, in an order in which no scene comes into another's picture."""
    stage.begin()
    yield from subscribing(stage)
    yield from connecting(stage)
    yield from submitting(stage)
    yield from deciding(stage)
    yield from planning(stage)
    yield from inviting(stage)
    yield from enduring(stage)


def subscribing(stage: Stage) -> Iterator[Shot]:
    """Somebody subscribes by a link on Telegram; somebody else looks at the menu on VK."""
    stage.publish("federation", NEWS)
    stage.hears(TEACHER, HEADLINE, chat=REGION)
    stage.start(TEACHER, payload="org-education")
    stage.hears(TEACHER, "нужно ваше согласие")
    yield Shot("member-consent", TEACHER, 1)
    stage.press(TEACHER, "Согласен, подписаться")
    stage.hears(TEACHER, HEADLINE)
    yield Shot("page-desktop", TEACHER, None)
    stage.start(WEAVER, VK, payload="org-textile")
    stage.press(WEAVER, "Согласен, подписаться", network=VK)
    stage.hears(WEAVER, HEADLINE, VK)
    stage.say(WEAVER, "меню", VK)
    stage.hears(WEAVER, "Ночью не беспокоить", VK)
    yield Shot("member-menu", WEAVER, 1, VK)


def connecting(stage: Stage) -> Iterator[Shot]:
    """The owner of a channel adds the bot and answers its questions."""
    stage.start(PRESS)
    stage.hears(PRESS, "Работа")
    stage.add_bot(PRESS, SHUYA_TITLE)
    stage.press(PRESS, "По отраслям", "Образование", "Свои и областные", "Готово, дальше")
    stage.press(PRESS, "Публиковать сразу", "5")
    stage.hears(PRESS, "Проверьте")
    yield Shot("owner-summary", PRESS, 1)
    stage.press(PRESS, "Включить")
    stage.hears(PRESS, "Включили")


def submitting(stage: Stage) -> Iterator[Shot]:
    """A press officer sends an album and sees how it will look."""
    stage.start(MODERATOR)
    stage.hears(MODERATOR, "Работа")
    stage.say(PRESS, SCHOOL, pictures=SCHOOL_PICTURES)
    stage.hears(PRESS, "Черновик")
    stage.press(PRESS, "Кто на снимках", "взрослые")
    stage.hears(PRESS, "Кто на снимках: взрослые")
    yield Shot("press-card", PRESS, 2)
    stage.press(PRESS, "Посмотреть")
    stage.hears(PRESS, "так это увидят")
    yield Shot("press-preview", PRESS, 2)
    stage.press(PRESS, "Отправить")
    stage.hears(PRESS, "Принято")


def deciding(stage: Stage) -> Iterator[Shot]:
    """A moderator mends it in words and approves; a minute later it is in the channel."""
    stage.hears(MODERATOR, "Ждёт решения.")
    yield Shot("moderator-card", MODERATOR, 2)
    stage.press(MODERATOR, "Исправить")
    stage.hears(MODERATOR, "Что исправить?")
    stage.say(MODERATOR, "замени «11:00» на «12:00»\nубери фото 2")
    stage.hears(MODERATOR, "Исправлено")
    stage.press(MODERATOR, "Одобрить")
    stage.hears(MODERATOR, "Одобрено")
    yield Shot("moderator-approved", MODERATOR, 2)
    stage.later(90)
    stage.hears(PRESS, SCHOOL.split("\n", 1)[0], chat=SHUYA)
    yield Shot("owner-channel", PRESS, 1, chat=SHUYA)


def planning(stage: Stage) -> Iterator[Shot]:
    """The youth council plans its week; its chair approves."""
    for person in (AUTHOR, CHAIR):
        stage.start(person)
        stage.hears(person, "Работа")
    text, picture = QUIZ
    stage.say(AUTHOR, text, pictures=(picture,))
    stage.press(AUTHOR, "Кто на снимках", "никого", "Когда выйдет")
    stage.hears(AUTHOR, "Напишите день и время")
    stage.say(AUTHOR, "завтра в 18:00")
    stage.hears(AUTHOR, "Выйдет: завтра")
    yield Shot("youth-when", AUTHOR, 2)
    _send_planned(stage)
    stage.press(CHAIR, "Одобрить")
    stage.hears(CHAIR, "Одобрено")
    for text, when in ((LESSON, "в четверг в 17:30"), (WALK, "в субботу в 12:00")):
        stage.say(AUTHOR, text)
        stage.press(AUTHOR, "Когда выйдет")
        stage.say(AUTHOR, when)
        _send_planned(stage)
        stage.hears(CHAIR, text.split("\n", 1)[0])
    stage.say(CHAIR, "/plan")
    stage.hears(CHAIR, "ждёт утверждения")
    yield Shot("youth-plan", CHAIR, 1)


def inviting(stage: Stage) -> Iterator[Shot]:
    """The administrator looks at the people and invites one more."""
    stage.start(ADMINISTRATOR)
    stage.hears(ADMINISTRATOR, "Работа")
    stage.say(ADMINISTRATOR, "/people")
    stage.hears(ADMINISTRATOR, "Нажмите на имя")
    yield Shot("admin-people", ADMINISTRATOR, 1)
    stage.press(ADMINISTRATOR, "Пригласить", "Пресс-секретарь", "По отраслям", "Здравоохранение")
    stage.press(ADMINISTRATOR, "7 дней")
    stage.hears(ADMINISTRATOR, "Вас приглашают")
    yield Shot("admin-invitation", ADMINISTRATOR, 1)


def enduring(stage: Stage) -> Iterator[Shot]:
    """A messenger is silent for minutes, and the administrator is told."""
    stage.fails(VK)
    stage.endures(ADMINISTRATOR, "мессенджер не отвечает")
    yield Shot("admin-alarm", ADMINISTRATOR, 1)


def _send_planned(stage: Stage) -> None:
    stage.press(AUTHOR, "Верно", "Отправить")
    stage.hears(AUTHOR, "так это увидят")
    stage.press(AUTHOR, "Отправить")
    stage.hears(AUTHOR, "Принято")
