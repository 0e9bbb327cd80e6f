"""In which language a text is."""

import re

from py3langid.langid import MODEL_FILE, LanguageIdentifier

FEWEST_LETTERS = 60
"""Below that, the answer is a guess: 27 of 28 right at 40 letters, all at 120."""
_NO_LANGUAGE = "zxx"
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 20_000
"""Characters read; more of them do not change the answer."""


class Languages:
    """Identifies languages."""

    def __init__(self) -> None:
        everything = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        # Codes of three letters are creoles and small languages that take a share from the
        # large one they are close to; ISO 639-1 has no code for them, so no policy names them.
        known = sorted({code for code in everything.labels if len(code) == len("en")})
        everything.set_languages([*known, _NO_LANGUAGE])
        self._everything = everything

    def identify(self, text: str) -> tuple[str | None, float]:
        """Return ISO 639-1 code and probability; (None, 0.0) if too short to tell, or none."""
        sample = text[:_SAMPLE]
        if len(_LETTER.findall(sample)) < FEWEST_LETTERS:
            return None, 0.0
        code, probability = self._everything.classify(sample)
        return (None, 0.0) if code == _NO_LANGUAGE else (code, min(float(probability), 1.0))
