"""Refresh the catalogue: ``make strings``, or ``python -m hlm_teach.locale.strings``.

Three steps, each of which may be repeated at will:

1. extract every message marked with ``_``, ``N_`` or ``ngettext`` from the packages' ``.py`` and ``.js`` files
   and write the template ``hlm.pot`` (file names, no line numbers, no dates: it changes when a sentence changes);
2. bring each ``<lang>/LC_MESSAGES/hlm.po`` up to the template: new messages come empty, lost ones are set aside at its end,
   and nothing is guessed, because a sentence about numbers that is nearly right is wrong;
3. compile each ``.po`` to the ``.mo`` that Python reads, unless a translation has other values than its message.

To start a language: ``python -m hlm_teach.locale.strings zh_CN`` makes its empty ``.po``.

What this file does not do: decide which language is spoken (`hlm_teach.locale`). It needs Babel (group ``dev``).
"""

from __future__ import annotations

import io
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hlm_teach.locale import DOMAIN, FOLDER

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hlm_teach", "autograder", "course")
WORKING_FOLDERS = {
    "source",
    "release",
    "inbox",
    "receipts",
    "submitted",
    "autograded",
    "feedback",
}  # of a course
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
METHODS = {".py": "python", ".js": "javascript"}

HEADER = "# What the course says, in another language. The messages are in English: see hlm_teach/locale/strings.py."

PERCENT = re.compile(r"%(\(\w+\))?(\.?\d+)?[sdifgr](?![A-Za-z])")
DANGLING = re.compile(r"(^(and|or|but|nor)\s)|(\b(a|an|the|of|and|or|to|is|are|by|with)$)|(^[,;.:)])|([,(]$)")
ENDING = re.compile(r"([.?!:…。]|:\s?\{\w+\})[`'\"”’)*_\s]*$")  # a stop, or a colon and what follows it
LABEL_WORDS = 10  # a message longer than a label is a sentence, and ends like one


def sources(root: Path = ROOT) -> list[Path]:
    """Return the files that may hold messages, in the order of their names."""
    found = [p for name in PACKAGES for p in (root / name).rglob("*") if p.suffix in METHODS]
    return sorted(p for p in found if not WORKING_FOLDERS & set(p.relative_to(root).parts))


def extract(root: Path = ROOT) -> Catalog:
    """Return the messages of all sources, each with the files that say it."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_file

    catalogue = Catalog()
    for path in sources(root):
        place = (path.relative_to(root).as_posix(), 1)
        for _line, message, comments, context in extract_from_file(METHODS[path.suffix], path, KEYWORDS):
            catalogue.add(message, locations=[place], auto_comments=comments, context=context)
    return catalogue


def as_text(catalogue: Catalog, *, header: bool = False) -> str:
    """Return a catalogue as the text of its file."""
    from babel.messages.pofile import write_po

    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=not header)
    return buffer.getvalue().decode("utf-8")


def placeholders(message: str) -> set[str]:
    """Return the names in braces.

    >>> sorted(placeholders("{group} moves by {distance:.1f} points."))
    ['distance', 'group']
    """
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(message) if name is not None}


def faults(message: str) -> list[str]:
    """Return what is wrong with one English message: an empty list for a whole sentence or label with named values.

    >>> faults("{n} groups lie above the line.")
    []
    >>> faults(" and %d of them")
    ['it has a percent placeholder: name the value in braces', 'it begins or ends with a space: it is a piece of a sentence']
    """
    try:
        names = placeholders(message)
    except ValueError as error:
        return [f"its braces do not match ({error})"]
    found = []
    if not all(name.isidentifier() for name in names):
        found.append("a value in braces has no plain name")
    if PERCENT.search(message):
        found.append("it has a percent placeholder: name the value in braces")
    if message != message.strip():
        found.append("it begins or ends with a space: it is a piece of a sentence")
    if not re.sub(r"\{[^}]*\}", "", message).strip():
        found.append("it has nothing but values: there is nothing to translate")
    if DANGLING.search(message.strip()) and not found:
        found.append("it begins or ends in the middle of a sentence")
    if len(re.findall(r"[^\W\d_]+", message)) > LABEL_WORDS and not ENDING.search(message):
        found.append("it is too long for a label and does not end like a sentence")
    return found


def mistranslated(catalogue: Catalog) -> list[str]:
    """Return one line for each translation whose named values are not those of its message."""
    found = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        singular, *plural = message.id if isinstance(message.id, tuple) else (message.id,)
        said = [placeholders(text) for text in (singular, *plural)] if singular else [set()]
        names = set().union(*said)
        needed = set.intersection(*said) - ({"n"} if plural else set())
        for text in filter(None, forms if singular else ()):
            if not needed <= placeholders(text) <= names:
                found.append(f"{singular!r} has the values {sorted(names)}, but its translation has "
                             f"{sorted(placeholders(text))}: {text!r}")  # fmt: skip
    return found


def refresh(folder: Path = FOLDER, root: Path = ROOT, start: tuple[str, ...] = ()) -> list[str]:
    """Write the template, bring every language up to it and compile; return a line for each file written."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    template = extract(root)
    (folder / f"{DOMAIN}.pot").write_text(as_text(template), encoding="utf-8")
    said = [f"{DOMAIN}.pot: {len(template)} messages"]
    languages = {p.parents[1].name for p in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")} | set(start)
    for lang in sorted(languages):
        po = folder / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        catalogue = (
            read_po(po.open("rb"), locale=lang)
            if po.exists()
            else Catalog(locale=lang, header_comment=HEADER)
        )
        catalogue.update(template, no_fuzzy_matching=True)
        po.write_text(as_text(catalogue, header=True), encoding="utf-8")
        wrong = mistranslated(catalogue)
        if wrong:
            raise ValueError(
                f"{po}: {len(wrong)} translations cannot be said; correct them.\n" + "\n".join(wrong)
            )
        with po.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        done = sum(bool(m.string) and all(m.string) for m in catalogue if m.id)
        said.append(f"{lang}: {done} of {len(template)} messages translated")
    return said


if __name__ == "__main__":
    print("\n".join(refresh(start=tuple(sys.argv[1:]))))
