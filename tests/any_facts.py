"""Facts as no host has them: every value that their types allow."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from euguard.provision.facts import FORMAT, HostFacts

WORDS = (
    *("", "9.0", "8.6", "580.95.05", "535.1", "0.33.0", "0.32.0", "euguard", "/", "/opt/euguard"),
    *("/dev/nvidia0", "/dev/nvidiactl", "GPU-FAKE", "euguard-engine.service", "ports", "enforcing"),
    *("debian", "12", "C.UTF-8", "vllm", "mistral_common", "nvidia-cuda-runtime", "x86_64"),
)
"""Words that the checks know, so that more than their first lines are reached."""


def any_facts(*, finite: bool = True) -> st.SearchStrategy[HostFacts]:
    """Return facts of any kind; JSON knows finite numbers only."""
    return _of(HostFacts, finite=finite)


def _of(kind: Any, *, finite: bool) -> st.SearchStrategy[Any]:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        parts = {one.name: _of(hints[one.name], finite=finite) for one in fields(kind)}
        if "format" in parts:
            parts["format"] = st.just(FORMAT)
        return st.builds(kind, **parts)
    if isinstance(kind, UnionType):
        return st.one_of([_of(one, finite=finite) for one in reversed(get_args(kind))])
    if get_origin(kind) is tuple:
        return st.lists(_of(get_args(kind)[0], finite=finite), max_size=2).map(tuple)
    if get_origin(kind) is Mapping:
        return st.dictionaries(st.sampled_from(WORDS), _of(str, finite=finite), max_size=4)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=8),
        int: st.integers(-(2**63), 2**63 - 1) | st.integers(0, 100),
        float: st.floats(allow_nan=not finite, allow_infinity=not finite),
        bool: st.booleans(),
        NoneType: st.none(),
    }
    return simple[kind]
