"""The few files that are put into the jail, and nothing else of this project.

The idea: what is not there cannot be read. The exercises with their reference answers and known mistakes, the judge, the
course and the lessons stay outside; inside are the untrusted half of the autograder, a package ``autograder`` that says
nothing (`autograder.inside.stub`), a list of fonts, and an ``/etc`` without anybody's name.

What this file does not do: mount anything (`autograder.jail`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["IDENTITY", "make_kit"]

PACKAGE = Path(__file__).resolve().parent
IDENTITY = {
    "passwd": "root:x:0:0::/:/bin/false\nstudent:x:1000:1000::/home/student:/bin/sh\n",
    "group": "root:x:0:\nstudent:x:1000:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def make_kit(kit: Path) -> None:
    """Copy what belongs on the untrusted side, and nothing else."""
    package = kit / "autograder"
    (package / "inside").mkdir(parents=True)
    for source in ("answers.py", "exercise.py", "worker.py"):
        shutil.copy(PACKAGE / source, package)
    for source in sorted((PACKAGE / "inside").glob("*.py")):
        shutil.copy(source, package / "__init__.py" if source.name == "stub.py" else package / "inside")
    (kit / "hlm_teach").mkdir()  # the library is mounted there
    (kit / "etc").mkdir()
    for name, text in IDENTITY.items():
        (kit / "etc" / name).write_text(text)
    (kit / "fonts").mkdir()
    for source in _font_lists():
        shutil.copy(source, kit / "fonts")
    for path in (kit.parent, kit, *kit.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _font_lists() -> list[Path]:
    """Return matplotlib's own list of fonts, made now if it never was: an empty home costs seconds each time."""
    import matplotlib

    folder = Path(matplotlib.get_cachedir())
    if not list(folder.glob("fontlist-*.json")):
        import matplotlib.font_manager  # (writes the list)
    return sorted(folder.glob("fontlist-*.json"))
