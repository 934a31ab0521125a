"""What a document of Word says, as a message says it."""

from __future__ import annotations

from typing import Any

import pytest
from docx_files import (
    STRICT,
    archive,
    box,
    docx,
    either,
    field,
    item,
    level,
    numbering,
    p,
    part,
    parts_of,
    r,
    relation,
    relations,
    style,
    table,
    types,
)
from rich_checks import assert_sound

from core.richtext import RichText
from newsroom.docx import read_docx

SITE = relation("site", "hyperlink", "https://a.example/новости?x=1&y=2", external=True)


def text_of(body: str, **options: Any) -> str:
    return read_docx(docx(body, **options)).text.text


def left_out_of(body: str, **options: Any) -> str:
    return ". ".join(read_docx(docx(body, **options)).left_out)


def styled(rich: RichText) -> list[tuple[str, str]]:
    assert_sound(rich)
    return [(e.style.value, rich.text[e.offset : e.end]) for e in rich.entities]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p(r("Первый")) + p(r("Второй")), "Первый\n\nВторой"),
        (p(r("Раз")) + p() + p(r(" ")) + p() + p(r("два")), "Раз\n\nдва"),
        (p(r("со"), r("брание ")) + p(), "собрание"),
        (p(r("   а  б"), r("  в\tг")), "а б в г"),
        (p(r("№\xa05,\xa0 г.")), "№\xa05, г."),
        (p("<w:r><w:t> а </w:t></w:r>", r("б")), "аб"),
        (p("<w:r><w:t>а</w:t><w:br/><w:t>б</w:t><w:cr/><w:br/><w:br/><w:t>в</w:t><w:br/></w:r>"), "а\nб\n\nв"),
        (p("<w:r><w:t>а</w:t><w:tab/><w:t>б</w:t></w:r>", properties="<w:tabs><w:tab w:val='left'/></w:tabs>"), "а б"),
        (p("<w:r><w:t>где</w:t><w:noBreakHyphen/><w:t>то проф</w:t><w:softHyphen/><w:t>союз</w:t></w:r>"), "где\u2011то профсоюз"),
        (p(r("проф\xadсо\u200bюз \ufeffучи\u202eтелей")), "профсоюз учителей"),
        (p(r("120 м"), r("2", '<w:vertAlign w:val="superscript"/>'), r("1", '<w:vertAlign w:val="subscript"/>')), "120 м²₁"),
        (p('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="F0AE"/></w:r>', r("да")), "✓→да"),
        (p('<w:r><w:sym w:font="Arial" w:char="2116"/><w:sym w:font="Нет" w:char="F0AE"/><w:sym w:char="zz"/></w:r>', r("5\uf0b7")), "№5"),
        (p(r("явно"), r("тайно", "<w:vanish/>"), r("!", '<w:vanish w:val="0"/>')), "явно!"),
        (p(r("а"), "<w:ins>" + r("б") + "</w:ins><w:del><w:r><w:delText>в</w:delText></w:r></w:del>"), "аб"),
        (p("<w:moveFrom>" + r("а") + "</w:moveFrom>", r("б")) + p("<w:moveTo>" + r("а") + "</w:moveTo>"), "б\n\nа"),
        (p(r("одна "), properties="<w:rPr><w:del/></w:rPr>") + p(r("строка")), "одна строка"),
        (p(r("В"), properties='<w:framePr w:dropCap="drop"/>') + p(r("сегда вместе")), "Всегда вместе"),
        (p(r("конец"), properties="<w:rPr><w:del/></w:rPr>"), "конец"),
        (table([p(r("а"), properties="<w:rPr><w:del/></w:rPr>"), p(r("б"))]), "а — б"),
        (p(r("а"), "<w:r><w:commentReference/></w:r><w:r><w:footnoteReference/></w:r>", r("б")), "аб"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + p(r("внутри")) + "</w:sdtContent></w:sdt>", "внутри"),
        (p("<w:sdt><w:sdtContent>" + r("внутри") + "</w:sdtContent></w:sdt><w:smartTag>" + r("!") + "</w:smartTag>"), "внутри!"),
        (p(r("Дата: "), "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + r("Место для даты") + "</w:sdtContent></w:sdt>"), "Дата:"),
        (p("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"), "a+b"),
        (p(r("&lt;b&gt; < & \"")), "&lt;b&gt; < & \""),
        (p("<w:r><w:t><![CDATA[а <b>]]></w:t></w:r>"), "а <b>"),
        (p("<w:r><w:ruby><w:rt>" + r("чтение") + "</w:rt><w:rubyBase>" + r("слово") + "</w:rubyBase></w:ruby></w:r>"), "слово"),
        ("<w:sectPr><w:headerReference r:id='h'/></w:sectPr>" + p(r("а")), "а"),
    ],
)  # fmt: skip
def test_a_document_is_read_as_word_shows_it(body: str, text: str) -> None:
    assert text_of(body) == text


