"""Numbering plans: what is asked, and how often."""

from euguard.pii.recognise.numbering import GROUPINGS, NumberingPlan


def test_a_number_is_held_against_its_countrys_plan() -> None:
    plan = NumberingPlan()

    assert plan.holds("0612345678", "FR")
    assert not plan.holds("0612345678", "GB")
    assert not plan.holds("+33012")
    assert plan.holds("+33000000000", possible=True)
    assert not plan.holds("+33000000000")


def test_what_is_no_number_at_all_is_none() -> None:
    assert not NumberingPlan().holds("+", None)


def test_after_two_thousand_questions_everything_is_a_number() -> None:
    plan = NumberingPlan()
    for at in range(2000):
        plan.holds(f"{at:04d}", "FR")

    assert plan.holds("nonsense", "FR")
    assert not plan.holds("0000", "FR")


def test_every_grouping_has_digits_enough_for_a_number() -> None:
    assert all(9 <= sum(groups) <= 12 for region in GROUPINGS.values() for groups in region)
