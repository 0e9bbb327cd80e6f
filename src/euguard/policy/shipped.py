"""Where the rules that come with euguard lie: in the wheel, or in the checkout."""

from pathlib import Path


def folder(package: Path = Path(__file__).parents[1]) -> Path:
    """Return the folder of the shipped policies; `package` is the folder of euguard itself.

    The wheel carries a copy inside the package; an editable install finds them beside src.
    """
    inside = package / "_shipped" / "policies"
    return inside if inside.is_dir() else package.parents[1] / "policies"
