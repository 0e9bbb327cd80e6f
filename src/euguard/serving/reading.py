"""Typed reading of the `serving` section of a model file, with the place in every error.

The JSON Schema policies/schema/model.schema.json says the same to whoever writes the file, at
line and column; this reading holds for mappings that came another way.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation

from euguard.errors import ConfigurationError


class Section:
    """One mapping of the file; each key must be taken exactly once."""

    def __init__(self, value: object, place: str) -> None:
        """Take the mapping and its place, as `serving.memory`."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            msg = f"{place}: a mapping is expected"
            raise ConfigurationError(msg)
        self._left: dict[str, object] = dict(value)
        self._place = place

    @contextmanager
    def nothing_else(self) -> Iterator[None]:
        """Insist at the end that every key was taken.

        Raises:
            ConfigurationError: a key is left over.

        """
        yield
        for key in sorted(self._left):
            raise self.error(key, "unknown key")

    def error(self, key: str, finding: str) -> ConfigurationError:
        """Return the error that names this place."""
        return ConfigurationError(f"{self._place}.{key}: {finding}")

    def take(self, key: str) -> object:
        """Return the value of a key that must be there."""
        if key not in self._left:
            raise self.error(key, "missing")
        return self._left.pop(key)

    def has(self, key: str) -> bool:
        """Tell whether the key is (still) there."""
        return key in self._left

    def names(self) -> tuple[str, ...]:
        """Return the keys not taken yet, in the order of the file."""
        return tuple(self._left)

    def section(self, key: str) -> "Section":
        """Return a mapping."""
        return Section(self.take(key), f"{self._place}.{key}")

    def sections(self, key: str) -> "tuple[Section, ...]":
        """Return the mappings of a list."""
        value = self.take(key)
        if not isinstance(value, list | tuple):
            raise self.error(key, "a list is expected")
        return tuple(
            Section(each, f"{self._place}.{key}[{index}]") for index, each in enumerate(value)
        )

    def choice(self, key: str, choices: Iterable[str]) -> str:
        """Return one of the words."""
        value = self.text(key)
        words = tuple(choices)
        if value not in words:
            raise self.error(key, f"one of {', '.join(words)} is expected")
        return value

    def text(self, key: str) -> str:
        """Return a string that is not empty."""
        value = self.take(key)
        if not isinstance(value, str) or not value:
            raise self.error(key, "text is expected")
        return value

    def count(self, key: str) -> int:
        """Return an integer from 1."""
        value = self.take(key)
        # bool is an int to Python, not to whoever wrote `max-model-len: true`
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.error(key, "a whole number from 1 is expected")
        return value

    def switch(self, key: str) -> bool:
        """Return true or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.error(key, "true or false is expected")
        return value

    def decimal(self, key: str) -> Decimal:
        """Return a number above 0 written as a decimal string, as `"79.65"`."""
        value = self.take(key)
        finding = 'a decimal in quotation marks is expected, as "0.92"'
        if not isinstance(value, str):
            raise self.error(key, finding)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.error(key, finding) from None
        if not number.is_finite() or number <= 0:
            raise self.error(key, "a number above 0 is expected")
        return number
