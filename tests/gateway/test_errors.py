"""What a client reads of an error."""

from euguard.errors import LogUnavailableError, PurposeUndeclaredError
from euguard.gateway import errors


def test_a_client_reads_what_it_can_do() -> None:
    error = PurposeUndeclaredError("no purpose", fix="declare one")

    assert errors.body(error)["error"]["message"] == "no purpose. Declare one."


def test_a_client_does_not_read_what_only_the_operator_can_do() -> None:
    error = LogUnavailableError("the disk is full", fix="make room on the disk of /srv/euguard.db")

    assert errors.body(error)["error"]["message"] == "the disk is full."
