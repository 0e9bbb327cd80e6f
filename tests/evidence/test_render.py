"""Papers as Markdown and HTML."""

import dataclasses
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from euguard.evidence.document import Document, Field, Section, Stamp
from euguard.evidence.facts import Fact, Gap, Provenance
from euguard.evidence.render import WORDS, index_html, plain, to_html, to_markdown

TODAY = date(2026, 11, 25)
STAMP = Stamp(datetime(2026, 11, 25, 18, 0, tzinfo=UTC), "euguard 0.1.0", "d" * 64, "none yet")

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Outline(HTMLParser):
    """Collects the tags of a page, and refuses what is not nested well."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def saying(*value: str, source: str = "policies/x.yaml", url: str | None = None) -> Document:
    fact = Fact("a.b", value, Provenance.DECLARED, source, TODAY, "", url=url)
    section = Section("one", "One", (Field("f1", "Label", "Art. 1", fact),))
    return Document("paper", "Paper", "Basis", "Words.", (section,), STAMP)


# ------------------------------------------------------------------ hostile values

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- ",
    "</td></table><h1>Approved</h1>",
    "{{ 7 * 7 }} {% include 'style.css' %}",
    "[click](javascript:alert(1))",
    "![x](http://example.org/pixel.png)",
    "<http://example.org>",
    "`code` *strong* _soft_ ~~gone~~ |cell|",
    "# Heading",
    "- [x] done",
    "1. first",
    "> quoted",
    "---",
    "===",
    "```",
    "line one\n\n## Injected heading\n\nline two",
    "\r\n- injected",
    "\tindented code",
    "&lt;b&gt; &amp; &copy;",
    "\\",
    "30 \u202esyad 5\u202c",
    "nul \x00 bell \x07 escape \x1b[31m",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_value_adds_no_tag_to_the_page(attack: str) -> None:
    ordinary = Outline(to_html(saying("ordinary")))

    hostile = Outline(to_html(saying(attack, source=f"x {attack}")))

    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in ordinary.tags]
    assert plain(attack) in " ".join(hostile.words)


def rendered(document: Document) -> Outline:
    """Return the Markdown as a foreign program renders it, with what forges add to CommonMark."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return Outline(reader.render(to_markdown(document)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_value_adds_no_structure_to_the_markdown(attack: str) -> None:
    ordinary = rendered(saying("ordinary"))

    hostile = rendered(saying(attack, source=f"x {attack}"))

    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in ordinary.tags]
    assert plain(attack) in " ".join(hostile.words)


