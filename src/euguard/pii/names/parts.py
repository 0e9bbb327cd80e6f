"""Names in parts: a small word in the middle that a model of names does not know.

"Aoife Ní Bhriain" and "Nguyễn Thị Minh Khai" are often found as two names with a gap. What
stands in it belongs to the name: Ní, Nic, Uí and Mhic begin Irish surnames (of a daughter and
of a wife), Thị and Văn are Vietnamese middle names, bin and bint Arabic ones. Behind the four
Irish words and Ó stands a surname even where no model found one.

Fictitious examples: "Aoife" and "Bhriain" in "Aoife Ní Bhriain" give one name; so do "Tran" and
"Duc" in "Tran Van Duc". "Anna" and "Max" in "Anna and Max" stay two.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from euguard.pii.span import PersonalDataKind, Span

_SURNAME = r"Ní|Nic|Uí|Mhic|Ó"
_GAP = re.compile(rf"[ ](?:{_SURNAME}|Mac|Mc|Thị|Thi|Văn|Van|bin|bint|ibn|Bin|Bint|Ibn)[ ]")
_BEHIND = re.compile(rf"[ ](?:{_SURNAME})[ ]h?[^\W\d_a-z][\w'\u2019]{{1,30}}(?:-[^\W\d_][\w]+)?")
_NAMES = (PersonalDataKind.PERSON, PersonalDataKind.LOCATION)


def joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the finds of one model in `text`, in order, with the parts of one name made one."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        before = whole[-1] if whole else None
        if before is not None and _goes_on(text, before, span):
            end = max(before.end, span.end)
            whole[-1] = replace(before, kind=PersonalDataKind.PERSON, end=end)
            continue
        behind = _BEHIND.match(text, span.end) if span.kind in _NAMES else None
        if behind is None:
            whole.append(span)
        else:
            whole.append(replace(span, kind=PersonalDataKind.PERSON, end=behind.end()))
    return whole


def _goes_on(text: str, before: Span, span: Span) -> bool:
    """Tell whether `span` is part of the name that `before` begins."""
    if before.kind not in _NAMES or span.kind not in _NAMES:
        return False
    if span.start < before.end:
        return before.kind is PersonalDataKind.PERSON
    return _GAP.fullmatch(text, before.end, span.start) is not None
