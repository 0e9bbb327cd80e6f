"""The detector port, kept by several processes that may die at any time.

Each process has a keeper: a task that starts it, hands it one request after the other from a
queue that all share, and starts it again when it ends. What was in flight when a process
ended, or took too long, fails; nothing is tried again by itself, because a text that kills
one process would kill the next::

    detect ── known? ──────────────────────────────────────────────> detections
       └── request ─> queue ─> keeper ─> socket ─> process ─> checked ──┘
"""

import asyncio
import logging
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from euguard.adapters.presidio.cache import DetectionCache
from euguard.adapters.presidio.frame import encode_request, parse_reply
from euguard.adapters.presidio.process import DetectorProcess, ProcessEndedError
from euguard.errors import ConfigurationError, DetectionUnavailableError, TextTooLongError
from euguard.pii.detect import Detection

_LOG = logging.getLogger("euguard.detection")

_START_SECONDS = 60.0
"""A process is ready in one to three seconds; on a machine that is busy starting, later."""
_READY_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0
_REQUEST_CHARACTERS = 16_000
"""Characters in one request, unless a single text has more: large enough to batch, small
enough that a conversation is shared out among the processes."""
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(eq=False, slots=True)
class _Request:
    """Texts on their way to a process."""

    texts: Sequence[str] = field(repr=False)
    keys: Sequence[bytes]
    """Under which to remember what is found, one per text."""
    answer: "asyncio.Future[list[Detection]]" = field(repr=False)


