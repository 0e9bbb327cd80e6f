"""Which models of names an installation uses: a list of names, in the settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from euguard.adapters.ner.compact import LANGUAGES, CompactNames
from euguard.errors import ConfigurationError
from euguard.pii.names.model import NameModel
from euguard.pii.span import Span

COMPACT: Final = "compact"
_KINDS: Final = frozenset({COMPACT, "spacy", "transformers", "transformers@cuda"})
_FIX = (
    "choose compact, compact:FILE, spacy:PACKAGE, spacy:FOLDER, transformers:FOLDER or "
    "transformers@cuda:FOLDER"
)


class AllOf:
    """Several models as one: what any of them finds."""

    def __init__(self, models: Sequence[NameModel]) -> None:
        self._models = tuple(models)
        self.languages = frozenset().union(*(model.languages for model in models))

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text; see the port."""
        found = [model.find(texts) for model in self._models]
        return [[span for spans in of for span in spans] for of in zip(*found, strict=True)]


def load(chosen: Sequence[str]) -> NameModel:
    """Load the models that are `chosen`.

    Raises:
        ConfigurationError: none, or one that is not here or not a model.

    """
    models = [_load(*_parsed(one)) for one in chosen]
    if not models:
        msg = "detection needs at least one model of names"
        raise ConfigurationError(msg, fix=_FIX)
    return models[0] if len(models) == 1 else AllOf(models)


def _parsed(one: str) -> tuple[str, str]:
    """Return the kind of a model and where it is; empty for the one that comes with the kit."""
    kind, _, where = one.partition(":")
    if kind not in _KINDS or not (where or kind == COMPACT):
        msg = f"no model of names is called {one!r}"
        raise ConfigurationError(msg, fix=_FIX)
    return kind, where


def _load(kind: str, where: str) -> NameModel:
    if kind == COMPACT:
        return CompactNames(Path(where) if where else None)
    if kind == "spacy":
        from euguard.adapters.ner.spacy_names import SpacyNames  # noqa: PLC0415  # seconds

        return SpacyNames(where)
    from euguard.adapters.ner.transformer_names import TransformerNames  # noqa: PLC0415  # as above

    return TransformerNames(Path(where), kind.partition("@")[2] or "cpu")


def require(languages: Sequence[str], chosen: Sequence[str]) -> None:
    """Check that names can be found in each of `languages`, without loading anything.

    Raises:
        ConfigurationError: none given, or one that the kit's own model was not trained for
            and for which no other model is chosen; or no model is called like one `chosen`.

    """
    if not languages:
        msg = "detection needs at least one language"
        raise ConfigurationError(msg, fix=f"choose among: {', '.join(sorted(LANGUAGES))}")
    others = {kind for kind, _ in map(_parsed, chosen)} - {COMPACT}
    for language in languages:
        if language not in LANGUAGES and not others:
            msg = f"no model finds names in language {language!r}"
            raise ConfigurationError(msg, fix=f"choose among: {', '.join(sorted(LANGUAGES))}")
