"""Join a widget's JavaScript files into the one module that is shipped.

The sources are plain ES modules that a browser or Node can import as they stand: the widget's own file and small
shared ones. Jupyter wants one module per widget, and a saved page must not load anything, so they are joined by a rule
that fits in a sentence: *each imported file is put before the file that imports it, once; ``import`` lines are
left out, the word ``export`` before a declaration is taken away, and so are comment lines and indentation.*

Hence four things that a source may not do, each refused with its file and line: an import over several lines, an import
of anything but a file beside it, a template literal over several lines, and the same top-level name in two files.
A widget's own file ends with ``export default { render };``.

What this file does not do: minify, transpile, or fetch anything.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["FOLDER", "ModuleError", "joined", "joined_for_page"]

FOLDER = Path(__file__).parent

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.{1,2}/[\w./-]+\.js)";$')
DECLARATION = re.compile(r"^(?:export )?(?:const|let|function|class) +(\w+)")
LAST = "export default { render };"


class ModuleError(ValueError):
    """A source breaks the rule of joining: file, line, what must hold."""


def joined(name: str) -> str:
    """Return the module of one widget: its own file and the shared ones it imports, in one text.

    Parameters
    ----------
    name : str
        The widget's own file in this folder.

    Raises
    ------
    ModuleError
        If a source breaks the rule above.

    Examples
    --------
    >>> text = joined("pooling_explorer.js")
    >>> "import" in text, text.rstrip().endswith("export default { render };")
    (False, True)
    >>> joined("no_such_widget.js")
    Traceback (most recent call last):
    ...
    hlm_teach.widgets.module.ModuleError: no_such_widget.js: there is no such file in the folder of the widgets.
    """
    owners: dict[str, Path] = {}
    lines: list[str] = []
    _add(FOLDER / name, lines, set(), owners)
    if lines[-1:] != [LAST]:
        raise ModuleError(f"{name}: the last line must be `{LAST}`.")
    return "\n".join(lines) + "\n"


def joined_for_page(name: str) -> str:
    """Return the same module as a script for a page without a kernel: it ends by defining ``render`` and ``mount``."""
    lines: list[str] = []
    seen: set[Path] = set()
    owners: dict[str, Path] = {}
    _add(FOLDER / name, lines, seen, owners)
    _add(FOLDER / "shared" / "page.js", lines, seen, owners)
    lines.remove(LAST)
    return "\n".join(lines) + "\n"


def _add(path: Path, lines: list[str], seen: set[Path], owners: dict[str, Path]) -> None:
    """Append the lines of one file after those of the files it imports."""
    path = path.resolve()
    if path in seen:
        return
    seen.add(path)
    where = path.relative_to(FOLDER).as_posix() if path.is_relative_to(FOLDER) else path.as_posix()
    if not path.is_file():
        raise ModuleError(f"{where}: there is no such file in the folder of the widgets.")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if text.startswith("import"):
            found = IMPORT.match(text)
            if not found:
                raise ModuleError(
                    f'{where}:{number}: write an import on one line as `import {{ a }} from "./b.js";`.'
                )
            _add(path.parent / found[2], lines, seen, owners)
            continue
        if text.count("`") % 2:
            raise ModuleError(f"{where}:{number}: a template literal must end on the line where it begins.")
        if not text or text.startswith("//"):
            continue
        declared = DECLARATION.match(line)
        if declared:
            owner = owners.setdefault(declared[1], path)
            if owner != path:
                raise ModuleError(
                    f"{where}:{number}: the name {declared[1]} is already used in {owner.name}; rename one."
                )
        lines.append(text if text == LAST else text.removeprefix("export "))