class DetectorPool:
    """Keeps the promises of `euguard.pii.detect.Detector`.

    Use from one event loop: `start`, then `detect` as often and from as many tasks as you
    like, then `stop`.
    """

    def __init__(  # noqa: PLR0913  # the limits of one pool, each tried by its tests
        self,
        socket_dir: Path,
        *,
        processes: int = 1,
        program: Sequence[str],
        timeout: float = 10.0,
        max_queue: int = 256,
        max_characters: int = 500_000,
        cache_entries: int = 50_000,
    ) -> None:
        """Name the limits; nothing is started yet.

        Args:
            socket_dir: where the sockets are; made, mode 0700, if it is not there.
            processes: how many detect at the same time; each takes 160 MiB with the kit's own
                model alone, 400 with Presidio for an organisation's own recognisers.
            program: what starts a process; see `DetectorProcess.start`.
            timeout: seconds for one `detect`, waiting included.
            max_queue: requests that may wait; one more is refused at once.
            max_characters: in one `detect`; more than that is refused as too long.
            cache_entries: texts remembered, about 0.5 KiB each.

        """
        self._folder = socket_dir
        self._processes = processes
        self._program = tuple(program)
        self._timeout = timeout
        self._max_characters = max_characters
        self._cache_entries = cache_entries
        self._cache = DetectionCache(cache_entries)
        self._queue: asyncio.Queue[_Request] = asyncio.Queue(max_queue)
        self._running: dict[int, DetectorProcess] = {}
        self._busy = 0
        self._keepers: list[asyncio.Task[None]] = []
        self._renewals = 0
        self._fresh: dict[int, DetectorProcess] = {}
        """Processes that are ready to take the place of those that run."""
        self._renewed = asyncio.Event()
        """Set where those that run shall give way."""
        self._exchanged = asyncio.Event()
        """Set when the last of them has."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the processes that are up."""
        return tuple(process.pid for process in self._running.values())

    async def start(self) -> None:
        """Start the processes; return when the first is ready.

        Raises:
            ConfigurationError: the folder belongs to somebody else, or is open to others.
            DetectionUnavailableError: no process got ready.

        """
        _make_private(self._folder)
        first = asyncio.get_running_loop().create_future()
        self._keepers = [
            asyncio.get_running_loop().create_task(self._keep(number, first))
            for number in range(self._processes)
        ]
        try:
            await first
        except ProcessEndedError as ended:
            await self.stop()
            msg = f"detection: no process got ready ({ended})"
            raise DetectionUnavailableError(msg) from None

    async def stop(self) -> None:
        """End the processes; what is in flight fails."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        while self._fresh:
            await self._fresh.popitem()[1].end()
        self._fail_waiting()

    async def renew(self) -> None:
        """Put new processes, which read recognisers and lists anew, in the place of those that run.

        The new ones are started first, so that detection is never down; what was found before
        is forgotten. Call it once at a time.

        Raises:
            DetectionUnavailableError: one of the new ones does not start, for a recogniser or a
                list is wrong, say; everything stays as it was.

        """
        self._renewals += 1
        started: dict[int, DetectorProcess] = {}
        try:
            for number in range(self._processes):
                started[number] = await self._start(number)
        except BaseException as failure:
            for process in started.values():
                await process.end()
            if isinstance(failure, ProcessEndedError):
                msg = f"detection: what is new does not start ({failure}); the old goes on"
                raise DetectionUnavailableError(msg) from None
            raise
        self._fresh = started
        giving_way, self._renewed = self._renewed, asyncio.Event()
        giving_way.set()
        await self._exchanged.wait()
        self._exchanged.clear()
        self._cache = DetectionCache(self._cache_entries)

    async def ready(self) -> bool:
        """Tell whether `detect` would work now."""
        if not self._running or self._queue.full():
            return False
        if self._busy >= len(self._running):
            return True  # at work, and within the time a request may take
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._put((), ()).answer
        except (TimeoutError, DetectionUnavailableError):
            return False
        return True

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        """Return one Detection per text, in order.

        Raises:
            TextTooLongError: more characters than are analysed in one exchange.
            DetectionUnavailableError: down, too slow, or broken; never a partial answer.

        """
        self._check(texts)
        keyed = [self._keyed(text) for text in texts]
        found = {key: known for key, _ in keyed if (known := self._cache.get(key)) is not None}
        missing = {key: text for key, text in keyed if key not in found}
        if missing:
            found |= await self._find(missing)
        return [found[key] for key, _ in keyed]

    def _check(self, texts: Sequence[str]) -> None:
        size = sum(map(len, texts))
        if size > self._max_characters:
            msg = f"detection: {size} characters, more than {self._max_characters}"
            raise TextTooLongError(msg, fix="send less text in one request")

    def _keyed(self, text: str) -> tuple[bytes, str]:
        try:
            encoded = text.encode()
        except UnicodeEncodeError:
            # Half a surrogate pair, which JSON can write and UTF-8 cannot; names nobody.
            text = _SURROGATE.sub("\ufffd", text)
            encoded = text.encode()
        return self._cache.key(encoded), text

    async def _find(self, missing: Mapping[bytes, str]) -> dict[bytes, Detection]:
        """Ask for what the cache does not know, all parts at once; all or nothing."""
        if not self._running and not self._fresh:
            msg = "detection: no process is up"
            raise DetectionUnavailableError(msg)
        requests = [self._put([missing[key] for key in keys], keys) for keys in _parts(missing)]
        try:
            async with asyncio.timeout(self._timeout):
                answers = await asyncio.gather(*(request.answer for request in requests))
        except TimeoutError:
            msg = f"detection: no answer within {self._timeout:g} s"
            raise DetectionUnavailableError(msg) from None
        finally:
            for request in requests:
                request.answer.cancel()
        return {
            key: detection
            for request, answer in zip(requests, answers, strict=True)
            for key, detection in zip(request.keys, answer, strict=True)
        }

    def _put(self, texts: Sequence[str], keys: Sequence[bytes]) -> _Request:
        request = _Request(texts, keys, asyncio.get_running_loop().create_future())
        # Somebody may have stopped waiting when it fails; asyncio would call that an error.
        request.answer.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
        try:
            self._queue.put_nowait(request)
        except asyncio.QueueFull:
            msg = f"detection: {self._queue.qsize()} requests are waiting already"
            request.answer.set_exception(DetectionUnavailableError(msg))
        return request

    # ------------------------------------------------------------------ the keepers

    async def _keep(self, number: int, first: "asyncio.Future[None]") -> None:
        """Keep one process up, and hand it requests, until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                process = self._taken(number) or await self._start(number)
            except ProcessEndedError as ended:
                _LOG.error("detector %d did not start: %s", number, ended)
                if not first.done():
                    first.set_exception(ended)
            else:
                _report_network(number, process)
                if not first.done():
                    first.set_result(None)
                if await self._use(number, process):
                    pause = _FIRST_PAUSE
                if number in self._fresh:
                    continue
                _LOG.warning("detector %d ended: %s", number, await process.ended())
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _taken(self, number: int) -> DetectorProcess | None:
        """Return the fresh process of that number, if there is one."""
        fresh = self._fresh.pop(number, None)
        if fresh is not None and not self._fresh:
            self._exchanged.set()
        return fresh

    async def _start(self, number: int) -> DetectorProcess:
        socket = self._folder / f"{number}.{self._renewals}.sock"
        return await DetectorProcess.start(socket, self._program, within=_START_SECONDS)

    async def _use(self, number: int, process: DetectorProcess) -> bool:
        """Hand requests to `process` until it is of no more use; tell whether it answered any."""
        self._running[number] = process
        answered = False
        # Whichever comes first: the process ends, or another one takes its place.
        ended = asyncio.ensure_future(process.ended())
        giving_way = asyncio.ensure_future(self._renewed.wait())
        try:
            while (request := await self._next(ended, giving_way)) is not None:
                await self._answer(process, request)
                answered = True
        except Exception as failure:  # noqa: BLE001  # whatever it was, this process is replaced
            _LOG.error("detector %d is given up: %s", number, type(failure).__name__)
        finally:
            del self._running[number]
            if not self._running and not self._fresh:
                self._fail_waiting()
            ended.cancel()
            giving_way.cancel()
            await process.end()
        return answered

    async def _next(
        self, ended: "asyncio.Future[str]", giving_way: "asyncio.Future[Any]"
    ) -> _Request | None:
        """Return the next request that somebody still waits for; None if there is to be none."""
        while not giving_way.done():
            getting = asyncio.ensure_future(self._queue.get())
            either: set[asyncio.Future[Any]] = {getting, ended, giving_way}
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                getting.cancel()
            if not getting.done() or getting.cancelled():
                return None
            request = getting.result()
            if ended.done():
                _fail(request)
                return None
            if not request.answer.done():
                return request
        return None

    async def _answer(self, process: DetectorProcess, request: _Request) -> None:
        self._busy += 1
        try:
            async with asyncio.timeout(self._timeout):
                body = await process.ask(encode_request(request.texts))
            detections = parse_reply(body, request.texts)
        except BaseException:
            _fail(request)
            raise
        finally:
            self._busy -= 1
        for key, detection in zip(request.keys, detections, strict=True):
            self._cache.put(key, detection)
        if not request.answer.done():
            request.answer.set_result(detections)

    def _fail_waiting(self) -> None:
        while not self._queue.empty():
            _fail(self._queue.get_nowait())


