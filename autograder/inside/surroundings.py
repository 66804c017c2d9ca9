"""What a cell may bend and the next cell must find straight.

The idea: in a notebook one careless line (``sum = 5``, ``os.chdir``, a warning filter, a patched ``json``) spoils what
comes after it, and a mark must not depend on that. After each cell built-ins, the tables of the essential modules,
standard streams, hooks, signal handlers, warning filters and the shell's own parts are put back, and what was to be called
at every fork or collection is forgotten. The student's own names are left alone; only
where a cell *fails* is it tried once more with its shadowed built-ins, the names of the locked cells and the working
directory put straight (`Surroundings.straight`).

What this file does not do: protect anyone but the student from the student's code; that is the jail's work.
"""

# ruff: noqa: PTH103, PTH109, PTH123  (bare system calls: a student may have bent this interpreter)

from __future__ import annotations

import builtins
import gc
import locale
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Surroundings"]

NEEDED = (
    "builtins",
    "json",
    "json.encoder",
    "json.decoder",
    "json.scanner",
    "struct",
    "socket",
)  # to report at all
MODULES = (
    *(
        "math",
        "os",
        "posixpath",
        "time",
        "io",
        "inspect",
        "re",
        "base64",
        "binascii",
        "statistics",
        "functools",
    ),
    *(
        "itertools",
        "operator",
        "types",
        "warnings",
        "threading",
        "numpy",
        "numpy.linalg",
        "numpy.random",
        "pandas",
    ),
    *("matplotlib", "matplotlib.pyplot", "seaborn", "random", "scipy", "scipy.stats", "scipy.optimize"),
    *("scipy.linalg", "statsmodels.api", "statsmodels.formula.api", "formulaic"),
)
# What a cell must contain to overwrite something in a module: an attribute on the left, or a way around one.
BENDING = re.compile(
    r"\.\s*\w+\s*(?:[-+*/|&^%@]|//|\*\*|<<|>>)?=(?!=)|\bdel\b|\bfor\s+\w+\.|\bas\s+\w+\.|__|"
    r"\b(?:setattr|delattr|exec|eval|vars|globals|locals|modules|mock|patch|reload|gc|ctypes|importlib|inspect|get_ipython|register)\b|"
    r"^\s*[%!]|import\s+\*",
    re.MULTILINE,
)
OURS = ("hlm_teach", "autograder")
CLASSES = (
    *(("json", "JSONEncoder"), ("json", "JSONDecoder"), ("pandas", "DataFrame"), ("pandas", "Series")),
    *(("pandas", "Index"), ("pandas", "RangeIndex"), ("pandas", "MultiIndex"), ("struct", "Struct")),
)
TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
PLAIN = (type(None), bool, int, float, str)
SIGNALS = [s for s in signal.Signals if s not in (signal.SIGKILL, signal.SIGSTOP)]
_MISSING = object()


