"""config.yaml: what a good file means, and what is said about a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.config import Config, load
from app.config_values import KeyRef
from core.errors import ConfigError
from core.words import ChatKind, Mode, OrganizationKind, PostKind, Reach

ROOT = Path(__file__).parents[2]

# Line numbers in the tables below count in this text.
GOOD = """\
region:
  name: Ивановская область
  zone: Europe/Moscow
sandbox: http://127.0.0.1:8081
rubrics:
  - slug: safety
    name: Охрана труда
    words: [Охран, учётн]
organizations:
  - slug: federation
    name: Областное объединение
    short: Профсоюзы
    kind: federation
  - slug: education
    name: Профсоюз образования
    short: Образование
    kind: member
accounts:
  - slug: tg
    messenger: telegram
    organization: federation
    handle: vestnik_bot
    key: env:TG_KEY
  - slug: vk
    messenger: vk
    organization: education
    handle: club77
    group: 77
    key: sandbox:education
    api: sandbox
channels:
  - account: tg
    chat: -1001
    kind: channel
    organization: education
    footer: Подпись
sources:
  - slug: site
    organization: education
    url: https://example.ru/feed.xml
    every: "5 min"
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text))
    return caught.value.mistakes


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))

    assert (config.evening, config.night.from_, config.night.to) == (19 * 60, 21 * 60, 8 * 60)
    assert config.urgent_marks == ("молния", "срочно")
    assert config.rubrics[0].words == ("охран", "учетн")
    assert [o.kind for o in config.organizations] == [
        OrganizationKind.FEDERATION,
        OrganizationKind.MEMBER,
    ]
    source = config.sources[0]
    assert (source.every, source.reach, source.kind) == (300, Reach.OWN, PostKind.NEWS)
    telegram, vk = config.accounts
    assert telegram.key == KeyRef("env", "TG_KEY")
    assert [telegram.shared_dialogs, vk.shared_dialogs] == [False, True]
    assert [config.api_of(a) for a in (telegram, vk)] == [
        None,
        "http://127.0.0.1:8081/vk/method/",
    ]


def test_a_channel_gets_the_news_of_its_organization_and_of_the_federation(tmp_path: Path) -> None:
    channel, wall = load(written(tmp_path, GOOD)).all_channels()

    assert channel.news == ("education", "federation")
    assert (channel.chat, channel.how) == ("-1001", Mode.AT_ONCE)
    assert (wall.account, wall.chat, wall.kind) == ("vk", "-77", ChatKind.WALL)


def test_a_wall_may_be_switched_off(tmp_path: Path) -> None:
    text = changed(("    group: 77\n", "    group: 77\n    wall: off\n"))

    assert [c.account for c in load(written(tmp_path, text)).all_channels()] == ["tg"]


def test_a_listed_wall_takes_the_place_of_the_automatic_one(tmp_path: Path) -> None:
    wall = "  - {account: vk, kind: wall, organization: education, how: urgent}\n"
    config = load(written(tmp_path, changed(("sources:\n", f"{wall}sources:\n"))))

    (only,) = [c for c in config.all_channels() if c.kind is ChatKind.WALL]
    assert (only.chat, only.how) == ("-77", Mode.URGENT_ONLY)


def test_the_caller_may_say_where_the_sandbox_is(tmp_path: Path) -> None:
    text = changed(("https://example.ru/feed.xml", "sandbox:/sites/a/feed.xml"))
    config = load(written(tmp_path, text), sandbox_url="http://127.0.0.1:5000/")

    assert config.url_of(config.sources[0]) == "http://127.0.0.1:5000/sites/a/feed.xml"
    assert config.api_of(config.accounts[1]) == "http://127.0.0.1:5000/vk/method/"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="byte order mark"),
        pytest.param(GOOD.replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param(GOOD.replace("\n", "\r").encode(), id="line ends of old Macs"),
        pytest.param(GOOD.encode() + b"---"[:0] + b"# \xe2\x80\x9c\n", id="quotes in a comment"),
        pytest.param(b"---\n" + GOOD.encode(), id="begin of a document"),
    ],
)
def test_what_editors_do_to_a_file_does_no_harm(tmp_path: Path, raw: bytes) -> None:
    assert load(written(tmp_path, raw)).region.name == "Ивановская область"