B, I, U, S = "<w:b/>", "<w:i/>", '<w:u w:val="single"/>', "<w:strike/>"  # noqa: E741


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p(r("а", B), r("б", I), r("в", U), r("г", S), r("д", "<w:dstrike/>")), [("bold", "а"), ("italic", "б"), ("underline", "в"), ("strikethrough", "гд")]),
        (p(r("жирное ", B), r("предложение ", B), r("и конец")), [("bold", "жирное предложение")]),
        (p(r("а", B + I), r("б", I)), [("italic", "аб"), ("bold", "а")]),
        (p(r("а", '<w:b w:val="0"/>'), r("б", '<w:i w:val="false"/>'), r("в", '<w:u w:val="none"/>')), []),
        (p(r("а", '<w:b w:val="true"/>'), r("б", '<w:b w:val="on"/>')), [("bold", "аб")]),
        (p(r("а", B)) + p(r("б", B)), [("bold", "а"), ("bold", "б")]),
        (p(r("а", "<w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange>")), []),
        (p(r("а"), properties="<w:rPr><w:b/></w:rPr>"), []),
        (p(r("  ", B), r("а"), r("  ", B)), []),
        (p(r("😀", B), r(" "), r("б", I)), [("bold", "😀"), ("italic", "б")]),
    ],
)  # fmt: skip
def test_styles_of_letters_are_kept(body: str, expected: list[tuple[str, str]]) -> None:
    assert styled(read_docx(docx(body)).text) == expected


