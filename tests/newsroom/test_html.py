"""HTML of real-looking sites to text, and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich_checks import assert_sound, rich_texts

from core.richtext import Entity, RichText, Style
from newsroom.html import clean, from_plain, to_html

SITE = "https://prof-tver.example/news/12/"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("просто текст", "просто текст"),
        ("<p>Первый</p><p>Второй</p>", "Первый\n\nВторой"),
        ("<p>Без конца<p>и начала</p></p>", "Без конца\n\nи начала"),
        ("<h3>Итоги</h3><div>Собрание\n   прошло.</div>", "Итоги\n\nСобрание прошло."),
        ("Раз<br>два<br/><br />три<br><br><br><br>четыре", "Раз\nдва\n\nтри\n\nчетыре"),
        ("<div>а</div><div>б</div><div><div>в</div></div>", "а\nб\nв"),
        ("<p>&nbsp;</p><p> </p><p>Текст</p><p>&nbsp;</p>", "Текст"),
        ("<p>&nbsp;&nbsp;&nbsp;Красная строка</p>", "Красная строка"),
        ("№&nbsp;5, г.&nbsp; Тверь", "№\xa05, г. Тверь"),
        ("проф&shy;со&#173;юз\u200b \ufeffучителей\u200e", "профсоюз учителей"),
        ("а<b> б </b> в", "а б в"),
        ("а <b>б</b>, в", "а б, в"),
        ("<ul><li>раз</li><li>два</li></ul>", "• раз\n• два"),
        ("<p>Повестка:</p><ol><li>отчёт<li><p>выборы</p><li></ol><p>Всё</p>", "Повестка:\n\n1. отчёт\n2. выборы\n\nВсё"),
        ("<ol start=4><li>а<li value=9>б<li>в</ol>", "4. а\n9. б\n10. в"),
        ("<ul><li>а<ul><li>б<ol><li>в</ol></ul><li>г</ul>", "• а\n\u2003• б\n\u2003\u20031. в\n• г"),
        ("<ul><li></li><li><br></li></ul>после", "после"),
        ("<table><tr><th>Год<th>Число<tr><td>2025<td><p>1 200</p><tr><td></td></table>", "Год | Число\n2025 | 1 200"),
        ("<figure><img src=a.jpg alt=Фото><figcaption>Митинг</figcaption></figure>Далее", "Митинг\n\nДалее"),
        ("<script>a<b</script>а<style>p{}</style><!-- x --><iframe>y</iframe><form>ф<input></form>б", "аб"),
        ("<template>т</template><svg><text>с</text></svg><noscript>Включите</noscript>б", "б"),
        ("<p hidden>а</p><p style='Display : NONE'>б</p><i style='visibility:hidden'>в</i>г", "г"),
        ("1 &lt; 2 &amp;&amp; &laquo;да&raquo; &mdash; &#8470;1", "1 < 2 && «да» — №1"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&#xD83D;&#xDE00; &#55357;&#56832; &#xD800;&#57344;|", "😀 😀 \ue000|"),
        ("\ud83d\ude00 \ud800\x00\x07\x1bконец", "😀 конец"),
        ("120 м<sup>2</sup>, CO<sub>2</sub>, сноска<sup>[1]</sup>", "120 м², CO₂, сноска[1]"),
        ("<pre>\nа\n    б\n\n\n\nв  г\n</pre>д", "а\n    б\n\n\n\nв  г\nд"),
        ("<blockquote><p>Слова</p><p>ещё</p></blockquote>сказал он", "Слова\n\nещё\n\nсказал он"),
        ("Он сказал: <q>Да</q>", "Он сказал: «Да»"),
        ("<dl><dt>Кто<dd>Иванов</dl>", "Кто\nИванов"),
        ("<![CDATA[<p>а</p>]]>", "а"),
        ("👨\u200d👩\u200d👧 и сло\u200dво", "👨\u200d👩\u200d👧 и слово"),
        ("a\r\nb\rc\td\u2028e", "a b c d e"),
        ("<html><head><title>т</title></head><body onload=x>б</body></html>", "б"),
        ("<p>обрыв <b>на полу", "обрыв на полу"),
        ("<img class='wp-smiley' alt='😊' src='https://s.w.org/1f60a.png'>!", "😊!"),
    ],
)  # fmt: skip
def test_a_page_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert clean(html).text.text == text


@pytest.mark.parametrize(
    ("html", "styled"),
    [
        ("<b>а</b><strong>б</strong> в", [("bold", "аб")]),
        ("<b> а </b>б", [("bold", "а")]),
        ("<h1>а</h1>б", [("bold", "а")]),
        ("<i>а</i> <em>б</em> <u>в</u> <ins>г</ins>", [("italic", "а"), ("italic", "б"), ("underline", "в"), ("underline", "г")]),
        ("<s>а</s> <strike>б</strike> <del>в</del>", [("strikethrough", "а"), ("strikethrough", "б"), ("strikethrough", "в")]),
        ("<code>а</code> <tg-spoiler>б</tg-spoiler> <span class='x tg-spoiler'>в</span>", [("code", "а"), ("spoiler", "б"), ("spoiler", "в")]),
        ("<b>1<p>2</b>3</p>", [("bold", "1"), ("bold", "2")]),
        ("<b>а<i>б</b>в</i>", [("bold", "аб"), ("italic", "б"), ("italic", "в")]),
        ("<p>а</p><blockquote> <p>б</p>\n<p>в</p> </blockquote>", [("blockquote", "б\n\nв")]),
        ("<ul><li><b>а</b></li></ul>", [("bold", "а")]),
        ("<b></b><i> </i>а<u>\xa0</u>", []),
        ("<span style='color:red;font-weight: 700'>а</span>б", [("bold", "а")]),
        ("<pre><code class='language-py'>x = 1</code></pre>", [("pre", "x = 1")]),
    ],
)  # fmt: skip
def test_styles_cover_their_letters_only(html: str, styled: list[tuple[str, str]]) -> None:
    text = clean(html).text
    assert_sound(text)
    assert [(e.style.value, text.text[e.offset : e.end]) for e in text.entities] == styled


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://a.ru/x?y=1&amp;z=2#q", "https://a.ru/x?y=1&z=2#q"),
        ("/about", "https://prof-tver.example/about"),
        ("img.html", "https://prof-tver.example/news/12/img.html"),
        ("//cdn.ru/x", "https://cdn.ru/x"),
        ("  https://a.ru/с пробелом&quot; ", "https://a.ru/с%20пробелом%22"),
        ("mailto:press@a.ru?subject=Вопрос", "mailto:press@a.ru?subject=Вопрос"),
        ("tel:+7 (4822) 34-56-78", "tel:+74822345678"),
        ("javascript:alert(1)", None),
        (" JaVa\nScript:alert(1)", None),
        ("&#1;javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("tg://user?id=1", None),
        ("http://[", None),
        ("http://", None),
        ("#top", None),
        ("", None),
        ("mailto:", None),
        ("tel:нет", None),
    ],
)
def test_only_safe_absolute_links_are_kept(href: str, url: str | None) -> None:
    text = clean(f"<a href='{href}'>тут</a>", SITE).text
    assert text.text == "тут"
    assert [e.url for e in text.entities] == ([url] if url else [])


def test_a_relative_link_without_a_base_keeps_its_text() -> None:
    assert clean("<a href='/x'>тут</a>").text == RichText("тут")


def test_pictures_are_absolute_in_order_without_doubles_and_pixels() -> None:
    html = """<img src=/b.jpg><p><a href=x><img src="a.jpg" alt=x></a></p><img src=/b.jpg>
      <img src="data:image/gif;base64,R0" data-src="//cdn.ru/lazy.jpg"><img width=1 height=1 src=/p.gif>
      <img style="width: 1px; height:1px" src=/p2.gif><img src="https://mc.yandex.ru/watch/1">
      <img data-srcset="/s.jpg 1x, /l.jpg 2x"><noscript><img src=/n.jpg></noscript>
      <div style="display:none"><img src=/h.jpg></div><img src="javascript:x"><img>
      <picture><source srcset=/w.webp><img src=/p.jpg></picture>"""
    base = "https://prof-tver.example"
    assert clean(html, SITE).images == (
        f"{base}/b.jpg", f"{base}/news/12/a.jpg", "https://cdn.ru/lazy.jpg", f"{base}/l.jpg", f"{base}/n.jpg", f"{base}/p.jpg",
    )  # fmt: skip


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000,
        "<b>" * 100_000,
        "<ul><li>" * 50_000,
        "<div><marquee></div></marquee>" * 30_000,
        "<p><b><b><b><i><i><i><u><u><u><s><s><s>" + "x</p>" * 60_000,
        "<p><font size=1>" * 30_000,
        "<a " + " ".join(f"a{n}" for n in range(100_000)) + ">",
        "<!--" * 100_000,
        "<a href='" * 50_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_nesting_neither_recurses_nor_hangs(hostile: str) -> None:
    assert_sound(clean(hostile + "конец").text)


def test_text_below_endless_nesting_is_still_read() -> None:
    assert "конец" in clean("<div>" * 100_000 + "конец" + "</div>" * 100_000 + "<p>после").text.text
    assert clean("<div>" * 100_000 + "конец").text.text == "конец"


TAGS = "p b i u s a code pre blockquote ul ol li div h2 br table tr td span sup q figure x-b hr tg-spoiler"
_pieces = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS.split()] + [f"</{tag}>" for tag in TAGS.split()]),
    st.sampled_from(["<a href=https://a.ru>", "<a href=/b>", "<b hidden>", "<!--", "-->", "<", "&", "&#xD83D;"]),
    st.sampled_from([" ", "\n", "&nbsp;", "\u2003", "слово", "Да.", "•", "&lt;", "👨‍👩‍👧", "\u200d", "2", "  \n "]),
)  # fmt: skip
soups = st.lists(_pieces, max_size=40).map("".join)


@given(soups)
def test_any_soup_becomes_sound_text_that_survives_the_way_to_html_and_back(soup: str) -> None:
    text = clean(soup, SITE).text
    assert_sound(text)
    assert text.text == text.text.strip()
    if "pre" not in soup:
        assert "\n\n\n" not in text.text
    assert clean(to_html(text)).text == text


@given(st.text())
def test_any_letters_are_read_and_survive(letters: str) -> None:
    for text in (clean(letters).text, from_plain(letters)):
        text.text.encode()
        assert_sound(text)
        assert clean(to_html(text)).text == text


@given(rich_texts())
def test_html_of_any_rich_text_is_well_formed_and_keeps_the_letters(rich: RichText) -> None:
    back = clean(to_html(rich)).text
    # A quote that begins inside an emoji takes it apart: the joiner goes.
    seen, said = (re.sub(r"[\s\u200d]", "", text) for text in (back.text, rich.text))
    assert seen == said


def test_overlapping_entities_repeat_no_text() -> None:
    rich = RichText("abcdef", (Entity(0, 4, Style.BOLD), Entity(2, 4, Style.ITALIC)))
    assert to_html(rich) == "<b>ab<i>cd</i></b><i>ef</i>"


def test_text_and_addresses_are_escaped() -> None:
    url = 'https://a.ru/?a=1&b="><script>'
    rich = RichText('<b>&"', (Entity(0, 3, Style.LINK, url), Entity(4, 0, Style.BOLD)))
    assert to_html(rich) == (
        '<a href="https://a.ru/?a=1&amp;b=&quot;&gt;&lt;script&gt;">&lt;b&gt;</a>&amp;&quot;'
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "tg://user?id=1"])
def test_unsafe_links_do_not_reach_html(url: str) -> None:
    assert to_html(RichText("тут", (Entity(0, 3, Style.LINK, url),))) == "тут"


def test_the_language_of_code_survives() -> None:
    rich = RichText("x = 1\n\n\n  y", (Entity(0, 11, Style.PRE, None, "py"),))
    assert to_html(rich) == '<pre><code class="language-py">x = 1\n\n\n  y</code></pre>'
    assert clean(to_html(rich)).text == rich


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Раз\r\nдва\rтри", "Раз\nдва\nтри"),
        ("  а  б\t в \n\n\n\n г\n", "а б в\n\nг"),
        ("<b>не тег</b> & https://a.ru/?x=1", "<b>не тег</b> & https://a.ru/?x=1"),
        ("\ud83d\ude00\ud800\x00со\xadюз", "😀союз"),
    ],
)
def test_plain_text_keeps_its_lines(text: str, result: str) -> None:
    assert from_plain(text) == RichText(result)
