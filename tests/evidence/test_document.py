"""Papers as sections of fields."""

from datetime import UTC, date, datetime

from euguard.evidence.document import Document, Field, Section, Stamp, readings, rows
from euguard.evidence.facts import Fact, Gap, Provenance, missing

TODAY = date(2026, 11, 25)
OFFICER = Gap("data protection officer", "Art. 30", "Say it.")
ENGINEER = Gap("platform engineer", "Art. 32", "Do it.")
SAID = Fact("a.said", ("yes",), Provenance.DECLARED, "file", TODAY, "")


def gap(id_: str, one: Gap) -> Fact:
    return missing(id_, one, source="file", today=TODAY)


def paper(*fields: Field) -> Document:
    stamp = Stamp(datetime(2026, 11, 25, tzinfo=UTC), "euguard", "d" * 64, "none yet")
    half = len(fields) // 2
    sections = (Section("one", "One", fields[:half]), Section("two", "Two", fields[half:]))
    return Document("paper", "Paper", "Art. 1", "Words.", sections, stamp)


def test_gaps_come_in_reading_order_each_once_with_all_its_fields() -> None:
    document = paper(
        Field("f1", "First", "", gap("a", OFFICER)),
        Field("f2", "Second", "", gap("b", ENGINEER)),
        Field("f3", "Third", "", SAID),
        Field("f4", "First", "", gap("c", OFFICER)),
        Field("f5", "Fifth", "", gap("d", OFFICER)),
    )

    first, second = document.open_items()

    assert first.gap == OFFICER
    assert [field.id for field in first.fields] == ["f1", "f4", "f5"]
    assert first.labels() == (("First", "f1"), ("Fifth", "f5"))
    assert second.gap == ENGINEER


def test_coverage_counts_every_field_once() -> None:
    document = paper(Field("f1", "First", "", gap("a", OFFICER)), Field("f2", "Second", "", SAID))

    coverage = dict(document.coverage())

    assert coverage[Provenance.GAP] == 1
    assert coverage[Provenance.DECLARED] == 1
    assert sum(coverage.values()) == 2
    assert set(coverage) == set(Provenance)


def test_fields_that_nobody_approved_are_counted() -> None:
    waiting = Fact("a.w", ("x",), Provenance.DECLARED, "file", TODAY, "", approved=False)

    document = paper(Field("f1", "First", "", waiting), Field("f2", "Second", "", SAID))

    assert document.unapproved() == 1


def test_rows_name_their_facts() -> None:
    assert rows({"a.said": SAID}, ("f1", "Label", "Art. 1", "a.said")) == (
        Field("f1", "Label", "Art. 1", SAID),
    )


def test_readings_are_those_of_one_provision_only() -> None:
    facts = {
        name: gap(name, OFFICER)
        for name in ("law.x.reading.b", "law.x.reading.a", "law.xy.reading.c", "law.x")
    }

    found = readings(facts, "x", "Art. 1")

    assert [field.fact.id for field in found] == ["law.x.reading.b", "law.x.reading.a"]
    assert [field.label for field in found] == ["Reading 1", "Reading 2"]
