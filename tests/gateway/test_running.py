"""Stopping ends every exchange, and waits for its closing record."""

import anyio

from euguard.gateway.running import Running


def test_what_runs_is_cancelled_and_waited_for() -> None:
    running, ended = Running(), []

    async def exchange() -> None:
        running.begin()
        with anyio.CancelScope() as scope, running.cancellable(scope):
            await anyio.sleep_forever()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.02)  # a closing record takes its time
        ended.append(running.reason())
        running.end()

    drained = []

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(exchange)
            await anyio.sleep(0.01)
            running.stop()
            drained.append(await running.drained(5))

    anyio.run(both)
    assert drained == [True]
    assert ended == ["gateway_stopped"]


def test_what_begins_after_the_stop_ends_at_once() -> None:
    running = Running()
    running.stop()

    async def late() -> bool:
        with anyio.CancelScope() as scope, running.cancellable(scope):
            await anyio.sleep_forever()
        return scope.cancelled_caught

    assert anyio.run(late)


def test_nothing_running_is_drained_and_something_is_not() -> None:
    running = Running()

    async def drained() -> tuple[bool, bool]:
        before = await running.drained(0.01)
        running.begin()
        return before, await running.drained(0.01)

    assert anyio.run(drained) == (True, False)


def test_until_it_is_stopped_whoever_is_cancelled_has_hung_up() -> None:
    assert Running().reason() == "client_gone"
