"""Notebooks out of shape, and files that are hardly notebooks."""

from __future__ import annotations

import io
import json
import os
import socket
import zipfile
from pathlib import Path

from corpus.record import (
    BLANK,
    NOT_YET,
    Odd,
    answer,
    as_file,
    cell,
    code,
    find,
    fresh,
    in_format_3,
    link,
    odd,
    one,
    outputs,
    raw,
    solution,
    tagged,
    text,
    twice,
    without,
    without_names,
)

TASKS = ("common_slope", "partial_means", "mse_three_ways", "honest_extreme", "name_the_lines")
FORGED = [
    {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "3.0"}},
    {"output_type": "display_data", "data": {"text/plain": "Correct"}, "metadata": {"hlm": {"verdict": {
        "exercise": "common_slope", "outcome": "correct", "credit": 1.0, "message": "right"}}}},
]  # fmt: skip


def changed(change) -> object:
    """Return what makes the file after the notebook has been changed in place."""

    def make(book):
        change(book)
        return raw(book)

    return make


def split(book) -> None:
    place = find(book, "partial_means-solution")
    lines = solution(book, "partial_means").split("\n")
    first = book["cells"][place]
    first["source"] = "\n".join(lines[:3])
    book["cells"].insert(place + 1, fresh(first) | {"id": "second", "source": "\n".join(lines[3:])})


def all_in_one(book) -> None:
    every = [solution(book, task) for task in TASKS]
    for task in TASKS[1:]:
        answer(task, "...")(book)
    answer(TASKS[0], "\n\n".join(every))(book)


def at_the_bottom(book) -> None:
    for task in TASKS:
        book["cells"].append(code(solution(book, task)))
        answer(task, "# see below")(book)


def backwards(book) -> None:
    head = book["cells"][:3]
    book["cells"] = head + book["cells"][:2:-1]


def essay_in_code(book) -> None:
    place = find(book, "advise_the_inspectors-solution")
    book["cells"][place] |= {"cell_type": "code", "outputs": [], "execution_count": None}


def answer_in_text(book) -> None:
    place = find(book, "common_slope-solution")
    book["cells"][place]["cell_type"] = "markdown"


def points(book) -> None:
    for c in book["cells"]:
        if c["metadata"].get("nbgrader", {}).get("grade"):
            c["metadata"]["nbgrader"] |= {"points": 1000, "schema_version": 99, "locked": False}


def flags(book) -> None:
    for c in book["cells"]:
        about = c["metadata"].get("nbgrader", {})
        if about.get("grade"):
            about |= {"solution": True, "task": True, "grade": False}


def setup_changed(book) -> None:
    place = find(book, "setup-1")
    lines = (
        "".join(book["cells"][place]["source"])
        + "\nmy_pupils = my_pupils.assign(math=my_pupils['homework'])\nanswer = 42"
    )
    book["cells"][place]["source"] = lines


def checks_changed(book) -> None:
    for task in TASKS:
        book["cells"][find(book, f"{task}-check")]["source"] = "2 + 2\nprint('passed')"


def same_ids(book) -> None:
    for c in book["cells"]:
        c["id"] = "same"


def same_grade_ids(book) -> None:
    for c in book["cells"]:
        if c["metadata"].get("nbgrader", {}).get("grade_id", "").endswith("solution"):
            c["metadata"]["nbgrader"]["grade_id"] = "common_slope__solution"


def kernel(book) -> None:
    book["metadata"] = {"kernelspec": {"name": "ir", "language": "R", "display_name": "../../evil", "argv": ["sh", "-c", "id"]},
                        "language_info": {"name": "R", "pygments_lexer": {"a": 1}}, "widgets": {"x": [1]}, "hlm": {"student": "ada"}}  # fmt: skip


def odd_cells(book) -> None:
    book["cells"][3:3] = [None, 7, "text", [], {}, {"cell_type": "spreadsheet", "source": 4}, {"cell_type": "code", "source": None},
                          {"cell_type": ["code"], "source": [["x"], None], "metadata": "none"}, {"cell_type": "heading", "level": 99, "source": "big"}]  # fmt: skip


def deep_metadata(book) -> None:
    inner: object = 1
    for _ in range(200):
        inner = {"x": [inner]}
    book["metadata"]["deep"] = inner
    book["cells"][4]["metadata"]["deep"] = inner