STYLES = (
    "<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>"
    + style("Normal", "", default=True)
    + style("Head", '<w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="32"/></w:rPr>')
    + style("Own", '<w:name w:val="Мой"/><w:basedOn w:val="Head"/><w:rPr><w:i/></w:rPr>')
    + style("Outline", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    + style("Body", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>')
    + style("Strong", "<w:rPr><w:b/></w:rPr>", kind="character")
    + style("BoldText", "<w:rPr><w:b/><w:u w:val='single'/></w:rPr>")
    + style("Hyperlink", "<w:rPr><w:u w:val='single'/></w:rPr>", kind="character")
    + style("Ring", '<w:basedOn w:val="Ring2"/><w:rPr><w:i/></w:rPr>')
    + style("Ring2", '<w:basedOn w:val="Ring"/>')
)  # fmt: skip


@pytest.mark.parametrize(
    ("paragraph", "run", "expected"),
    [
        ("Head", "", ["bold"]),
        ("Own", "", ["bold", "italic"]),
        ("Outline", "", ["bold"]),
        ("Body", "", []),
        ("Head", '<w:b w:val="0"/>', []),
        ("", '<w:rStyle w:val="Strong"/>', ["bold"]),
        ("BoldText", "", ["bold", "underline"]),
        ("BoldText", '<w:rStyle w:val="Strong"/>', ["underline"]),
        ("BoldText", '<w:rStyle w:val="Strong"/><w:b/>', ["bold", "underline"]),
        ("BoldText", '<w:rStyle w:val="Hyperlink"/>', ["bold", "underline"]),
        ("Ring", "", ["italic"]),
        ("Missing", '<w:rStyle w:val="Missing"/>', []),
    ],
)
def test_a_look_comes_from_styles_too(paragraph: str, run: str, expected: list[str]) -> None:
    properties = f'<w:pStyle w:val="{paragraph}"/>' if paragraph else ""
    rich = read_docx(docx(p(r("текст", run), properties=properties), styles=STYLES)).text
    assert sorted(e.style.value for e in rich.entities) == expected


def test_the_usual_paragraph_has_the_look_of_its_style() -> None:
    styles = style("Normal", "<w:rPr><w:i/></w:rPr>", default=True)
    assert styled(read_docx(docx(p(r("а")), styles=styles)).text) == [("italic", "а")]


LINK = "https://a.example/новости?x=1&y=2"


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ('<w:hyperlink r:id="site">' + r("тут", U) + "</w:hyperlink>", LINK),
        ('<w:hyperlink r:id="site" w:anchor="конец">' + r("тут") + "</w:hyperlink>", LINK + "#конец"),
        ('<w:hyperlink w:anchor="закладка">' + r("тут") + "</w:hyperlink>", None),
        ('<w:hyperlink r:id="нет">' + r("тут") + "</w:hyperlink>", None),
        (field(f' HYPERLINK "{LINK}" ', r("т"), r("ут")), LINK),
        (field(f' HYPERLINK \\o "подсказка" "{LINK}" \\t "_blank"', r("тут")), LINK),
        (field(' hyperlink https://a.example \\l "x"', r("тут")), "https://a.example#x"),
        (field(' HYPERLINK \\l "_Toc1"', r("тут")), None),
        (field(' HYPERLINK "javascript:alert(1)"', r("тут")), None),
        (field(' HYPERLINK "https://a.example/' + "x" * 3000 + '"', r("тут")), None),
        (field(' HYPERLINK "https://a.example"', r("т"), field(" PAGE ", r("ут"))), "https://a.example"),
        (f"<w:fldSimple w:instr=' HYPERLINK \"https://a.example\"'>{r('тут')}</w:fldSimple>", "https://a.example"),
        (field(' DATE \\@ "dd" ', r("тут")), None),
    ],
)  # fmt: skip
def test_links_are_kept_where_a_message_may_hold_them(body: str, url: str | None) -> None:
    rich = read_docx(docx(p(r("Читайте "), body, r(" и там")), related=[SITE])).text
    assert rich.text == "Читайте тут и там"
    assert [(e.url, rich.text[e.offset : e.end]) for e in rich.entities] == (
        [(url, "тут")] if url else []
    )


def test_letters_of_a_fields_code_are_not_read() -> None:
    inner = field(" MERGEFIELD имя ", r("Иван"))
    begin, end = field("", "|").split("|")
    code = inner.join(begin.rsplit('<w:r><w:fldChar w:fldCharType="separate"/></w:r>', 1))
    assert text_of(p(r("а"), code, r("б"))) == "а"
    whole = code + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + r("!") + end
    assert text_of(p(r("а"), whole, r("б"))) == "а!б"


def test_a_field_without_end_is_told_of() -> None:
    body = p(r("а"), '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', r("пропало"))
    assert text_of(body) == "а"
    assert "незаконченное поле" in left_out_of(body)


@pytest.mark.parametrize(
    "contents",
    [
        p(field(' TOC \\o "1-3" ', r("Глава"), field(' HYPERLINK \\l "x"', r("3")))),
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p(r('Глава 3'))}</w:sdtContent></w:sdt>",
    ],
)
def test_a_table_of_contents_is_left_out_and_told_of(contents: str) -> None:
    document = read_docx(docx(contents + p(r("Текст"))))
    assert document.text.text == "Текст"
    assert document.left_out == ("Оглавление пропущено",)


OUTLINE = numbering(
    level(0, "decimal", "%1."),
    level(1, "decimal", "%1.%2."),
    level(2, "russianLower", "%3)"),
    lists={
        1: "",
        2: "",
        3: '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>',
    },
)