def test_values_need_no_quotes_where_yaml_would_want_them(tmp_path: Path) -> None:
    text = changed(("region:\n", "evening: 18:30\nnight: {from: 22:00, to: 07:05}\nregion:\n"))
    config = load(written(tmp_path, text))

    assert (config.evening, config.night.from_, config.night.to) == (1110, 1320, 425)


def test_a_russian_name_in_guillemets_is_a_name(tmp_path: Path) -> None:
    config = load(written(tmp_path, changed(("Областное объединение", "«Солидарность»"))))

    assert config.federation.name == "«Солидарность»"


ENCODINGS = "файл сохранён не в UTF-8 (похоже на {}). Сохраните его заново: «Сохранить как», кодировка UTF-8."


@pytest.mark.parametrize(
    ("encoding", "line", "name"),
    [
        ("cp1251", 2, "Windows-1251"),
        ("utf-16", 1, "UTF-16"),
        ("utf-16-le", 1, "UTF-16"),
        ("utf-16-be", 1, "UTF-16"),
        ("utf-32", 1, "UTF-32"),
    ],
)
def test_a_wrong_encoding_is_named_and_the_rest_is_checked_too(
    tmp_path: Path, encoding: str, line: int, name: str
) -> None:
    raw = changed(("zone: Europe/Moscow", "zone: Europe/Moskow")).encode(encoding)

    assert mistakes(tmp_path, raw) == [
        f"config.yaml, строка {line}: {ENCODINGS.format(name)}",
        "config.yaml, строка 3: часового пояса «Europe/Moskow» нет. "
        "Возможно, вы имели в виду Europe/Moscow.",
    ]


TYPOGRAPHIC = (
    'здесь стоят типографские кавычки вместо прямых. Замените их на обычные: "…" или уберите.'
)
TAB = "здесь стоит табуляция, а отступы и промежутки делают пробелами. Замените её пробелами."
HARD_SPACE = (
    "отступ сделан неразрывными пробелами (так бывает при копировании). Замените их обычными."
)
COLON = (
    "лишнее двоеточие или неверный отступ. Если двоеточие внутри текста, возьмите весь текст в "
    "прямые кавычки; если это новая настройка, поставьте её ровно под соседними."
)
OPEN = "кавычка открыта и не закрыта в этой же строке. Поставьте вторую такую же в конце значения."
SPECIAL = (
    "знак «{}» в начале значения имеет в YAML особый смысл. Возьмите значение в прямые кавычки."
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  name: Ивановская", "\tname: Ивановская", {2: TAB}),
        ("zone: Europe", "zone:\tEurope", {3: TAB}),
        ("  name: Ивановская", "\u00a0\u00a0name: Ивановская", {2: HARD_SPACE}),
        ("name: Ивановская область", "name: Область: Иваново", {2: COLON}),
        ("  zone: Europe/Moscow", "    zone: Europe/Moscow", {3: COLON}),
        ("zone: Europe/Moscow", 'zone: "Europe/Moscow', {3: OPEN}),
        ("handle: vestnik_bot", "handle: @vestnik_bot", {22: SPECIAL.format("@")}),
        ("handle: vestnik_bot", "handle: *vestnik", {22: SPECIAL.format("*")}),
        ("handle: vestnik_bot", "handle: &vestnik", {22: SPECIAL.format("&")}),
        ("handle: vestnik_bot", "handle: !!str vestnik", {22: SPECIAL.format("!")}),
        ("zone: Europe/Moscow", "zone: “Europe/Moscow”", {3: TYPOGRAPHIC}),
        ("zone: Europe/Moscow", "zone: “Europe: Moscow”", {3: TYPOGRAPHIC}),
        ("  zone: Europe/Moscow", "  «zone»: Europe/Moscow", {3: TYPOGRAPHIC}),
        (
            "zone: Europe/Moscow",
            "zone: «Europe/Moscow»",
            {3: 'значение взято в типографские кавычки. Уберите их или поставьте прямые: "…".'},
        ),
        (
            "sandbox: http://127.0.0.1:8081",
            "sandbox: http://127.0.0.1:8081\nregion: {}",
            {5: "настройка «region» уже записана в строке 1. Оставьте одну из двух."},
        ),
        (
            "sandbox: http://127.0.0.1:8081",
            "sandbox http://127.0.0.1:8081",
            {4: "у настройки нет двоеточия с пробелом после имени. Пишите так: «имя: значение»."},
        ),
        (
            "    short: Образование\n    kind: member",
            "    short: Образование\n   kind: member",
            {
                17: "отступ не такой, как у соседних строк. "
                "Выровняйте строку по строкам того же раздела."
            },
        ),
        (
            "words: [Охран, учётн]",
            "words: [Охран, учётн",
            {
                8: "список в скобках не закрыт или в нём не хватает запятой. "
                "Поставьте запятую или скобку."
            },
        ),
        (
            "rubrics:\n",
            "---\nrubrics:\n",
            {5: "строка «---» начинает второй документ. Удалите её: документ здесь один."},
        ),
        (
            "name: Ивановская область",
            "name: Ивановская\x0bобласть",
            {
                2: "здесь стоит невидимый служебный знак. Удалите строку и наберите её заново, "
                "не копируя."
            },
        ),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, expected: dict[int, str]
) -> None:
    told = mistakes(tmp_path, changed((old, new)))
    assert told == [f"config.yaml, строка {line}: {text}" for line, text in expected.items()]