class Surroundings:
    """A picture of the interpreter before any student's code has run, and the way back to it."""

    def __init__(self, shell) -> None:
        self.shell = shell
        self.home = os.getcwd()
        self.first = dict(shell.user_ns)
        self.given: dict[str, object] = {}
        self.names = frozenset(vars(builtins)) - {"__builtins__", "_"}
        self.suspicious = False
        modules = sys.modules
        self.needed = [(vars(modules[n]), dict(vars(modules[n]))) for n in NEEDED]
        self.everything = dict(modules)
        self.loaded = {
            n: m for n, m in modules.items() if n in (*NEEDED, *MODULES) or n.split(".")[0] in OURS
        }
        self.tables = [(vars(module), dict(vars(module))) for module in self.loaded.values()]
        classes = [getattr(sys.modules[m], c) for m, c in CLASSES if m in sys.modules]
        self.classes = [(c, dict(vars(c))) for c in [*classes, *type(shell).__mro__[:2]] if _open(c)]
        self.rewriters = [(rewriter, list(rewriter)) for rewriter in _rewriters(shell)]
        self.parts = [
            (part, {name: value for name, value in part.items() if not isinstance(value, PLAIN)})
            for part in (vars(shell), shell._trait_values)
        ]
        self.own = frozenset(vars(shell))
        self.called = [(calls, list(calls)) for calls in (*_fork_hooks(), gc.callbacks, *_events(shell))]
        self.signals = {s: h for s in SIGNALS if (h := signal.getsignal(s)) is not None}
        self.filters = list(warnings.filters)
        self.locale = locale.setlocale(locale.LC_ALL)
        self.recursion, self.patience = sys.getrecursionlimit(), sys.getswitchinterval()
        self.hooks = {
            n: getattr(sys, n) for n in ("displayhook", "excepthook", "unraisablehook", "breakpointhook")
        }
        self.lists = {n: list(getattr(sys, n)) for n in ("meta_path", "path_hooks", "path")}
        self.open_stream = open(os.devnull, "w")  # noqa: SIM115 (it stays open as sys.stdout between cells)

    def notice(self, source: str) -> None:
        """Look whether a cell can overwrite something in a module; from then on every table is compared.

        Only then, because looking at an object writes to it (its count of references), and after a fork every page that
        is written to must be copied: comparing all tables costs more than most cells.
        """
        self.suspicious = self.suspicious or BENDING.search(source) is not None

    def straighten(self) -> None:
        """Put back everything but the student's own names; objects that were added stay."""
        for calls, kept in self.called:
            calls[:] = kept
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        sys.setrecursionlimit(self.recursion)
        sys.setswitchinterval(self.patience)
        for table, kept in self.tables if self.suspicious else self.needed:
            for name, value in kept.items():
                if table.get(name, _MISSING) is not value:
                    table[name] = value
        if self.suspicious:
            self._straighten_classes()
            for name in self.everything.keys() - sys.modules.keys():
                sys.modules[name] = self.everything[name]  # a library may be loaded only once in a process
        sys.modules.update(self.loaded)
        for name, hook in self.hooks.items():
            setattr(sys, name, hook)
        for name, kept in self.lists.items():
            now = getattr(sys, name, None)
            added = [x for x in now if x not in kept] if isinstance(now, list) else []
            setattr(sys, name, kept + added)
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = self.open_stream
        warnings.filters[:] = self.filters
        warnings._filters_mutated() if hasattr(warnings, "_filters_mutated") else None
        if threading.current_thread() is threading.main_thread():
            for number, handler in self.signals.items():
                if signal.getsignal(number) is not handler:
                    signal.signal(number, handler)
            for timer in TIMERS:
                signal.setitimer(timer, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
        locale.setlocale(locale.LC_ALL, self.locale)
        gc.enable()
        self._straighten_shell()

    def _straighten_classes(self) -> None:
        for cls, kept in self.classes:
            now = vars(cls)
            for name, value in kept.items():
                if now.get(name, _MISSING) is not value:
                    _set(cls, name, value)

    def _straighten_shell(self) -> None:
        if self.suspicious:
            for part, kept in self.parts:
                part.update(kept)
            own = vars(self.shell)
            for name in [name for name in own.keys() - self.own if hasattr(type(self.shell), name)]:
                del own[name]  # it stood before one of the shell's own methods
        space = self.shell.user_ns
        space["__builtins__"] = builtins
        for rewriter, kept in self.rewriters:
            rewriter[:] = kept
        for name in ("get_ipython", "In", "Out", "_oh", "_ih", "_dh", "__name__"):
            if name not in space and name in self.first:
                space[name] = self.first[name]

    # ---- the student's names -----------------------------------------------------------------------------------------

    def remember(self, before: dict[str, object]) -> None:
        """Note which names a locked cell gave (its name space before, compared with now)."""
        for name, value in self.shell.user_ns.items():
            if not name.startswith("_") and before.get(name, _MISSING) is not value:
                self.given[name] = value

    def bent(self) -> list[str]:
        """Return the names that shadow a built-in or a name that a locked cell gave; "" for a changed directory."""
        space = self.shell.user_ns
        shadows = [
            name
            for name in self.names & space.keys()
            if name not in self.given and space[name] is not self.first.get(name, _MISSING)
        ]
        moved = [name for name, value in self.given.items() if space.get(name, _MISSING) is not value]
        return sorted(shadows) + sorted(moved) + ([] if self._at_home() else [""])

    def _at_home(self) -> bool:
        try:
            return os.getcwd() == self.home
        except OSError:
            return False

    @contextmanager
    def straight(self) -> Iterator[None]:
        """Run something with the bent names put straight; afterwards the student's values are put back."""
        space, away = self.shell.user_ns, {}
        for name in self.bent():
            if name == "":
                os.makedirs(self.home, exist_ok=True)  # it may have been removed
                os.chdir(self.home)
                continue
            if name in space:
                away[name] = space.pop(name)
            if name in self.given:
                space[name] = self.given[name]
        try:
            yield
        finally:
            for name, value in away.items():
                if space.get(name, _MISSING) is self.given.get(name, _MISSING):
                    space[name] = value


def _rewriters(shell) -> list[list]:
    """Return the shell's lists of what changes a cell's text before it runs."""
    manager = shell.input_transformer_manager
    return [
        *(manager.cleanup_transforms, manager.line_transforms, manager.token_transformers),
        shell.ast_transformers,
    ]


def _fork_hooks() -> list[list]:
    """Return the interpreter's own lists of what it calls at every fork, for which Python has no name."""

    def mark() -> None:
        return None

    os.register_at_fork(before=mark, after_in_parent=mark, after_in_child=mark)
    found = [one for one in gc.get_referrers(mark) if type(one) is list]
    for calls in found:
        calls.remove(mark)
    return found


def _events(shell) -> list[list]:
    """Return the shell's lists of what it calls before and after a cell."""
    return list(shell.events.callbacks.values())


def _open(cls: type) -> bool:
    """Return whether a class lets its attributes be set, so that a student may have done so."""
    return bool(cls.__flags__ & (1 << 9))  # Py_TPFLAGS_HEAPTYPE


def _set(cls: type, name: str, value: object) -> None:
    try:
        setattr(cls, name, value)
    except (AttributeError, TypeError):  # __dict__, __weakref__ and the like
        return