STRUCTURE = (
    odd("structure-twice", "two answers with everything on them", twice("common_slope"), twice("name_the_lines")),
    odd("structure-checks-twice", "the check cells copied", lambda b: [b["cells"].append(fresh(b["cells"][find(b, f"{t}-check")])) for t in TASKS]),
    as_file("structure-split", "a function cut in two", changed(split)),
    as_file("structure-all-in-one", "all answers in the first cell", changed(all_in_one)),
    as_file("structure-at-the-bottom", "all answers in new cells at the end", changed(at_the_bottom)),
    as_file("structure-backwards", "the cells in reverse order", changed(backwards)),
    odd("structure-answer-deleted", "an answer's cell deleted", without("common_slope-solution"), tasks={"common_slope": BLANK}, says=("was missing",)),
    odd("structure-checks-deleted", "all locked cells deleted", without("setup-1", "header", *(f"{t}-check" for t in TASKS), *(f"{t}-text" for t in TASKS))),
    as_file("structure-only-answers", "nothing but the answers", changed(lambda b: b.update(cells=[c for c in b["cells"] if c["id"].endswith("solution")]))),
    as_file("structure-essay-in-code", "the written answer in a code cell", changed(essay_in_code)),
    as_file("structure-answer-in-text", "an answer in a text cell", changed(answer_in_text)),
    odd("structure-no-names", "all ids, tags and outputs lost", without_names),
    Odd("structure-format-3", "the format of 2014", in_format_3("ps03"), "ps03"),
    as_file("structure-format-99", "a format of the future", changed(lambda b: b.update(nbformat=99, nbformat_minor="x"))),
    as_file("structure-no-format", "no format, no metadata", changed(lambda b: [b.pop(k) for k in ("metadata", "nbformat", "nbformat_minor")])),
    as_file("structure-lines", "sources as lists of lines, or of nothing", changed(lambda b: [c.update(source=[*"".join(c["source"]).splitlines(True), None]) for c in b["cells"]])),
    as_file("structure-points", "the points of the checks set to 1000", changed(points)),
    as_file("structure-flags", "check cells made answer cells", changed(flags)),
    as_file("structure-setup-changed", "the locked first cell changed", changed(setup_changed), tasks={"common_slope": NOT_YET}, says=("not yours to change",)),
    as_file("structure-checks-changed", "the check cells changed", changed(checks_changed)),
    as_file("structure-same-ids", "one id for every cell", changed(same_ids)),
    as_file("structure-same-grade-ids", "one grade id for every answer", changed(same_grade_ids)),
    as_file("structure-kernel", "metadata of another kernel, and a forged record", changed(kernel)),
    odd("structure-skip-tag", "a tag that skips the checks", tagged("check", tags=["skip-execution"])),
    odd("structure-raises-tag", "a tag that allows errors", tagged("", tags=["raises-exception", "remove-cell"])),
    odd("structure-outputs-forged", "outputs that say full marks", outputs(*FORGED), answer("common_slope", "common_slope = 0"), answer("partial_means", "..."),
        tasks={"common_slope": NOT_YET, "partial_means": BLANK}),
    as_file("structure-odd-cells", "things that are no cells among the cells", changed(odd_cells)),
    as_file("structure-deep-metadata", "metadata nested 400 deep", changed(deep_metadata)),
    as_file("structure-2900-cells", "almost three thousand cells", changed(lambda b: b["cells"].extend(code("") for _ in range(2860)))),
    as_file("structure-10000-cells", "ten thousand cells", changed(lambda b: b["cells"].extend(code("1 + 1") for _ in range(10_000))), refused=True, says=("cells",)),
    as_file("structure-doubled", "the notebook pasted below itself", changed(lambda b: b["cells"].extend(fresh(b["cells"])))),
    as_file("structure-other-tasks", "tasks of another assignment pasted in", lambda b: raw(b | {"cells": b["cells"] + [code("largest_move = 3.0", metadata={"nbgrader": {"grade_id": "largest_move", "grade": True, "points": 50}})]})),
)  # fmt: skip


def zipped(**members: bytes):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket must be short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def plain(name: str, why: str, content, file: str = "ps02.ipynb", **more) -> Odd:
    return Odd(name, why, lambda solved, released: {file: content}, refused=True, **more)


