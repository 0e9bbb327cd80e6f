"""What was analysed once is looked up."""

from euguard.adapters.presidio.cache import DetectionCache
from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span

SEEN = Detection((Span(PersonalDataKind.PERSON, 9, 13, 0.85, "names"),), "en", 0.9)


def test_a_text_is_known_by_its_bytes() -> None:
    cache = DetectionCache(10)
    cache.put(cache.key(b"Write to Anna."), SEEN)

    assert cache.get(cache.key(b"Write to Anna.")) == SEEN
    assert cache.get(cache.key(b"Write to Anna!")) is None


def test_a_key_means_nothing_in_another_process() -> None:
    assert DetectionCache(1).key(b"x") != DetectionCache(1).key(b"x")


def test_what_was_unused_for_longest_is_forgotten_first() -> None:
    cache = DetectionCache(2)
    for key in (b"a", b"b"):
        cache.put(key, SEEN)
    cache.get(b"a")

    cache.put(b"c", SEEN)

    assert [cache.get(key) is not None for key in (b"a", b"b", b"c")] == [True, False, True]
    assert len(cache) == 2


def test_nothing_of_a_text_is_kept() -> None:
    cache = DetectionCache(10)
    cache.put(cache.key(b"Write to Anna."), SEEN)

    assert b"Anna" not in repr(cache._known).encode()