def test_every_tab_is_told_at_once(tmp_path: Path) -> None:
    text = changed(("  name: Ивановская", "\tname: Ивановская"), ("  zone:", "\tzone:"))

    assert mistakes(tmp_path, text) == [f"config.yaml, строка {n}: {TAB}" for n in (2, 3)]


KEY_HERE = (
    "похоже, сюда вписан сам ключ, а в этом файле ключи хранить нельзя. Положите ключ в переменную "
    "окружения и напишите env:ИМЯ_ПЕРЕМЕННОЙ или в файл с правами 0600 и напишите "
    "file:/путь/к/файлу. Ключ, который уже видели другие, замените новым."
)


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        (
            "sandbox: http",
            "sandbocks: http",
            4,
            "настройки «sandbocks» здесь нет. Возможно, вы имели в виду «sandbox».",
        ),
        (
            "    handle: vestnik_bot",
            "    handle: vestnik_bot\n    tokken: 1",
            23,
            "настройки «tokken» здесь нет. Здесь бывает: slug, messenger, organization, title, "
            "handle, key, wall_key, group, api, proxy, ca, people_write_here, wall.",
        ),
        (
            "  zone: Europe/Moscow\n",
            "",
            1,
            "не хватает настройки «zone». Добавьте её, например «zone: Europe/Moscow».",
        ),
        (
            "zone: Europe/Moscow",
            "zone:",
            3,
            "настройка «zone» не заполнена. Впишите значение, например «zone: Europe/Moscow».",
        ),
        (
            "    words: [Охран, учётн]",
            "    words: Охрана",
            8,
            "здесь нужен список. Начните каждую его строку с дефиса и пробела.",
        ),
        (
            "region:\n  name: Ивановская область\n  zone: Europe/Moscow",
            "region: Ивановская область\nevening: 19:00\nnight: {from: 1:00, to: 2:00}",
            1,
            "здесь нужен раздел из строк «имя: значение». Запишите их ниже с отступом.",
        ),
        (
            "zone: Europe/Moscow",
            "zone: [Europe/Moscow]",
            3,
            "здесь нужно одно значение, а записан список или раздел. Уберите дефис или строки ниже.",
        ),
        (
            "words: [Охран, учётн]",
            "words: [охрана труда]",
            8,
            "«охрана труда» не начало слова. Пишите начало одного слова, от трёх букв, "
            "без пробелов и дефисов.",
        ),
        (
            "kind: member",
            "kind: membr",
            17,
            "значения «membr» здесь не бывает. Возможно, вы имели в виду «member».",
        ),
        (
            "kind: member",
            "kind: отрасль",
            17,
            "значения «отрасль» здесь не бывает. Здесь бывает: federation, member, council, "
            "primary, youth, training.",
        ),
        (
            "region:\n",
            'evening: "25:00"\nregion:\n',
            1,
            '«25:00» не время суток. Напишите часы и минуты, например "19:00".',
        ),
        (
            'every: "5 min"',
            "every: 300",
            41,
            '«300» не промежуток времени. Напишите число и единицу: "30 s", "5 min" или "1 h".',
        ),
        (
            'every: "5 min"',
            "every: 30 s",
            41,
            "слишком часто: сайт примет это за нападение. Напишите не меньше «60 s».",
        ),
        (
            "url: https://example.ru/feed.xml",
            "url: example.ru/feed.xml",
            40,
            "это не адрес. Нужен полный адрес, например http://example.ru.",
        ),
        (
            "url: https://example.ru/feed.xml",
            "url: https://user:word@example.ru/feed.xml",
            40,
            "в адресе записаны имя и пароль, а в этом файле их хранить нельзя. Уберите их отсюда.",
        ),
        (
            "url: https://example.ru/feed.xml",
            "url: sandbox:sites",
            40,
            "после «sandbox:» нужен путь. Напишите, например, sandbox:/sites/имя/feed.xml.",
        ),
        (
            "sandbox: http://127.0.0.1:8081",
            "sandbox: http://10.0.0.1:8081",
            4,
            "песочница живёт только на этом же компьютере. Напишите http://127.0.0.1:8081.",
        ),
        (
            "sandbox: http://127.0.0.1:8081\n",
            "",
            28,
            "здесь песочница, а её адрес не указан. Добавьте вверху файла "
            "«sandbox: http://127.0.0.1:8081».",
        ),
        (
            "region:\n",
            "fetch: {allow: [10.0.0.1/8]}\nregion:\n",
            1,
            "«10.0.0.1/8» не сеть, а адрес внутри неё. Напишите 10.0.0.0/8.",
        ),
        (
            "region:\n",
            "fetch:\n  allow:\n    - localhost\nregion:\n",
            3,
            "«localhost» не сеть. Напишите адрес и длину, например 10.0.0.0/8.",
        ),
        (
            "slug: education",
            "slug: educаtion",  # its «а» is Russian
            14,
            "знак «а» (русская буква) в имени для ссылок не годится. "
            "Пишите строчные латинские буквы, цифры и дефис.",
        ),
        (
            "slug: site",
            "slug: tg",
            38,
            "имя «tg» уже занято в разделе accounts. Придумайте другое: имена организаций, тем, "
            "аккаунтов и источников не повторяются.",
        ),
        (
            "    organization: education\n    url",
            "    organization: educatoin\n    url",
            39,
            "организации «educatoin» нет в разделе organizations. "
            "Возможно, вы имели в виду «education».",
        ),
        (
            "    footer: Подпись",
            "    rubrics: [safety, sport]",
            36,
            "темы «sport» нет в разделе rubrics. Здесь бывает: safety.",
        ),
        (
            "  - account: tg",
            "  - account: vkontakte",
            32,
            "аккаунта «vkontakte» нет в разделе accounts. Здесь бывает: tg, vk.",
        ),
        (
            "    kind: federation",
            "    kind: council",
            9,
            "нет федерации. Поставьте одной организации kind: federation.",
        ),
        (
            "    kind: member",
            "    kind: federation",
            17,
            "федерация уже есть выше. Поставьте здесь другой вид, например member.",
        ),
        (
            "    kind: member",
            "    kind: member\n    parent: education",
            18,
            "«education» подчинена сама себе. Исправьте parent.",
        ),
        (
            "    kind: federation",
            "    kind: federation\n    parent: education",
            14,
            "федерация стоит выше всех. Уберите у неё parent.",
        ),
        ("key: env:TG_KEY", "key: 7000000001:AAExampleKeyExampleKey", 23, KEY_HERE),
        (
            "key: env:TG_KEY",
            "key: env:7000000001:AAExampleKeyExampleKey",
            23,
            "после «env:» нужно имя переменной окружения: латинские буквы, цифры, подчёркивание. "
            "Напишите, например, env:VESTNIK_TG_KEY; сам ключ сюда не вписывайте.",
        ),
        (
            "key: env:TG_KEY",
            "key: env:TG_KEY\n    proxy: socks5://user:word@example.ru:1080",
            24,
            "в адресе записаны имя и пароль, а в этом файле их хранить нельзя. Уберите их отсюда. "
            "Если прокси нужен пароль, положите весь адрес в переменную окружения или файл и "
            "напишите env:ИМЯ либо file:/путь.",
        ),
        (
            "key: env:TG_KEY",
            "key: env:TG_KEY\n    wall_key: env:WALL",
            24,
            "«wall_key» бывает только у VK. Удалите строку.",
        ),
        (
            "key: env:TG_KEY",
            "key: env:TG_KEY\n    ca: missing.pem",
            24,
            "файла {folder}/missing.pem нет. Проверьте путь.",
        ),
        (
            "    group: 77\n",
            "",
            24,
            "у аккаунта VK нет номера сообщества. Добавьте «group: 200000001».",
        ),
        (
            "group: 77",
            "group: -77",
            28,
            "«-77» не годится. Нужно целое число от 1 до 1000000000000.",
        ),
        (
            "    api: sandbox",
            "    api: sandbox\n    proxy: socks5://10.0.0.1:1080",
            31,
            "для VK прокси SOCKS не подходит. Укажите прокси http:// или https://.",
        ),
        (
            "key: sandbox:education",
            "key: env:TG_KEY",
            29,
            "этот же ключ уже указан выше. У каждого аккаунта ключ свой.",
        ),
        (
            "    api: sandbox",
            "    api: sandbox\n    people_write_here: конечно",
            31,
            "«конечно» не значит ни да, ни нет. Напишите on или off.",
        ),
        (
            "chat: -1001",
            "chat: 1001",
            33,
            "номер канала и группы в Telegram начинается с минуса. Добавьте его.",
        ),
        (
            "chat: -1001",
            'chat: "@news"',
            33,
            "«@news» не номер чата. Нужно число, например -1001234567890: его видно в журнале, "
            "когда бот добавлен в чат.",
        ),
        (
            "    kind: channel",
            "    kind: wall",
            34,
            "стен у Telegram нет. Напишите channel или group.",
        ),
        (
            "sources:\n",
            "  - {account: tg, chat: -1001, kind: group, organization: federation}\nsources:\n",
            37,
            "этот чат уже указан выше. Оставьте одну запись.",
        ),
        (
            "sources:\n",
            "  - {account: vk, chat: 5, kind: group, organization: federation}\nsources:\n",
            37,
            "номер беседы VK больше 2000000000. Возьмите его из журнала бота.",
        ),
        (
            "region:\n",
            "administrators: [{messenger: vk, id: Иванов}]\nregion:\n",
            1,
            "«Иванов» не номер человека. Нужно число без знаков, а не имя и не ссылка.",
        ),
        (
            'every: "5 min"',
            'every: "5 min"\n    reach: territory',
            42,
            "у организации источника не указана territory, а новости предназначены её "
            "территории. Впишите territory организации или поставьте reach: own.",
        ),
        (
            'every: "5 min"',
            'every: "5 min"\n    kind: poll',
            42,
            "значения «poll» здесь не бывает. Здесь бывает: news, congratulation, announcement, "
            "decision, explanation, light, condolence, event.",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    told = mistakes(tmp_path, changed((old, new)))

    assert f"config.yaml, строка {line}: {sentence.format(folder=tmp_path)}" in told
    assert len([one for one in told if one.startswith(f"config.yaml, строка {line}:")]) == 1


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = changed(
        ("zone: Europe/Moscow", "zone: Mars"),
        ("kind: member", "kind: membr"),
        ("chat: -1001", "chat: news"),
        ("    organization: education\n    url", "    organization: nobody\n    url"),
    )
    lines = [int(one.partition("строка ")[2].partition(":")[0]) for one in mistakes(tmp_path, text)]

    assert lines == [3, 17, 33, 39]


def test_two_organizations_under_each_other_are_both_told(tmp_path: Path) -> None:
    extra = "  - {slug: a, name: А, short: А, kind: member, parent: b}\n"
    extra += "  - {slug: b, name: Б, short: Б, kind: member, parent: a}\n"

    assert mistakes(tmp_path, changed(("accounts:\n", f"{extra}accounts:\n"))) == [
        "config.yaml, строка 18: «a» подчинена сама себе. Исправьте parent.",
        "config.yaml, строка 19: «b» подчинена сама себе. Исправьте parent.",
    ]


def test_one_persons_key_may_open_the_walls_of_two_communities(tmp_path: Path) -> None:
    second = (
        "  - {slug: vk-b, messenger: vk, organization: federation, handle: club78, group: 78,"
        " key: env:B, wall_key: env:WALL}\n"
    )
    text = changed(
        ("    api: sandbox\n", "    api: sandbox\n    wall_key: env:WALL\n"),
        ("channels:\n", f"{second}channels:\n"),
    )

    assert len(load(written(tmp_path, text)).accounts) == 3


SECRETS = ["7000000001:AAExampleKeyExampleKey", "vk1.a.Example-Key_Example"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "line",
    [
        "key: {}",
        "key: file:",
        "key: env:{}",
        "{}: 1",
        "handle: {} ?",
        "api: {}",
        "proxy: http://u:{}@h",
    ],
)
def test_a_key_in_the_file_is_never_repeated(tmp_path: Path, secret: str, line: str) -> None:
    text = changed(("    key: env:TG_KEY", f"    key: env:TG_KEY\n    {line.format(secret)}"))

    assert secret not in "\n".join(mistakes(tmp_path, text))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda path: None,
            "файла {path} нет. Проверьте путь или скопируйте config.yaml из поставки.",
        ),
        (Path.mkdir, "{path} это папка. Укажите сам файл, например {path}/config.yaml."),
        (Path.touch, "файл пуст. Возьмите за образец config.yaml из поставки."),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, make: object, expected: str) -> None:
    path = tmp_path / "config.yaml"
    assert callable(make)
    make(path)
    with pytest.raises(ConfigError) as caught:
        load(path)

    assert caught.value.mistakes == [f"config.yaml: {expected.format(path=path)}"]


