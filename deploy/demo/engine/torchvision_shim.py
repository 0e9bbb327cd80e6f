"""Let PyPI's torchvision, a CUDA build, be imported beside a CPU build of PyTorch.

Its compiled part needs the CUDA half of PyTorch and does not load, so the operator
torchvision::nms is missing, and torchvision fails while it describes that operator. To declare the
operator first is enough: nothing that vLLM does for these models calls it. A .pth file loads this,
so that the processes which vLLM starts have it too. Beside a CUDA build it does nothing.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _Declaring(Loader):
    """Declares the operators, then loads torchvision as usual."""

    def __init__(self, usual: Loader) -> None:
        self._usual = usual

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        import torch  # noqa: PLC0415  (every Python of this environment reads this file at start)

        if torch.version.cuda is None:
            for operator in ("nms", "qnms"):
                torch.library.define(f"torchvision::{operator}", _SCHEMA)
        self._usual.exec_module(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "torchvision":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Declaring(spec.loader)
        return spec


sys.meta_path.insert(0, _Finder())
