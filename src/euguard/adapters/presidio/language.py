"""In which language a text is."""

import re
from collections.abc import Sequence

from py3langid.langid import MODEL_FILE, LanguageIdentifier

FEWEST_LETTERS = 60
"""Below that, the answer is a guess: 27 of 28 right at 40 letters, all at 120."""
_NO_LANGUAGE = "zxx"
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 20_000
"""Characters read; more of them do not change the answer."""


class Languages:
    """Identifies languages, among all it knows or among a few."""

    def __init__(self) -> None:
        everything = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        # Codes of three letters are creoles and small languages that take a share from the
        # large one they are close to; ISO 639-1 has no code for them, so no policy names them.
        self._known = sorted({code for code in everything.labels if len(code) == len("en")})
        everything.set_languages([*self._known, _NO_LANGUAGE])
        self._everything = everything
        self._few: dict[tuple[str, ...], LanguageIdentifier] = {}

    def identify(self, text: str) -> tuple[str | None, float]:
        """Return ISO 639-1 code and probability; (None, 0.0) if too short to tell, or none."""
        sample = text[:_SAMPLE]
        if len(_LETTER.findall(sample)) < FEWEST_LETTERS:
            return None, 0.0
        code, probability = self._everything.classify(sample)
        return (None, 0.0) if code == _NO_LANGUAGE else (code, min(float(probability), 1.0))

    def likeliest(self, text: str, among: Sequence[str]) -> tuple[str, float]:
        """Return which of the languages `among` it is, however short the text."""
        key = tuple(sorted(set(among)))
        if len(key) == 1:
            return key[0], 1.0
        identifier = self._few.get(key)
        if identifier is None:
            identifier = self._few[key] = self._restricted(key)
        code, probability = identifier.classify(text[:_SAMPLE])
        return code, float(probability)

    def _restricted(self, among: Sequence[str]) -> LanguageIdentifier:
        model = self._everything
        classes, table, prior = model._full_model[2], model._full_model[0], model._full_model[1]  # noqa: SLF001  # shares 70 MB
        few = LanguageIdentifier(
            table,
            prior,
            classes,
            model.tk_nextmove,
            model.tk_output,
            norm_probs=True,
            tk_row=model.tk_row,
        )
        few.set_languages(list(among))
        return few
