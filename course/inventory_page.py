"""What a class's concept inventory says: on the screen, as CSV, and as a page like the class report.

The page says in this order: what can be said of so many students, both tests as a whole, what most of the class believes and
which lesson treats it, how the items did, what changed, and every option of every item with the share that took it.
For the teacher only: it holds the right answers.

What this file does not do: work anything out (`course.inventory`, `course.inventory_stats`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.inventory import ITEMS, TESTS
from course.inventory import Belief, Inventory, Sitting, beliefs
from course.inventory_stats import EASY, FEW, FEWEST, ItemStat, precision
from course.render import render
from course.report_page import Cell, Page, Section, Table
from course.tables import csv_text, write
from hlm_teach.locale import N_, _, ngettext

__all__ = ["page", "screen", "tables", "write_all"]

MOST = 10  # beliefs that are listed first
NAMES = {"pretest": N_("before"), "posttest": N_("after")}
LEFT_OUT = {
    "nothing": N_("handed in nothing: {n}"),
    "refused": N_("refused: {n}"),
    "not graded": N_("not graded yet: {n}"),
    "blank": N_("handed in without a single answer: {n}"),
}
FLAGS = {
    "easy": N_("Easy: more than {easy} have it right."),
    "hard": N_("Hard: its whole interval lies below what guessing gives."),
    "negative": N_(
        "Discrimination below zero, which chance can do too: look at the key. The best 27 % mostly chose “{choice}”."
    ),
    "negative, right": N_(
        "Discrimination below zero, which chance can do too; most of the best 27 % have it right."
    ),
    "unused": N_("Nobody took {unused}."),
}
HOW = N_(
    "Difficulty is the share of right answers. Discrimination is the correlation of the item with the number of right answers to the other items, with its "
    "95 % interval; below zero, who knows more elsewhere is more often wrong here. “27 %” is the share right among the best 27 % minus that "
    "among the weakest. “I do not know yet” and no answer count as not right. Before the course low discrimination is no fault of an item: nobody has learned yet "
    "what it asks for."
)
CHANGED = N_(
    "Of the students who took both tests. p is McNemar's exact test of gained against lost; of forty items without any change up to two "
    "have p below .05, so read the ones with the smallest p, and no single one as proof."
)
GAIN_IS = N_(
    "The normalised gain is the part of what was missing before that is there afterwards: (after − before)/({items} − before)."
)
FILES = ("items", "options", "changes", "tests", "gain")


def page(found: Inventory) -> str:
    """Return the inventory of a class as HTML."""
    sections = (
        _said(found),
        _tests(found),
        _beliefs(found),
        *_items(found),
        *_changes(found),
        _options(found),
    )
    view = Page(_("The concept inventory – class report"), tuple(_who(found)), sections)
    return render("report", page=view)


def write_all(found: Inventory, folder: Path) -> list[Path]:
    """Write the page and the tables into a folder; return what was written."""
    files = {"inventory.html": page(found)}
    files |= {f"inventory-{name}.csv": text for name, text in tables(found).items()}
    for name, text in files.items():
        write(text, folder / name)
    return [folder / name for name in files]


# ---- sentences -----------------------------------------------------------------------------------------------------------


def _who(found: Inventory) -> Iterator[str]:
    for test, sitting in found.sittings.items():
        sentence = ngettext(
            "{when} the course ({ps}): {n} student.",
            "{when} the course ({ps}): {n} students.",
            len(sitting.answers.students),
            when=_(NAMES[test]).capitalize(),
            ps=sitting.ps,
        )
        out = "; ".join(_(LEFT_OUT[why], n=n) for why, n in sitting.left_out.items())
        yield f"{sentence} {_('Left out:')} {out}." if out else sentence


def _cautions(found: Inventory) -> list[str]:
    """Say how exactly a class of this size is known, and what cannot be said of it."""
    said = []
    for test, sitting in found.sittings.items():
        n = len(sitting.answers.students)
        if n == 0:
            said.append(_("Nobody's answers are there for the test {when} the course.", when=_(NAMES[test])))
        elif n == 1:
            said.append(
                _("{when} the course: one student's answers say nothing about a class; read the answers one by one.", when=_(NAMES[test]).capitalize())
            )  # fmt: skip
        elif n < FEWEST:
            said.append(
                _(
                    "{when} the course: with {n} students a share near one half is known to within ±{share:.2f} only. Fewer than {fewest} say nothing about "
                    "discrimination, reliability or the interval of a gain; read the answers one by one instead.",
                    when=_(NAMES[test]).capitalize(), n=n, share=precision(n)[0], fewest=FEWEST,
                )
            )  # fmt: skip
        else:
            share, correlation = precision(n)
            said.append(
                _(
                    "{when} the course: with {n} students a share near one half is known to within ±{share:.2f} and a discrimination near .3 to within "
                    "±{correlation:.2f}.", when=_(NAMES[test]).capitalize(), n=n, share=share, correlation=correlation,
                )
            )  # fmt: skip
            if n < FEW:
                said.append(
                    _("Fewer than {few} students show what the class believes, but are not enough to call an item good or bad, so none is marked as remarkable.", few=FEW)
                )  # fmt: skip
    return list(dict.fromkeys(said))


def flags_of(stat: ItemStat) -> list[str]:
    """Return what is remarkable about an item, in words."""
    texts = ITEMS[stat.item].options
    values = {
        "easy": _percent(EASY),
        "choice": _(texts[stat.upper_choice]).rstrip(".") if stat.upper_choice else "",
        "unused": "; ".join(f"“{_(texts[name]).rstrip('.')}”" for name in stat.unused),
    }
    flags = (
        f"{flag}, right" if (flag, stat.upper_choice) == ("negative", "right") else flag
        for flag in stat.flags
    )
    return [_(FLAGS[flag], **values) for flag in flags]


def _widespread(found: Inventory) -> list[Belief]:
    """Return the wrong options that most took in the latest test; none that nobody took."""
    return [b for b in beliefs(found)[:MOST] if (b.before if b.after is None else b.after)]


def _belief_text(belief: Belief) -> str:
    return next(_(w.belief) for w in ITEMS[belief.item].wrong if w.name == belief.option)


def _number(x: float | None, form: str = ".2f") -> str:
    return "–" if x is None else f"{x:z{form}}"


def _percent(x: float | None) -> str:
    return "–" if x is None else f"{100 * x:.0f} %"


def _range(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else _("{low:z.2f} to {high:z.2f}", low=interval[0], high=interval[1])


# ---- the parts of the page -----------------------------------------------------------------------------------------------


def _heads(*words: str) -> tuple[Cell, ...]:
    return tuple(Cell(word, kind="number" if n else "") for n, word in enumerate(words))


def _numbers(*texts: str | tuple[str, str]) -> tuple[Cell, ...]:
    pairs = (text if isinstance(text, tuple) else (text, "") for text in texts)
    return tuple(Cell(text, below, "number") for text, below in pairs)


def _taken(found: Inventory) -> list[tuple[str, Sitting]]:
    return [
        (test, found.sittings[test])
        for test in TESTS
        if test in found.sittings and found.sittings[test].overall
    ]


def _said(found: Inventory) -> Section:
    cautions = _cautions(found)
    return Section(_("What can be said"), tuple(cautions))


def _tests(found: Inventory) -> Section:
    made = []
    for test, sitting in _taken(found):
        s = sitting.overall
        made.append(
            (
                Cell(_(NAMES[test])),
                *_numbers(
                    str(s.n), f"{s.mean:.1f}", _number(s.sd, ".1f"), (_number(s.kr20), _range(s.kr20_interval)),
                    _number(s.sem, ".1f"), f"{s.unknown / s.n:.1f}", f"{s.missing / s.n:.1f}",
                ),
            )
        )  # fmt: skip
    heads = _heads(
        _("test"), _("students"), _("mean right"), _("SD"), _("KR-20"), _("standard error"),
        _("do not know, each"), _("not answered, each"),
    )  # fmt: skip
    sentences, notes = (), ()
    if g := found.gain:
        sentences = (_gain(found),)
        notes = (_(GAIN_IS, items=len(ITEMS)),)
    tables = (Table(_("The tests as a whole"), heads, tuple(made)),) if made else ()
    if not g and len(_taken(found)) == 2:
        sentences = (_("Nobody took both tests, so there is no gain to be computed."),)
    return Section(_("The tests"), sentences, tables=tables, notes=notes)


def _gain(found: Inventory) -> str:
    g = found.gain
    values = {"n": g.n, "before": g.before, "after": g.after}
    if g.normalised is None:
        return _(
            "{n} took both tests; all answers were right before the course, so nothing could be gained.",
            **values,
        )
    if g.interval is None:
        return _(
            "{n} took both tests: from {before:.1f} to {after:.1f} right answers on average, a normalised gain of {gain:.2f} "
            "(too few students for an interval).", gain=g.normalised, **values,
        )  # fmt: skip
    return _(
        "{n} took both tests: from {before:.1f} to {after:.1f} right answers on average, a normalised gain of {gain:.2f} "
        "(95 % interval {low:.2f} to {high:.2f}).", gain=g.normalised, low=g.interval[0], high=g.interval[1], **values,
    )  # fmt: skip


def _beliefs(found: Inventory) -> Section:
    heads = (
        Cell(_("belief")), Cell(_("question")), Cell(_("lesson")),
        Cell(_("before"), kind="number"), Cell(_("after"), kind="number"),
    )  # fmt: skip
    if not _taken(found):
        return Section(_("What the class believes"), (_("Nothing has been answered yet."),))
    made = tuple(
        (
            Cell(_belief_text(b)),
            Cell(_(ITEMS[b.item].title), b.item),
            Cell(ITEMS[b.item].lesson),
            *_numbers(_percent(b.before), _percent(b.after)),
        )
        for b in _widespread(found)
    )
    if not made:
        return Section(_("What the class believes"), (_("No wrong option was taken in the latest test."),))
    caption = _("The beliefs that most answers showed in the latest test")
    return Section(_("What the class believes"), tables=(Table(caption, heads, made),))


def _items(found: Inventory) -> Iterator[Section]:
    heads = (
        *_heads(
            _("item"), _("difficulty"), _("discrimination"), _("27 %"), _("do not know"), _("not answered")
        ),
        Cell(_("remarkable")),
    )
    for test, sitting in _taken(found):
        made = tuple(
            (
                Cell(_(ITEMS[id_].title), id_),
                *_numbers(
                    (f"{s.difficulty:.2f}", _range(s.interval)), (_number(s.discrimination), _range(s.discrimination_interval)),
                    _number(s.upper_lower), str(s.counts["unknown"]), str(s.counts["missing"]),
                ),
                Cell(" ".join(flags_of(s))),
            )
            for id_, s in sitting.items.items()
        )  # fmt: skip
        title = _("The items before the course") if test == "pretest" else _("The items after the course")
        caption = (
            _("Item by item, before the course") if test == "pretest" else _("Item by item, after the course")
        )
        yield Section(title, tables=(Table(caption, heads, made),), notes=(_(HOW),))


def _changes(found: Inventory) -> Iterator[Section]:
    if not found.changes:
        return
    heads = _heads(_("item"), _("lesson"), _("before"), _("after"), _("gained"), _("lost"), _("p"))
    made = tuple(
        (
            Cell(_(ITEMS[c.item].title), c.item),
            *_numbers(
                ITEMS[c.item].lesson, f"{c.before:.2f}", f"{c.after:.2f}", str(c.gained), str(c.lost), _p(c.p)
            ),
        )
        for c in found.changes
    )
    yield Section(
        _("What changed"), tables=(Table(_("Right answers, item by item"), heads, made),), notes=(_(CHANGED),)
    )


def _p(p: float | None) -> str:
    return "–" if p is None else "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _options(found: Inventory) -> Section:
    heads = (
        Cell(_("item")), Cell(_("option")), Cell(_("what it shows")),
        *(Cell(_(NAMES[test]), kind="number") for test, _sitting in _taken(found)),
    )  # fmt: skip
    stats = [sitting.items for _test, sitting in _taken(found)]
    made = []
    for id_, item in ITEMS.items():
        shows = {"right": _("right: {because}", because=_(item.because))} | {
            w.name: _(w.belief) for w in item.wrong
        }
        for n, (name, text) in enumerate(item.options.items()):
            shares = (_percent(s[id_].counts[name] / s[id_].n) for s in stats)
            first = Cell(_(item.title), id_) if n == 0 else Cell(id_)
            made.append((first, Cell(_(text)), Cell(shows[name], kind="said"), *_numbers(*shares)))
    return Section(
        _("Every option"),
        (_("For you only: the right answers stand here, and the same questions are asked twice."),),
        tables=(Table(_("The share of the class that took each option"), heads, tuple(made)),),
    )


# ---- tables and screen ---------------------------------------------------------------------------------------------------


def tables(found: Inventory) -> dict[str, str]:
    """Return the numbers as CSV, by name; their columns and words are English in every language."""
    items, options, whole = [], [], []
    for test, sitting in _taken(found):
        o = sitting.overall
        whole.append([test, sitting.ps, o.n, o.mean, o.sd, o.kr20, *(o.kr20_interval or (None, None)), o.sem, o.unknown, o.missing])  # fmt: skip
        for id_, s in sitting.items.items():
            items.append([
                test, id_, ITEMS[id_].lesson, s.n, s.difficulty, *s.interval, s.discrimination, *(s.discrimination_interval or (None, None)),
                s.upper_lower, s.counts["unknown"], s.counts["missing"], " ".join(s.flags),
            ])  # fmt: skip
            options += [
                [test, id_, name, s.counts[name], s.counts[name] / s.n] for name in ITEMS[id_].options
            ]
    g = found.gain
    gained = [[g.n, g.before, g.after, g.normalised, *(g.interval or (None, None))]] if g else []
    changes = [[c.item, c.n, c.before, c.after, c.gained, c.lost, c.p] for c in found.changes]
    interval = (
        "difficulty_low",
        "difficulty_high",
        "discrimination",
        "discrimination_low",
        "discrimination_high",
    )
    heads = {
        "items": ("test", "item", "lesson", "n", "difficulty", *interval, "upper_lower", "do_not_know", "missing", "flags"),
        "options": ("test", "item", "option", "students", "share"),
        "changes": ("item", "n", "before", "after", "gained", "lost", "p"),
        "tests": ("test", "ps", "n", "mean", "sd", "kr20", "kr20_low", "kr20_high", "sem", "do_not_know", "missing"),
        "gain": ("n", "before", "after", "normalised", "low", "high"),
    }  # fmt: skip
    rows = {"items": items, "options": options, "changes": changes, "tests": whole, "gain": gained}
    return {name: csv_text(heads[name], rows[name]) for name in FILES}


def screen(found: Inventory) -> str:
    """Return the inventory for a terminal: who, cautions, the tests, an item a line, and what the class believes."""
    lines = [*_who(found), "", *_cautions(found)]
    if not _taken(found):
        return "\n".join(lines).rstrip()
    lines += _screen_tests(found) + _screen_items(found)
    lines += ["", _("What the class believes, the most widespread first:")]
    for b in _widespread(found):
        share = b.before if b.after is None else b.after
        lines.append(
            f"  {_percent(share):>5}  {b.item:<4}{_('lesson {lesson}', lesson=ITEMS[b.item].lesson)}  {_belief_text(b)}"
        )
    return "\n".join(lines)


def _screen_tests(found: Inventory) -> list[str]:
    lines = []
    for test, sitting in _taken(found):
        o = sitting.overall
        lines.append(
            _(
                "{when}: {mean:.1f} of {items} right on average, SD {sd}, KR-20 {kr20}, standard error of measurement {sem}.",
                when=_(NAMES[test]), mean=o.mean, items=o.items, sd=_number(o.sd, ".1f"), kr20=_number(o.kr20), sem=_number(o.sem, ".1f"),
            )
        )  # fmt: skip
    return [*lines, *([_gain(found)] if found.gain else [])]


def _screen_items(found: Inventory) -> list[str]:
    taken = _taken(found)
    changes = {c.item: c for c in found.changes}
    head = "".join(f"{_(NAMES[test]):>8}{_('r'):>7}" for test, _s in taken)
    lines = ["", f"{_('item'):<5}{head}" + (f"{_('gained'):>8}{_('lost'):>6}{'p':>8}" if changes else "")]
    for id_ in ITEMS:
        stats = [sitting.items[id_] for _test, sitting in taken]
        cells = "".join(f"{s.difficulty:>8.2f}{_number(s.discrimination):>7}" for s in stats)
        if changes:
            c = changes[id_]
            cells += f"{c.gained:>8}{c.lost:>6}{_p(c.p):>8}"
        marks = "; ".join(
            f"{_(NAMES[test])}: {', '.join(s.flags)}"
            for (test, _s), s in zip(taken, stats, strict=True)
            if s.flags
        )
        lines.append(f"{id_:<5}{cells}  {marks}".rstrip())
    return lines