@pytest.mark.parametrize(
    ("lists", "body", "text"),
    [
        (numbering(level(0, "bullet", "\uf0b7")), p(r("Итог:")) + item("раз") + item("два") + p(r("Всё")), "Итог:\n\n• раз\n• два\n\nВсё"),
        (OUTLINE, item("а") + item("б", level=1) + item("в", level=1) + item("г") + item("д", level=1), "1. а\n1.1. б\n1.2. в\n2. г\n2.1. д"),
        (OUTLINE, item("а") + item("б", level=2) + item("в", level=2), "1. а\n\u2003\u2003а) б\n\u2003\u2003б) в"),
        (OUTLINE, item("а") + p(r("между")) + item("б", 2) + item("в", 3), "1. а\n\nмежду\n\n2. б\n5. в"),
        (OUTLINE, item("а") + item("") + item("в"), "1. а\n3. в"),
        (OUTLINE, item("а", 0) + item("б", 99) + item("в", level=77), "а\n\nб\n\nв"),
        (numbering(level(0, "upperRoman", "Глава %1", start=4)), item("а") + item("б"), "Глава IV а\nГлава V б"),
        (numbering(level(0, "lowerLetter", "(%1)", start=26)), item("а") + item("б"), "(z) а\n(aa) б"),
        (numbering(level(0, "decimalZero", "%1.")), item("а"), "01. а"),
        (numbering(level(0, "russianUpper", "%1.", start=10)), item("а"), "К. а"),
        (numbering(level(0, "lowerRoman", "%1.", start=999999)), item("а"), "999999. а"),
        (numbering(level(0, "decimal", "%1."), level(1, "decimal", "%2)", more='<w:lvlRestart w:val="0"/>')), item("а") + item("б", level=1) + item("в") + item("г", level=1), "1. а\n\u20031) б\n2. в\n\u20032) г"),
        (numbering(level(0, "none", "")), item("а") + item("б"), "а\nб"),
        (numbering(level(0, "decimal", "%1."), lists={1: '<w:lvlOverride w:ilvl="0">' + level(0, "bullet", "-") + "</w:lvlOverride>"}), item("а"), "• а"),
    ],
)  # fmt: skip
def test_lists_are_counted_like_word_counts_them(lists: str, body: str, text: str) -> None:
    assert text_of(body, numbering=lists) == text


def test_a_list_may_come_from_a_style() -> None:
    of_style = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style("One", of_style) + style("Two", '<w:basedOn w:val="One"/>')
    lists = numbering(
        level(0, "decimal", "%1."), level(1, "decimal", "%1.%2.", more='<w:pStyle w:val="Two"/>')
    )
    body = "".join(p(r(t), properties=f'<w:pStyle w:val="{t}"/>') for t in ("One", "Two", "One"))
    assert text_of(body, styles=styles, numbering=lists) == "1. One\n1.1. Two\n2. One"


def test_a_list_named_by_a_style_has_that_styles_levels() -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Наш"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="7"><w:styleLink w:val="Наш"/>{level(0, "decimal", "%1)")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert text_of(item("а"), numbering=lists) == "1) а"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (table([p(r("Год")), p(r("Число"))], [p(r("2025")), p(r("1 200"))]), "Год — Число\n2025 — 1 200"),
        (p(r("До")) + table([p(r("а")), p(r("б"))]) + p(r("После")), "До\n\nа — б\n\nПосле"),
        (table([p(r("а")), p(), p(r("в"))], [p(), p()]), "а — в"),
        (item("раз") + table([p(r("а")), p(r("б"))]) + item("два"), "1. раз\n\nа — б\n\n2. два"),
        (table([p(r("Иванов")) + p(r("председатель")), p(r("Кто?")) + p(r("Он"))]), "Иванов; председатель — Кто? Он"),
        (table([p(r("Первый")) + p(r("Второй"))], [p(r("Третий"))]), "Первый\n\nВторой\n\nТретий"),
        (table([p(r("а")), table([p(r("б")), p(r("в"))])]), "а — б — в"),
        (table([p("<w:r><w:t>а</w:t><w:br/><w:t>б</w:t></w:r>"), p(r("в"))]), "а б — в"),
        (table([item(""), p(r("Иванов"))], [item(""), p(r("Петров"))]), "1. — Иванов\n2. — Петров"),
    ],
)  # fmt: skip
def test_a_row_of_a_table_is_a_line(body: str, text: str) -> None:
    assert text_of(body, numbering=OUTLINE) == text


def test_a_table_is_told_of_and_a_frame_around_the_text_is_not() -> None:
    assert "Таблица превращена в строки" in left_out_of(table([p(r("а")), p(r("б"))]))
    assert left_out_of(table([p(r("а"))])) == ""