def test_a_list_instead_of_sections_is_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "# ничего\n- region\n") == [
        "config.yaml, строка 2: файл должен состоять из разделов. "
        "Начните с раздела «region:», образец есть в docs/config.md."
    ]


def test_the_demos_file_is_good_and_names_the_three_sites(tmp_path: Path) -> None:
    config: Config = load(ROOT / "config.yaml")

    assert [config.url_of(source).partition("8081")[2] for source in config.sources] == [
        f"/sites/{name}/feed.xml" for name in ("federation", "education", "youth")
    ]
    assert [(c.account, c.chat) for c in config.all_channels()] == [
        ("tg", "-1001000000001"),
        ("tg", "-1001000000004"),
        ("vk", "-200000001"),
    ]
    assert config.operator.name == ""


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    at=st.integers(0, len(GOOD) - 1),
    cut=st.integers(0, 12),
    put=st.sampled_from(
        [
            "",
            "\t",
            "“",
            "«",
            "[",
            "{",
            "- ",
            ": ",
            "#",
            '"',
            "&",
            "*",
            "null",
            "\u2028",
            "\0",
            "? ",
            "|",
            ">",
            "%",
            "<<: ",
        ]
    ),
)
@example(at=0, cut=len(GOOD), put="[" * 5000)
@example(at=0, cut=len(GOOD), put="~")
def test_no_slip_of_the_hand_makes_the_reader_fail(
    tmp_path: Path, at: int, cut: int, put: str
) -> None:
    path = written(tmp_path, GOOD[:at] + put + GOOD[at + cut :])
    try:
        load(path)
    except ConfigError as error:
        assert all(
            one.startswith("config.yaml") and one.endswith((".", "…")) for one in error.mistakes
        )
