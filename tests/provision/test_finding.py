from euguard.provision.finding import Mark, Rule, worst

RULE = Rule("port", Mark.FAILURE, "Nobody else listens.")


def test_a_rule_makes_the_findings_of_its_code() -> None:
    told = (
        RULE.ok("free", "TCP 1"),
        RULE.warns("slow", fix="wait"),
        RULE.fails("taken", "TCP 2", fix="stop it"),
    )

    assert {one.code for one in told} == {"port"}
    assert "".join(one.mark.sign for one in told) == "✓!✗"


def test_the_worst_of_nothing_is_well() -> None:
    assert worst([]) is Mark.OK
    assert worst([RULE.warns("slow", fix="wait"), RULE.ok("free")]) is Mark.WARNING