def _report_network(number: int, process: DetectorProcess) -> None:
    if process.isolated:
        _LOG.info("detector %d is ready and has no network", number)
    else:
        _LOG.warning(
            "detector %d is ready; it dials nobody, but this kernel does not let it give up "
            "the network: allow user namespaces, or start it where there is none",
            number,
        )


def _fail(request: _Request) -> None:
    if not request.answer.done():
        msg = "detection: the process ended, or was too slow"
        request.answer.set_exception(DetectionUnavailableError(msg))


def _parts(missing: Mapping[bytes, str]) -> Iterator[list[bytes]]:
    """Yield the keys of the texts that go into one request each."""
    part: list[bytes] = []
    size = 0
    for key, text in missing.items():
        if part and size + len(text) > _REQUEST_CHARACTERS:
            yield part
            part, size = [], 0
        part.append(key)
        size += len(text)
    yield part


def _make_private(folder: Path) -> None:
    """Make `folder` for this user alone.

    Raises:
        ConfigurationError: it is there, but belongs to another user or is open to others.

    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.geteuid()
        or stat.S_IMODE(found.st_mode) & 0o077
    ):
        msg = f"{folder} must be a folder of the user that runs euguard, mode 0700"
        raise ConfigurationError(msg, fix=f"chmod 700 {folder}")
