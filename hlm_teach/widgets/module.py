"""Join a widget's JavaScript files into the one module that is shipped.

The sources are plain ES modules that a browser or Node can import as they stand: the widget's own file and small
shared ones. Jupyter wants one module per widget, and a saved page must not load anything, so they are joined by a rule
that fits in a sentence: *each imported file is put before the file that imports it, once; ``import`` lines are
left out, the word ``export`` before a declaration is taken away, and every line loses its comment, the spaces that stand
beside a sign and the brackets around one argument* (`squeezed`). Lines stay lines and names stay names: what is shipped
can be read beside its source.

Hence five things that a source may not do, each refused with its file and line: an import over several lines, an import
of anything but a file beside it, a template literal over several lines or inside another one, and the same top-level name
in two files. A file that is joined ends with ``export default { name };``, a widget's own with ``render``.

A module that is shipped stays below `LIMIT` bytes. A widget that needs more gives its pictures a second module
(`Exploration.second_source`), which travels in a trait and is imported when the widget is drawn.

What this file does not do: rename, transpile, or fetch anything.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["FOLDER", "LIMIT", "ModuleError", "joined", "joined_for_page", "squeezed"]

FOLDER = Path(__file__).parent
LIMIT = 15 * 1024

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.{1,2}/[\w./-]+\.js)";$')
DECLARATION = re.compile(r"^(?:export )?(?:const|let|function|class) +(\w+)")
LAST = re.compile(r"^export default \{ (\w+) \};$")
PIECE = re.compile(
    r"""(?P<keep>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `(?:[^`\\]|\\.)*`  # strings and templates,
        | (?:(?<=[(,=:!&|?])|(?<=return))\ ?/(?![/ ])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/)  # regular expressions
    | (?P<note>\s*//.*)
    | (?<![\w$])(?<![\w$]\ )\((?P<one>[\w$]+)\)\ ?=>\ ?  # the brackets around a function's one argument
    | (?P<gap>(?<=[\w$])\ +(?=[\w$]) | (?<=[+-])\ +(?=[+-]))
    | \ +""",
    re.VERBOSE,
)


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
    >>> "import {" in text, text.rstrip().endswith("export default { render };")
    (False, True)
    >>> joined("no_such_widget.js")
    Traceback (most recent call last):
    ...
    hlm_teach.widgets.module.ModuleError: no_such_widget.js: there is no such file in the folder of the widgets.
    """
    return "\n".join(_lines(name)) + "\n"


def joined_for_page(name: str, second: str = "") -> str:
    """Return the same module as a script for a page without a kernel: it defines ``render``, ``mount`` and ``second``.

    ``second`` is what the second module exports, made in a scope of its own; nothing where there is none.
    """
    lines = _lines(name, "shared/page.js")
    lines = [line for line in lines if not LAST.match(line)]
    inner = _lines(second) if second else ["export default { undefined };"]
    lines += ["const second=(()=>{", *inner[:-1], f"return {LAST.match(inner[-1])[1]};", "})();"]
    return "\n".join(lines) + "\n"


def squeezed(line: str) -> str:
    """Return a line of JavaScript without its comment, and without the spaces and brackets that mean nothing.

    Strings, template literals and regular expressions are left as they are.

    >>> squeezed('  const a = b + " // c" + `d ${e} f`; // g')
    'const a=b+" // c"+`d ${e} f`;'
    >>> squeezed("a.map((x) => x * x)"), squeezed("return (x) => f(x)")
    ('a.map(x=>x*x)', 'return(x)=>f(x)')
    >>> squeezed("return x - -1 / 2"), squeezed("const at = /[ /]+ /.exec(text);")
    ('return x- -1/2', 'const at=/[ /]+ /.exec(text);')
    """
    return PIECE.sub(
        lambda found: (
            f"{found['one']}=>"
            if found["one"]
            else (found["keep"] or "").lstrip(" ") or (" " if found["gap"] else "")
        ),
        line.strip(),
    )


def _lines(*names: str) -> list[str]:
    """Return the lines of the files joined; the first must end as a file that is joined ends."""
    owners: dict[str, Path] = {}
    lines: list[str] = []
    seen: set[Path] = set()
    for number, name in enumerate(names):
        _add(FOLDER / name, lines, seen, owners)
        if number == 0 and not (lines and LAST.match(lines[-1])):
            raise ModuleError(
                f"{name}: the last line must be `export default {{ name }};`, a widget's with `render`."
            )
    return lines


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
        if text.startswith("//"):
            continue
        if text.count("`") % 2:
            raise ModuleError(f"{where}:{number}: a template literal must end on the line where it begins.")
        if re.search(r"`[^`]*\$\{[^}`]*`", text):
            raise ModuleError(
                f"{where}:{number}: a template literal may not stand inside another one; join with `+`."
            )
        declared = DECLARATION.match(line)
        if declared:
            owner = owners.setdefault(declared[1], path)
            if owner != path:
                raise ModuleError(
                    f"{where}:{number}: the name {declared[1]} is already used in {owner.name}; rename one."
                )
        text = text if LAST.match(text) else squeezed(text.removeprefix("export "))
        lines += [text] if text else []