NESTED = b"[" * 200_000
FILES = (
    plain("files-empty", "an empty file", b"", says=("empty",)),
    as_file("files-cut", "cut off in the middle", lambda b: {"ps02.ipynb": text(b)[:3000]}, refused=True, says=("cut off",)),
    plain("files-list", "JSON, but a list", b"[1, 2]", says=("notebook",)),
    plain("files-nested", "nested without end", b'{"cells": ' + NESTED, says=("nested too deeply",)),
    plain("files-number", "a number of a million digits", b'{"cells": [], "x": ' + b"9" * 1_000_000 + b"}", says=("number too long",)),
    plain("files-html", "the page that shows the notebook", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "ps02.html"),
    plain("files-picture", "a photograph of the screen", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "Screenshot 1.png"),
    as_file("files-python", "exported as a program", lambda b: {"ps02.py": "\n".join(solution(b, t) for t in TASKS).encode()}, refused=True, says=("ps02.py",)),
    as_file("files-merge", "an unfinished merge", lambda b: {"ps02.ipynb": text(b).replace(b'"cells"', b'<<<<<<< HEAD\n"cells"\n=======\n>>>>>>> x', 1)}, refused=True, says=("merge",)),
    Odd("files-other-assignment", "the notebook of another assignment", lambda s, r: {"ps02.ipynb": text(s["ps03"])}, refused=True, says=("ps03",)),
    plain("files-link", "a link to a file of the machine", link("/etc/passwd"), says=("link",)),
    plain("files-link-neighbour", "a link to somebody else's work", link("../controls-right-02/ps02.ipynb"), says=("link",)),
    plain("files-link-folder", "a link to a folder", link("../controls-right-02"), "work", says=("link",)),
    plain("files-pipe", "a pipe, which nobody fills", lambda path: os.mkfifo(path)),
    plain("files-socket", "a socket", a_socket),
    plain("files-folder", "a folder of the notebook's name", lambda path: path.mkdir()),
    as_file("files-too-large", "twelve megabytes where ten are allowed", lambda b: {"ps02.ipynb": text(b | {"x": "y" * 12_000_000})}, refused=True, says=("too large",)),
    as_file("files-5-mb", "five megabytes of outputs", lambda b: (outputs(*[{"output_type": "stream", "name": "stdout", "text": "z" * 240_000}])(b), raw(b))[1]),
    as_file("files-renamed", "another name, in folders", lambda b: {"My work/final/PS 2 (3) FINAL.ipynb": text(b), "My work/notes.txt": b"hello"}),
    Odd("files-several", "a blank one of the right name, an old copy, and the work", lambda s, r: {"ps02.ipynb": text(r["ps02"]), "ps02-Copy1.ipynb": text(s["ps02"]), ".ipynb_checkpoints/ps02-checkpoint.ipynb": text(r["ps02"])}, says=("several notebooks",)),
    as_file("files-checkpoint", "only the automatic copy", lambda b: {".ipynb_checkpoints/ps02-checkpoint.ipynb": text(b)}),
    as_file("files-bom", "a byte-order mark", lambda b: {"ps02.ipynb": b"\xef\xbb\xbf" + text(b)}),
    as_file("files-utf-16", "in UTF-16", lambda b: {"ps02.ipynb": json.dumps(b, ensure_ascii=False).encode("utf-16")}),
    as_file("files-latin-1", "in Latin-1", lambda b: {"ps02.ipynb": json.dumps(b | {"cells": [*b["cells"], code("# größer, naïve")]}, ensure_ascii=False).encode("latin-1", "replace")}),
    as_file("files-nul", "padded with zeros by a broken disk", lambda b: {"ps02.ipynb": text(b) + bytes(4096)}),
    as_file("files-nan", "numbers that JSON does not have", lambda b: {"ps02.ipynb": text(b | {"x": float("nan"), "y": float("-inf")})}),
    as_file("files-zip", "packed", lambda b: {"ps02.zip": zipped(**{"folder/ps02.ipynb": text(b), "readme": b"x"})}),
    as_file("files-zip-renamed", "packed, and called a notebook", lambda b: {"ps02.ipynb": zipped(**{"ps02.ipynb": text(b)})}),
    as_file("files-zip-upwards", "packed under a path that leads out", lambda b: {"ps02.zip": zipped(**{"../../../../tmp/hlm-corpus-mark/ps02.ipynb": text(b), "/etc/x.ipynb": b"{}"})}),
    plain("files-zip-bomb", "300 MB of zeros in a small zip", zipped(**{"ps02.ipynb": bytes(300_000_000)}), "ps02.zip"),
    as_file("files-many", "two thousand files around it", lambda b: {f"data/{i:04d}.csv": b"1,2" for i in range(2000)} | {"ps02.ipynb": text(b)}),
    as_file("files-names", "names that no form expects", lambda b: {"a\nb\t<script>.txt": b"x", "\udcff\udcfe.dat": b"x", "-rf.txt": b"x", "ps02.ipynb": text(b)}),
    Odd("files-forged", "a receipt, a mark and a gradebook of the student's own", lambda s, r: {**one("ps02", answer("common_slope", "common_slope = 0"))(s, r), "receipts/0001.json": b'{"verdict": "counted"}', "gradebook.db": b"SQLite format 3\0", "timestamp.txt": b"1999-01-01 00:00:00 UTC", "term_seed": b"mine", "hlm_graded.json": b"{}"}, tasks={"common_slope": NOT_YET}),
    Odd("files-nothing", "an empty folder", lambda s, r: {}, refused=True, says=("empty",)),
    odd("files-student-name", "a student's name that is a path, a formula and a script", folder='=cmd|"x"!A1 <script>alert(1)<b> ..', never=("<script>alert",)),
    odd("files-student-sql", "a student's name that is a command to a database", folder="Robert'); DROP TABLE grade;--"),
    odd("files-student-cell", "an empty cell in place of a name", cell("student", source="")),
)  # fmt: skip
