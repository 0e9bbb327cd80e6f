"""An operator changes a list of terms while the gateway serves."""

import os
import signal
import time

from openai import OpenAI

from box import Box
from upstream import MODEL, Upstream

TEXT = "The project Zephyr begins."


def sent(client: OpenAI, upstream: Upstream) -> str:
    """Ask, and return what the model server was sent."""
    client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": TEXT}])
    return str(upstream.seen[-1]["messages"][-1]["content"])


def reloaded(box: Box, line: str) -> None:
    """Send SIGHUP as `systemctl reload` does, and return when the log has the line again."""
    assert box.process is not None
    before = box.log.read_text().count(line)
    os.kill(box.process.pid, signal.SIGHUP)
    deadline = time.monotonic() + 60
    while box.log.read_text().count(line) == before:
        assert time.monotonic() < deadline, box.log.read_text()[-2000:]
        time.sleep(0.05)


def test_a_term_is_replaced_from_the_next_request_on(
    client: OpenAI, box: Box, upstream: Upstream
) -> None:
    deny = box.state / "policies" / "recognisers" / "deny.csv"
    deny.parent.mkdir()
    assert sent(client, upstream) == TEXT

    deny.write_text("term,kind\nZephyr,OTHER\n")
    reloaded(box, "recognisers and lists are read anew")
    replaced = sent(client, upstream)
    assert "Zephyr" not in replaced
    assert "<OTHER_" in replaced

    deny.write_text("term,kind\nZephyr,NOTHING\n")
    reloaded(box, "the old goes on")
    assert sent(client, upstream) == replaced
    assert box.ready()
