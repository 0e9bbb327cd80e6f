"""What was analysed once is looked up."""

from euguard.adapters.presidio.cache import DetectionCache
from euguard.pii.detect import Detection
from euguard.pii.span import PersonalDataKind, Span

SEEN = Detection((Span(PersonalDataKind.PERSON, 9, 13, 0.85, "ner-en"),), "en", 0.9)


def test_a_text_is_known_by_its_bytes_and_the_languages_it_was_read_in() -> None:
    cache = DetectionCache(10)
    cache.put(cache.key(b"Write to Anna.", ("en",)), SEEN)

    assert cache.get(cache.key(b"Write to Anna.", ("en",))) == SEEN
    assert cache.get(cache.key(b"Write to Anna!", ("en",))) is None
    assert cache.get(cache.key(b"Write to Anna.", ("en", "fr"))) is None


def test_codes_and_text_do_not_run_into_each_other() -> None:
    cache = DetectionCache(10)

    assert cache.key(b"fr\0x", ("en",)) != cache.key(b"x", ("en", "fr"))
    assert cache.key(b",fr\0x", ("en",)) != cache.key(b"x", ("en", "fr"))


def test_a_key_means_nothing_in_another_process() -> None:
    assert DetectionCache(1).key(b"x", ("en",)) != DetectionCache(1).key(b"x", ("en",))


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
    cache.put(cache.key(b"Write to Anna.", ("en",)), SEEN)

    assert b"Anna" not in repr(cache._known).encode()