_LINES = st.text(
    st.one_of(
        st.sampled_from("<>&\"'`*_[]()#-+.!|~{}%\\=:/ 1\n\r\t\u202e\u2066\x00"), st.characters()
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(value=_LINES)
def test_no_value_at_all_adds_a_tag(value: str) -> None:
    document = saying(value)

    page, text = Outline(to_html(document)), rendered(document)

    assert page.tags == Outline(to_html(saying("ordinary"))).tags
    assert [tag for tag, _ in text.tags] == [tag for tag, _ in rendered(saying("ordinary")).tags]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "JAVASCRIPT:alert(1)",
    ],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    document = saying("x", url=url)

    hrefs = [attributes["href"] for attributes in Outline(to_html(document)).all("a")]

    assert all(href is not None and href.startswith("#") for href in hrefs)
    assert url not in to_markdown(document)


def test_an_address_cannot_leave_its_link() -> None:
    document = saying("x", url='http://example.org/"><script>x</script> y>')

    page = Outline(to_html(document))

    assert not page.all("script")
    assert "<http://example.org/%22%3E%3Cscript%3Ex%3C/script%3E%20y%3E>" in to_markdown(document)


# ------------------------------------------------------------------ what a paper shows


def test_the_same_facts_give_the_same_bytes(made: dict[str, Document]) -> None:
    for document in made.values():
        again = dataclasses.replace(document)
        assert to_html(document) == to_html(again)
        assert to_markdown(document) == to_markdown(again)


def test_every_mark_is_explained() -> None:
    assert set(WORDS) == set(Provenance)


def test_every_field_shows_its_mark_and_a_source(made: dict[str, Document]) -> None:
    for document in made.values():
        marks = re.findall(r"— ([A-Z]+) \\\[(\d+)\\\]", to_markdown(document))
        expected = [field.fact.provenance.name for field in document.fields()]
        assert [mark for mark, _ in marks] == expected
        targets = {attributes.get("id") for _, attributes in Outline(to_html(document)).tags}
        assert {f"note-{number}" for _, number in marks} <= targets


def test_open_items_come_before_anything_else_with_owner_and_article(
    made: dict[str, Document],
) -> None:
    for document in made.values():
        page, text = to_html(document), to_markdown(document)
        headings = re.findall(r"<h2 [^>]*>([^<]*)", page)
        assert headings[0] == f"Open items ({len(document.open_items())})"
        assert text.index("## Open items") < text.index("## What the marks mean")
        for item in document.open_items():
            assert f"Owner: {item.gap.owner}" in text
            assert f"Article: {item.gap.article}" in text


def test_a_paper_without_gaps_says_so() -> None:
    document = saying("x")

    assert "None: every field has a value." in to_markdown(document)
    assert "Open items (0)" in to_html(document)


def test_a_paper_names_its_checkpoint_and_its_policy_set(made: dict[str, Document]) -> None:
    for document in made.values():
        for text in (to_html(document), to_markdown(document)):
            assert document.stamp.policy in text
            assert f"size 7, root {document.stamp.checkpoint[-64:]}" in text
            assert "2026-11-25 18:00 UTC by euguard 0.1.0" in text


def test_a_paper_is_a_draft_with_a_place_to_sign(made: dict[str, Document]) -> None:
    for document in made.values():
        for text in (to_html(document), to_markdown(document)):
            assert text.count("Status: draft.") == 1
            signature = text[text.rindex("Until it is signed") :]
            assert all(word in signature for word in ("Name and function", "Date", "Signature"))


def test_what_nobody_approved_is_marked_and_counted(made: dict[str, Document]) -> None:
    for document in made.values():
        assert document.unapproved() > 0
        for text in (to_html(document), to_markdown(document)):
            assert text.count("not yet approved") == document.unapproved()
            counted = f"{document.unapproved()} of the fields marked DECLARED came with euguard"
            assert counted in text


def test_what_the_organisation_states_is_not_marked_as_waiting() -> None:
    for text in (to_html(saying("x")), to_markdown(saying("x"))):
        assert "approved" not in text


def test_a_gap_shows_its_draft_its_place_and_its_owner() -> None:
    place = "policies/organisation.yaml: controller.name"
    gap = Gap("data protection officer", "Art. 30", "Say it.", place)
    fact = Fact("a.b", ("perhaps this",), Provenance.GAP, "file", TODAY, "", gap=gap)
    section = Section("one", "One", (Field("f1", "Label", "", fact),))

    document = dataclasses.replace(saying("x"), sections=(section,))

    for text in (to_html(document), to_markdown(document)):
        assert "perhaps this" in text
        assert f"Say it. In {place}. Owner: data protection officer." in text


# ------------------------------------------------------------------ accessible, self-contained


def pages(made: dict[str, Document]) -> list[Outline]:
    documents = list(made.values())
    return [Outline(to_html(document)) for document in documents] + [Outline(index_html(documents))]


def test_a_page_loads_nothing_and_runs_nothing(made: dict[str, Document]) -> None:
    for page in pages(made):
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form"}
        assert not any(
            name.startswith("on") or name in ("src", "srcset", "style")
            for _, attributes in page.tags
            for name in attributes
        )
    assert "url(" not in to_html(made["system-inventory"])
    assert "@import" not in to_html(made["system-inventory"])


def test_a_page_says_its_language_and_that_of_its_parts(made: dict[str, Document]) -> None:
    for page in pages(made):
        assert page.all("html")[0]["lang"] == "en"
    sections = Outline(to_html(made["transparency-notice"])).all("section")
    assert [one.get("lang") for one in sections if one.get("lang")] == ["fr"]


def test_a_page_has_one_title_and_headings_without_a_leap(made: dict[str, Document]) -> None:
    for page in pages(made):
        assert len(page.all("title")) == 1
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_header_cell_says_what_it_heads(made: dict[str, Document]) -> None:
    for page in pages(made):
        assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))


def test_every_link_within_a_page_leads_somewhere(made: dict[str, Document]) -> None:
    for page in pages(made):
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        hrefs = [attributes["href"] or "" for attributes in page.all("a")]
        assert {href[1:] for href in hrefs if href.startswith("#")} <= set(ids)


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_from_its_ground_as_wcag_asks(made: dict[str, Document]) -> None:
    style = to_html(made["record-of-processing"])
    colours = dict(re.findall(r"--([a-z-]+): #([0-9a-f]{3,6});", style))

    for ink in ("ink", "soft", "open", "link"):
        for ground in ("paper", "open-paper"):
            bright, dark = luminance(colours[ground]), luminance(colours[ink])
            assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_index_leads_to_every_paper(made: dict[str, Document]) -> None:
    hrefs = [attributes["href"] for attributes in Outline(index_html(list(made.values()))).all("a")]

    for name in made:
        assert f"{name}.html" in hrefs
        assert f"{name}.md" in hrefs
    assert "facts.json" in hrefs