def test_a_text_box_is_read_once_and_behind_its_paragraph() -> None:
    inside = box(p(r("В рамке", B)), p(r("вторая")))
    boxed = p(
        r("Текст "),
        either(f"<wps:txbx>{inside}</wps:txbx>", f"<v:textbox>{inside}</v:textbox>"),
        r("дальше"),
    )
    rich = read_docx(docx(boxed + p(r("Конец")))).text
    assert rich.text == "Текст дальше\n\nВ рамке\n\nвторая\n\nКонец"
    assert styled(rich) == [("bold", "В рамке")]


def test_a_field_left_open_in_a_text_box_ends_with_it() -> None:
    inside = box(p(r("в рамке"), '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', r("код")))
    body = p(field(" PAGE ", r("а"), f"<w:r><wps:txbx>{inside}</wps:txbx></w:r>", r("б")), r("в"))
    assert text_of(body) == "абв\n\nв рамке"


def test_what_only_older_programs_are_given_is_read() -> None:
    assert (
        text_of(p(either("<wps:новое/>", f"<v:textbox>{box(p(r('старое')))}</v:textbox>")))
        == "старое"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (p(r("а"), "<w:ins>" + r("б") + "</w:ins>"), "исправления"),
        (p(r("а"), "<w:r><w:footnoteReference/></w:r>"), "Сноски"),
        (p(r("а"), "<w:r><w:endnoteReference/></w:r>"), "Сноски"),
        (p(r("а"), "<w:r><w:drawing><c:chart/></w:drawing></w:r>"), "Диаграммы"),
        (p(r("а")) + "<w:altChunk/>", "другой файл"),
        (p(r("а"), "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"), "Формулы"),
    ],
)
def test_what_is_lost_is_told(body: str, said: str) -> None:
    assert said in left_out_of(body)


def test_a_plain_document_loses_nothing() -> None:
    assert left_out_of(p(r("а", B)) + item("б"), numbering=OUTLINE) == ""


def test_a_long_text_is_cut_between_letters_and_told_of() -> None:
    document = read_docx(docx("".join(p(r("👨\u200d👩\u200d👧" * 100, B)) for _ in range(300))))
    assert 99_900 < len(document.text.text) <= 100_000
    assert document.text.text.endswith("👧")
    assert "длиннее 100\xa0000 знаков" in document.left_out[0]
    assert_sound(document.text)


def test_a_text_just_within_the_limit_is_whole() -> None:
    document = read_docx(docx(p(r("я" * 100_000))))
    assert (len(document.text.text), document.left_out) == (100_000, ())


def test_the_strict_names_are_the_same_document() -> None:
    body = p(r("а", B), '<w:hyperlink r:id="site">' + r("б") + "</w:hyperlink>")
    assert read_docx(docx(body, names=STRICT, related=[SITE])) == read_docx(
        docx(body, related=[SITE])
    )


def test_prefixes_are_names_of_the_files_own_choice() -> None:
    uri = STRICT["w"]
    odd = f'<document xmlns="{uri}"><body><p><x:r xmlns:x="{uri}"><t>а</t></x:r><x:r xmlns:x="urn:x"><x:t>нет</x:t></x:r></p></body></document>'
    assert read_docx(archive({**parts_of(""), "word/document.xml": odd})).text.text == "а"


def test_the_main_part_is_found_by_relations() -> None:
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types("/дом/main.xml"),
        "_rels/.rels": relations(relation("x", "officeDocument", "/дом/main.xml")),
        "дом/main.xml": part("w:document", "<w:body>" + p('<w:hyperlink r:id="site">' + r("а") + "</w:hyperlink>") + "</w:body>"),
        "дом/_rels/main.xml.rels": relations(SITE),
        "word/document.xml": part("w:document", "<w:body>" + p(r("не это")) + "</w:body>"),
    }  # fmt: skip
    rich = read_docx(archive(parts)).text
    assert (rich.text, [e.url for e in rich.entities]) == ("а", [LINK])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings_of_unicode_are_read(encoding: str) -> None:
    parts = parts_of(p(r("Тверь")))
    document = str(parts["word/document.xml"]).replace('encoding="UTF-8"', "")
    assert (
        read_docx(archive({**parts, "word/document.xml": document.encode(encoding)})).text.text
        == "Тверь"
    )
