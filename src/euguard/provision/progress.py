"""How a run goes: where it is, how long it has taken, how long it will, what failed.

The time still needed is the sum of what each task that is missing took the last time. Tasks are
told apart by play, role and name, and by number where a name comes twice.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from euguard.canonical import Value
from euguard.provision.event import Event, Kind

FATAL = (Kind.FAILED, Kind.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Timed:
    """One task, and how long it took over all hosts that worked at it side by side."""

    task: str
    """Play, role, name and number: the key under which the next run looks it up."""
    milliseconds: int

    def as_json(self) -> dict[str, Value]:
        """Return the task as run.json has it."""
        return {"task": self.task, "milliseconds": self.milliseconds}


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a run after some of its events."""

    plays: int = 0
    tasks: tuple[Timed, ...] = ()
    """Those begun, in order; the last one is at work."""
    now: Event | None = None
    """The beginning of the task at work."""
    hosts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Host → kind of end → how many tasks ended so."""
    failures: tuple[Event, ...] = ()
    """FAILED and UNREACHABLE, in order."""
    words: tuple[str, ...] = ()
    """What Ansible said outside tasks; the last tell why it did not begin."""
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Host → its facts."""
    ended: bool = False
    """The playbook came to its end, well or not."""

    def after(self, event: Event) -> "Progress":
        """Return the state after one more event."""
        match event.kind:
            case Kind.PLAY:
                return dataclasses.replace(self, plays=self.plays + 1)
            case Kind.TASK:
                begun = Timed(self._key(event), 0)
                return dataclasses.replace(self, tasks=(*self.tasks, begun), now=event)
            case Kind.WORDS:
                return dataclasses.replace(self, words=(*self.words, event.reason))
            case Kind.RECAP:
                return dataclasses.replace(self, ended=True, now=None)
            case _:
                return self._with_end(event)

    def remaining(self, last: Sequence[Timed]) -> int | None:
        """Return the milliseconds still needed by the times of the last run; None without one."""
        if not last:
            return None
        begun = {one.task for one in self.tasks}
        return sum(one.milliseconds for one in last if one.task not in begun)

    def _key(self, event: Event) -> str:
        own = f"{event.play} / {event.label}"
        earlier = sum(one.task == own or one.task.startswith(f"{own} #") for one in self.tasks)
        return f"{own} #{earlier + 1}" if earlier else own

    def _with_end(self, event: Event) -> "Progress":
        counts = Counter(self.hosts.get(event.host, {})) + Counter([event.kind.value])
        known = {**self.facts.get(event.host, {}), **event.facts}
        return dataclasses.replace(
            self,
            hosts={**self.hosts, event.host: dict(counts)},
            tasks=self._timed(event.milliseconds),
            failures=(*self.failures, event) if event.kind in FATAL else self.failures,
            facts={**self.facts, event.host: known} if known else self.facts,
        )

    def _timed(self, milliseconds: int) -> tuple[Timed, ...]:
        """Return the tasks with the slowest host's time for the one at work."""
        if not self.tasks:
            return self.tasks
        last = self.tasks[-1]
        slowest = max(last.milliseconds, milliseconds)
        return (*self.tasks[:-1], dataclasses.replace(last, milliseconds=slowest))


def follow(events: Iterable[Event], start: Progress | None = None) -> Progress:
    """Return the state after all of `events`."""
    state = start or Progress()
    for event in events:
        state = state.after(event)
    return state


def spoken(milliseconds: int) -> str:
    """Return a length of time as people read it: `0.4 s`, `12 s`, `3:05 min`, `1:02:03 h`."""
    seconds = milliseconds / 1000
    if seconds < 9.95:  # noqa: PLR2004  from here on tenths tell nothing
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"
