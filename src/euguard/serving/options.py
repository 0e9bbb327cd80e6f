"""What a model file may tell vLLM, and what it may not.

An allow-list: an option that is not here is refused, so that a model file can tune the engine but
not open it. `command.py` adds what every engine gets, whatever the file says.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from euguard.serving.reading import Section

Value: TypeAlias = str | int | bool | Mapping[str, int]
"""Value of one option; a decimal stays the string it was."""


class Kind(Enum):
    """How an option is written."""

    WORD = "word"
    COUNT = "count"
    DECIMAL = "decimal"
    SWITCH = "switch"
    COUNTS = "counts"
    """A mapping of names to whole numbers, passed as JSON."""


ARGUMENTS: Mapping[str, Kind] = MappingProxyType(
    {
        "config-format": Kind.WORD,
        "distributed-executor-backend": Kind.WORD,
        "dtype": Kind.WORD,
        "enable-auto-tool-choice": Kind.SWITCH,
        "enable-lora": Kind.SWITCH,
        "enable-prefix-caching": Kind.SWITCH,
        "enable-prompt-tokens-details": Kind.SWITCH,
        "enforce-eager": Kind.SWITCH,
        "gpu-memory-utilization": Kind.DECIMAL,
        "kv-cache-dtype": Kind.WORD,
        "limit-mm-per-prompt": Kind.COUNTS,
        "load-format": Kind.WORD,
        "max-lora-rank": Kind.COUNT,
        "max-loras": Kind.COUNT,
        "max-model-len": Kind.COUNT,
        "max-num-batched-tokens": Kind.COUNT,
        "max-num-seqs": Kind.COUNT,
        "mm-hasher-algorithm": Kind.WORD,
        "prefix-caching-hash-algo": Kind.WORD,
        "quantization": Kind.WORD,
        "skip-mm-profiling": Kind.SWITCH,
        "tokenizer-mode": Kind.WORD,
        "tool-call-parser": Kind.WORD,
    }
)
"""Options of `vllm serve` that a model file may set, without their two dashes."""

ENVIRONMENT = frozenset(
    {
        "CUDA_VISIBLE_DEVICES",
        "OMP_NUM_THREADS",
        "TORCH_COMPILE_DISABLE",
        "VLLM_CPU_KVCACHE_SPACE",
        "VLLM_CPU_OMP_THREADS_BIND",
        "VLLM_ENABLE_V1_MULTIPROCESSING",
    }
)
"""Variables that a model file may set."""

FORBIDDEN: Mapping[str, str] = MappingProxyType(
    {
        "VLLM_ALLOW_INSECURE_SERIALIZATION": "unpickles what comes over its sockets",
        "VLLM_ALLOW_LONG_MAX_MODEL_LEN": "lets max-model-len exceed what the model was made for",
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "lets a caller load adapters from disk",
        "VLLM_DEBUG_DUMP_PATH": "writes the engine's state to disk",
        "VLLM_DEBUG_LOG_API_SERVER_RESPONSE": "logs every answer",
        "VLLM_ENABLE_RESPONSES_API_STORE": "keeps requests and answers in memory",
        "VLLM_LOGGING_CONFIG_PATH": "replaces the logging that keeps prompts out",
        "VLLM_SERVER_DEV_MODE": "opens endpoints that stop, reset and inspect the engine",
        "VLLM_TRACE_FUNCTION": "logs every call of a function",
        "VLLM_USE_MODELSCOPE": "downloads models",
    }
)
"""Variables that no engine may have, and what each would do."""


def read_arguments(section: Section) -> Mapping[str, Value]:
    """Return the options in the order of the file.

    Raises:
        ConfigurationError: an option that is not in `ARGUMENTS`, or a value of another kind.

    """
    arguments: dict[str, Value] = {}
    for name in section.names():
        if name not in ARGUMENTS:
            raise section.error(name, "not an option that a model file may set")
        match ARGUMENTS[name]:
            case Kind.WORD:
                arguments[name] = section.text(name)
            case Kind.COUNT:
                arguments[name] = section.count(name)
            case Kind.DECIMAL:
                arguments[name] = str(section.decimal(name))
            case Kind.SWITCH:
                arguments[name] = section.switch(name)
            case Kind.COUNTS:
                inner = section.section(name)
                arguments[name] = MappingProxyType({key: inner.count(key) for key in inner.names()})
    return MappingProxyType(arguments)


def read_environment(section: Section) -> Mapping[str, str]:
    """Return the variables in the order of the file.

    Raises:
        ConfigurationError: a variable that is not in `ENVIRONMENT`, or not text.

    """
    environment: dict[str, str] = {}
    for name in section.names():
        if name in FORBIDDEN:
            raise section.error(name, f"forbidden: {FORBIDDEN[name]}")
        if name not in ENVIRONMENT:
            raise section.error(name, "not a variable that a model file may set")
        environment[name] = section.text(name)
    return MappingProxyType(environment)
