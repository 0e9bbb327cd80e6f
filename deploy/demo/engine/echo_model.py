"""Build the echo model: a tiny Mistral Small 3.2 that repeats the last user message.

    .engine/venv/bin/python -m deploy.demo.engine.echo_model FOLDER

It writes the three files that `vllm serve FOLDER --config-format mistral` reads: Mistral's own
config with the keys of the 24B model, the weights under Mistral's own names (echo_weights.py), and
the real Tekken vocabulary that the package mistral-common ships, raised to the version that Small
3.2 uses. Every byte is the same on every machine; the digests are checked at the end, and a folder
that already has them is left alone.
"""

import json
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from deploy.demo.engine import echo_weights as echo
from deploy.demo.engine.model_folder import program
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from safetensors.numpy import save_file

DIGESTS: Mapping[str, str] = {
    "consolidated.safetensors": "4a60d92e1e9e1e81ce6fb7f6157c5ee76c8e671f555201c61a00f166dd314c80",
    "params.json": "7673135d67362adad864453fd4b36fcf2923311fb16b936f6a7c75d33a47b84a",
    "tekken.json": "18f54fd82b5c736f64f0e8282e4a95a74486e8b607d1de32cd9af22e8deb0288",
}
"""SHA-256 of each file, hex."""

CONTEXT = 131_072
"""Tokens that the 24B model takes; the profile asks for fewer."""

IMAGE, IMAGE_BREAK, IMAGE_END = 10, 12, 13

CONTROL_NAMES = {
    **dict(enumerate(("<unk>", "<s>", "</s>", "[INST]", "[/INST]"))),
    5: "[AVAILABLE_TOOLS]",
    6: "[/AVAILABLE_TOOLS]",
    7: "[TOOL_RESULTS]",
    8: "[/TOOL_RESULTS]",
    9: "[TOOL_CALLS]",
    IMAGE: "[IMG]",
    11: "<pad>",
    IMAGE_BREAK: "[IMG_BREAK]",
    IMAGE_END: "[IMG_END]",
    14: "[PREFIX]",
    15: "[MIDDLE]",
    16: "[SUFFIX]",
    17: "[SYSTEM_PROMPT]",
    18: "[/SYSTEM_PROMPT]",
    19: "[TOOL_CONTENT]",
    32: "[ARGS]",
    33: "[CALL_ID]",
}
"""Control tokens of Tekken v11; the other ids below 1,000 have no meaning."""


def _write(folder: Path) -> None:
    vision = echo.Vision()
    _write_json(folder / "params.json", _params(vision))
    shipped = resources.files("mistral_common") / "data" / "tekken_240911.json"
    tekken = folder / "tekken.json"
    _write_json(tekken, _tekken(json.loads(shipped.read_text(encoding="utf-8")), vision))
    tokenizer = MistralTokenizer.from_file(str(tekken)).instruct_tokenizer.tokenizer
    signs = {}
    for sign, control in echo.SIGNS.items():
        (token,) = tokenizer.encode(sign, bos=False, eos=False)
        signs[token] = control
    save_file(echo.weights(signs, vision), folder / "consolidated.safetensors")


def _params(vision: echo.Vision) -> Mapping[str, Any]:
    return {
        "dim": echo.WIDTH,
        "n_layers": echo.LAYERS,
        "head_dim": echo.HEAD_WIDTH,
        "hidden_dim": echo.FEED_FORWARD,
        "n_heads": echo.HEADS,
        "n_kv_heads": echo.KEY_VALUE_HEADS,
        "rope_theta": echo.ROPE_THETA,
        "norm_eps": 1e-05,
        "vocab_size": echo.VOCABULARY,
        "max_position_embeddings": CONTEXT,
        "vision_encoder": {
            "hidden_size": vision.width,
            "num_channels": 3,
            "image_size": vision.image,
            "max_image_size": vision.image,
            "patch_size": vision.patch,
            "rope_theta": 10_000.0,
            "intermediate_size": vision.feed_forward,
            "num_hidden_layers": vision.layers,
            "num_attention_heads": vision.heads,
            "adapter_bias": False,
            "mm_projector_id": "patch_merge",
            "spatial_merge_size": 2,
            "add_pre_mm_projector_layer_norm": True,
            "image_token_id": IMAGE,
            "image_break_token_id": IMAGE_BREAK,
            "image_end_token_id": IMAGE_END,
        },
    }


def _tekken(shipped: dict[str, Any], vision: echo.Vision) -> Mapping[str, Any]:
    """Return the shipped vocabulary (v3) as version 11, which has names for tool arguments."""
    size = echo.VOCABULARY - echo.CONTROLS
    shipped.pop("multimodal", None)
    return {
        **shipped,
        "vocab": shipped["vocab"][:size],
        "config": {**shipped["config"], "version": "v11", "num_vocab_tokens": size},
        "special_tokens": [
            {
                "rank": id_,
                "token_str": CONTROL_NAMES.get(id_, f"<SPECIAL_{id_}>"),
                "is_control": True,
            }
            for id_ in range(echo.CONTROLS)
        ],
        "image": {
            "image_patch_size": vision.patch,
            "max_image_size": vision.image,
            "spatial_merge_size": 2,
        },
    }


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)


if __name__ == "__main__":
    program(sys.argv[1:], DIGESTS, _write)
