from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.feeds.decode import decode
from broadcaster.feeds.parse import parse, parse_text
from core.errors import FeedError
from core.feed import Feed, FeedItem
from core.richtext import Style

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:yandex="http://news.yandex.ru"'
)


def rss(*items: str, channel: str = "<link>https://p.ru/</link>") -> str:
    joined = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel><title>Л</title>{channel}{joined}</channel></rss>'


def one(item: str, **more: str) -> FeedItem:
    feed = parse_text(rss(item, **more), "https://p.ru/feed.xml")
    assert len(feed.items) == 1
    return feed.items[0]


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


RSS2 = rss(
    "<title>Соглашение подписано</title><link>https://p.ru/1</link><guid>g-1</guid>"
    "<pubDate>Sun, 22 Nov 2026 20:30:00 +0300</pubDate><category>Труд</category>"
    "<description>&lt;p&gt;Первый &lt;b&gt;важный&lt;/b&gt; абзац&lt;/p&gt;</description>"
)
RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://p.ru/f"><title>Л</title><link>https://p.ru/</link>
 <items><rdf:Seq><rdf:li resource="https://p.ru/1"/></rdf:Seq></items></channel>
 <item rdf:about="g-1"><title>Соглашение подписано</title><link>https://p.ru/1</link><dc:subject>Труд</dc:subject>
 <dc:date>2026-11-22T20:30:00+03:00</dc:date><description>&lt;p&gt;Первый &lt;b&gt;важный&lt;/b&gt; абзац&lt;/p&gt;</description></item></rdf:RDF>"""
RSS091 = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Л</title><link>https://p.ru/</link><item><title>Соглашение подписано</title><guid>g-1</guid>
<link>https://p.ru/1</link><category>Труд</category><pubDate>22 Nov 2026 20:30</pubDate>
<description>&lt;p&gt;Первый &lt;b&gt;важный&lt;/b&gt; абзац&lt;/p&gt;</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Л</title><link rel="self" href="https://p.ru/feed"/>
<link href="https://p.ru/"/><entry><id>g-1</id><title>Соглашение подписано</title><link rel="edit" href="https://p.ru/edit"/>
<link rel="alternate" type="text/html" href="https://p.ru/1"/><category term="t" label="Труд"/><updated>2026-11-23T00:00:00Z</updated>
<published>2026-11-22T17:30:00Z</published><summary>Коротко</summary><content type="html">&lt;p&gt;Первый &lt;b&gt;важный&lt;/b&gt; абзац&lt;/p&gt;</content></entry></feed>"""
ATOM_PREFIXED = """<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:x="http://www.w3.org/1999/xhtml"><a:title>Л</a:title><a:link href="https://p.ru/"/>
<a:entry><a:id>g-1</a:id><a:title>Соглашение подписано</a:title><a:link href="https://p.ru/1"/><a:category term="Труд"/>
<a:updated>2026-11-22T17:30:00Z</a:updated><a:content type="xhtml"><x:div><x:p>Первый <x:b>важный</x:b> абзац</x:p></x:div></a:content></a:entry></a:feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Л",
        "home_page_url": "https://p.ru/",
        "items": [
            {
                "id": "g-1", "url": "https://p.ru/1", "title": "Соглашение подписано", "tags": ["Труд"],
                "date_published": "2026-11-22T20:30:00+03:00", "content_html": "<p>Первый <b>важный</b> абзац</p>",
            }
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "text", [RSS2, RSS1, RSS091, ATOM, ATOM_PREFIXED, JSON],
    ids=["rss2", "rss1", "rss091", "atom", "atom-prefixed", "json"],
)  # fmt: skip
def test_every_format_gives_the_same_item(text: str) -> None:
    feed = parse(text.encode())
    assert (feed.title, feed.link) == ("Л", "https://p.ru/")
    (item,) = feed.items
    assert (item.id, item.title, item.link) == ("g-1", "Соглашение подписано", "https://p.ru/1")
    assert item.at == ms("2026-11-22T17:30:00+00:00")
    assert item.categories == ("Труд",)
    assert item.body.text == "Первый важный абзац"
    assert [(e.offset, e.length, e.style) for e in item.body.entities] == [(7, 6, Style.BOLD)]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Труд &amp;amp; капитал", "Труд & капитал"),
        ("Труд & капитал", "Труд & капитал"),
        ("&amp;laquo;Маяк&amp;raquo;&amp;nbsp;&amp;mdash; 5", "«Маяк» — 5"),
        ("&laquo;Маяк&raquo; &#8212; 5", "«Маяк» — 5"),
        ("<![CDATA[<b>Важно</b>: 5 < 6]]>", "Важно: 5 < 6"),
        ("&lt;b&gt;Важно&lt;/b&gt;", "Важно"),
        ("Важно <b>сейчас</b>", "Важно сейчас"),
        ("  Две\n\t строки ", "Две строки"),
        ("5 &lt; 6, &lt;имя&gt;", "5 < 6, <имя>"),
        ("a&#0;b&#xD800;c&#x1F;d\x01e", "a\ufffdb\ufffdcde"),
        ("&#150; cp1252", "– cp1252"),
        ("&#x1F600;", "😀"),
        ("&неизвестно; &foo;", "&неизвестно; &foo;"),
    ],
)
def test_a_title_is_one_line_of_plain_text(written: str, title: str) -> None:
    assert one(f"<title>{written}</title>").title == title


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("<link>https://p.ru/1?a=1&b=2&copy=3</link>", "https://p.ru/1?a=1&b=2&copy=3"),
        ("<link>\n https://p.ru/1 </link>", "https://p.ru/1"),
        ("<link><![CDATA[https://p.ru/1]]></link>", "https://p.ru/1"),
        ("<link>/news/1</link>", "https://p.ru/news/1"),
        ("<link>//cdn.ru/1</link>", "https://cdn.ru/1"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>ftp://p.ru/1</link>", None),
        ("<link>mailto:a@p.ru</link>", None),
        ("<guid>https://p.ru/g</guid>", "https://p.ru/g"),
        ('<guid isPermaLink="false">https://p.ru/g</guid>', None),
        ('<atom:link rel="self" href="https://p.ru/s"/>', None),
        ('<atom:link href="https://p.ru/a"/>', "https://p.ru/a"),
        ('<atom:link href="https://p.ru/a"/><link>https://p.ru/1</link>', "https://p.ru/1"),
        ("", None),
    ],
)
def test_a_link_is_absolute_and_of_the_web(written: str, link: str | None) -> None:
    assert one(f"<title>т</title>{written}").link == link


@pytest.mark.parametrize(
    ("text", "base_url", "link"),
    [
        (rss("<title>т</title><link>n</link>", channel="<link>https://p.ru/a/</link>"), "https://q.ru/x", "https://p.ru/a/n"),
        (rss("<title>т</title><link>n</link>", channel=""), "https://q.ru/x/f.xml", "https://q.ru/x/n"),
        (rss("<title>т</title><link>n</link>", channel=""), None, None),
        (rss('<title>т</title><link xml:base="/z/">n</link>', channel=""), "https://q.ru/x", "https://q.ru/n"),
        (
            '<feed xml:base="https://p.ru/b/"><entry xml:base="c/"><title>т</title><link href="n"/></entry></feed>',
            "https://q.ru/x", "https://p.ru/b/c/n",
        ),
    ],
)  # fmt: skip
def test_relative_links_start_from_the_nearest_base(
    text: str, base_url: str | None, link: str | None
) -> None:
    assert parse_text(text, base_url).items[0].link == link


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<description>Просто 1 &lt; 2 &amp; всё\nвторая строка</description>", "Просто 1 < 2 & всё\nвторая строка"),
        ("<description>коротко</description><content:encoded><![CDATA[<p>Подробно и длинно</p>]]></content:encoded>", "Подробно и длинно"),
        ("<content:encoded> </content:encoded><description>есть</description>", "есть"),
        ("<description>лид</description><yandex:full-text>полный текст новости</yandex:full-text>", "полный текст новости"),
        ("<description>Текст <b>прямо</b> в XML<br>и строка</description>", "Текст прямо в XML\nи строка"),
        ("<description><![CDATA[<script>x()</script><style>p{}</style>Текст]]></description>", "Текст"),
        ("<description><![CDATA[<h1>Заголовок</h1><p>Текст</p>]]></description>", "Текст"),
        ("<description>ЗАГОЛОВОК.\nТекст</description>", "Текст"),
        ("<description>Заголовок продолжается дальше</description>", "Заголовок продолжается дальше"),
        ("<description>Заголовок</description>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_body_is_the_longest_text_without_the_title(written: str, text: str) -> None:
    assert one(f"<title>Заголовок</title>{written}").body.text == text


def test_an_atom_text_is_not_taken_for_html() -> None:
    text = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="text">Тег &lt;b&gt;</title></entry></feed>'
    assert parse_text(text).items[0].title == "Тег <b>"


@pytest.mark.parametrize(
    ("written", "media"),
    [
        ('<enclosure url="/a.jpg" type="image/jpeg"/>', ["https://p.ru/a.jpg"]),
        ('<enclosure url="https://p.ru/a.JPG?x=1"/>', ["https://p.ru/a.JPG?x=1"]),
        ('<enclosure url="/a" type="image/png"/><enclosure url="/b.mp3" type="audio/mpeg"/>', ["https://p.ru/a"]),
        ('<enclosure url="/a.jpg" type="video/mp4"/><enclosure url="data:image/png,x" type="image/png"/>', []),
        ('<media:content url="/a.jpg" medium="image"/><media:thumbnail url="/a-small.jpg"/>', ["https://p.ru/a.jpg"]),
        ('<media:thumbnail url="/a.jpg"/><enclosure url="/a.jpg" type="image/jpeg"/>', ["https://p.ru/a.jpg"]),
        ('<media:content url="/v.mp4" type="video/mp4"><media:thumbnail url="/t.jpg"/></media:content>', ["https://p.ru/t.jpg"]),
        (
            '<media:group><media:content url="/s.jpg" width="100"/><media:content url="/l.jpg" width="900"/></media:group>',
            ["https://p.ru/l.jpg"],
        ),
        ("<description><![CDATA[<img src='/b.jpg'><img src='/b.jpg'><img src='c.png'>]]></description>", ["https://p.ru/b.jpg", "https://p.ru/c.png"]),
        (
            '<enclosure url="/a.jpg" type="image/jpeg"/><description><![CDATA[<img src="/a-300x200.jpg">]]></description>',
            ["https://p.ru/a.jpg"],
        ),
        ("".join(f'<enclosure url="/{n}.jpg" type="image/jpeg"/>' for n in range(20)), [f"https://p.ru/{n}.jpg" for n in range(10)]),
    ],
)  # fmt: skip
def test_media_are_distinct_absolute_pictures(written: str, media: list[str]) -> None:
    assert list(one(f"<title>т</title>{written}").media) == media


def test_json_feed_takes_pictures_numbers_and_lone_surrogates() -> None:
    text = (
        '{"version":"https://jsonfeed.org/version/1","items":[{"id":7,"content_text":"1 < 2 \\ud83d",'
        '"image":"https://p.ru/a.jpg","attachments":[{"url":"https://p.ru/b.jpg","mime_type":"image/jpeg"},7]},'
        'null,{"id":"пусто"},{"id":["x"],"title":5.5,"tags":"нет"}]}'
    )
    feed = parse_text(text)
    assert feed.items[0].id == "7"
    assert feed.items[0].body.text == "1 < 2 \ufffd"
    assert feed.items[0].media == ("https://p.ru/a.jpg", "https://p.ru/b.jpg")
    assert feed.items[1].title == "5.5"


def test_an_item_without_title_and_text_is_left_out() -> None:
    feed = parse_text(rss("<link>https://p.ru/1</link>", "<title> </title>", "<title>т</title>"))
    assert [item.title for item in feed.items] == ["т"]


def test_a_date_too_far_ahead_is_dropped_only_when_now_is_known() -> None:
    text = rss("<title>т</title><pubDate>22 Nov 2062 20:30:00 GMT</pubDate>")
    assert parse_text(text).items[0].at == ms("2062-11-22T20:30:00+00:00")
    assert parse_text(text, now=ms("2026-11-22T00:00:00+00:00")).items[0].at is None


def test_the_first_readable_date_counts() -> None:
    item = one("<title>т</title><pubDate>вчера</pubDate><dc:date>2026-11-22</dc:date>")
    assert item.at == ms("2026-11-21T21:00:00+00:00")


WHOLE = rss(
    "<title>Первая</title><link>https://p.ru/1</link>",
    "<title>Вторая</title><link>https://p.ru/2</link>",
)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("</channel></rss>", ""),
        WHOLE.replace("</title><link>", "<link>"),
        WHOLE.replace("</item>", ""),
        WHOLE.replace("</item>", "</description></p></item>"),
        WHOLE.replace("<item>", "<ITEM >").replace("<title>", "<Title\n>"),
        "<br />\n<b>Warning</b>: mysql_connect() in <b>x.php</b><br />\n" + WHOLE,
        "\ufeff\n\n  " + WHOLE,
        "\x00\x01" + WHOLE.replace("Первая", "\x02Первая\x0b"),
        WHOLE.replace("<channel>", "<channel></channel>"),
        WHOLE.replace("<rss", "<!-- <item> --><rss").replace("<item>", "<?php echo '<item>' ?><item>"),
        WHOLE.replace("<item>", '<item class=a b = "c" d="e>f" g/>x</g>').replace("g/>x</g>", ">"),
        WHOLE + "<p>реклама & <br",
        WHOLE.replace("xmlns:content", "xmlns:c").replace("</item>", "<unknown:tag>x</unknown:tag></item>"),
    ],
)  # fmt: skip
def test_malformed_xml_keeps_both_items(text: str) -> None:
    feed = parse_text(text)
    assert [(item.title, item.link) for item in feed.items] == [
        ("Первая", "https://p.ru/1"),
        ("Вторая", "https://p.ru/2"),
    ]


def test_a_feed_cut_in_the_middle_of_an_item_keeps_what_is_there() -> None:
    cut = WHOLE[: WHOLE.index("Вторая") + 3]
    assert [item.title for item in parse_text(cut).items] == ["Первая", "Вто"]


def test_a_feed_without_items_is_a_feed() -> None:
    assert parse_text(rss()) == Feed("Л", "https://p.ru/", ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "пуст"),
        (b" \n\xef\xbb\xbf ", "пуст"),
        (b"\xef\xbb\xbf", "пуст"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "обычная страница"),
        (b"<html><title>x</title></html>", "обычная страница"),
        (
            b"<html><head><link rel='stylesheet' href=/s.css><link rel=alternate type=application/rss+xml href=/rss.xml></head></html>",
            "https://p.ru/rss.xml",
        ),
        (b'<html><link rel="alternate" type="application/rss+xml" href="javascript:x">', "обычная страница"),
        (b'{"items": [{"id": 1}]}', "не лента"),
        (b"[1, 2]", "не лента"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "не лента"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "повреждена"),
        (b"[" * 200_000, "повреждена"),
        (b"plain words", "нет ленты"),
        (b"<urlset><url/></urlset>", "нет ленты"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "нет ленты"),
        (b"<rss>" + b"<a>" * 1000, "глубоко"),
        (b"<rss>" + b"<a/>" * 400_001, "слишком много"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_explained_in_russian(content: bytes, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        parse(content, base_url="https://p.ru/")


def bomb(name: str) -> str:
    if name == "laughs":
        entities = '<!ENTITY a "ха"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">'
        return f"<!DOCTYPE rss [{entities}]>" + rss("<title>&c;</title>").partition("?>")[2]
    if name == "file":
        entity = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        return entity + rss("<title>&x;</title>").partition("?>")[2]
    return (
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'
        + rss('<title>&x;</title><xi:include href="file:///etc/passwd" parse="text"/>').partition(
            "?>"
        )[2]
    )


@pytest.mark.parametrize("name", ["laughs", "file", "parameter"])
def test_entities_are_never_expanded(name: str) -> None:
    assert parse(bomb(name).encode()).items[0].title in ("&c;", "&x;")


@pytest.mark.parametrize(
    "content",
    [
        "<rss><channel><item><title>т</title><author>" + "a" * 3_000_000,
        "<rss><channel><item><title>т</title>" + "<category>а</category>" * 40_000,
        "<rss><channel><item><title>т</title><description><![CDATA[" + "<div>" * 1_000_000,
        "<rss><channel><item><title>т</title><pubDate>" + "1 " * 1_000_000,
        "<rss><channel><item><title>т</title><description>" + "&" * 3_000_000,
        "<rss><channel><item><title>т</title>" + "<b>" * 80 + "</a>" * 150_000,
        "<rss><channel><item><title>т</title>" + "<![>" * 300_000,
        "<rss " + "a " * 2_000_000 + "><channel><item><title>т</title>",
        "<rss><channel><item><title>т</title><x a='" + "<" * 2_000_000,
    ],
    ids=["author", "categories", "divs", "date", "ampersands", "ends", "marks", "attributes", "quote"],
)  # fmt: skip
def test_megabytes_of_nonsense_cost_little(content: str) -> None:
    start = process_time()
    with suppress(FeedError):
        parse_text(content)
    assert process_time() - start < 4  # square time would be minutes


PIECES = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "<![CDATA[", "]]>", "<!--", "-->",
     "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>", "&#xD800;", "&lt;b&gt;", "&", "<",
     ">", "'", '"', "/", "=", "http://[", "<guid>", "xml:base='//['", "\ud800", "\x00", "<enclosure url='//[/a.jpg'/>",
     "<pubDate>22 Nov 2026", "<!DOCTYPE a [", "]>", "</", "т", "<media:group>", "<media:content url='a.jpg' width='٣'/>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_mixture_of_markup_is_a_feed_or_a_feed_error(pieces: list[str], started: bool) -> None:
    text = ("<rss><channel><item>" if started else "") + "".join(pieces)
    try:
        feed = parse_text(text, "https://p.ru/")
    except FeedError:
        return
    for item in feed.items:
        f"{item.id}{item.title}{item.link}{item.body.text}{item.media}{item.categories}".encode()


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_a_feed_or_a_feed_error(content: bytes) -> None:
    for prefix in (
        b"",
        b"<rss><item>",
        b"<rss><item><title>",
        b'{"version":"jsonfeed.org/version/1","items":[',
    ):
        try:
            parse_text(decode(prefix + content))
        except FeedError:
            continue


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
KEYS = (
    "id",
    "url",
    "title",
    "content_html",
    "content_text",
    "tags",
    "image",
    "attachments",
    "date_published",
)


@given(st.dictionaries(st.sampled_from(KEYS), JSONS), JSONS)
@settings(deadline=None)
def test_json_of_any_shape_is_a_feed(item: dict[str, object], title: object) -> None:
    data = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": [item]}
    assert isinstance(parse_text(json.dumps(data)), Feed)
