"""Do two values agree, and if not, how do they differ? Facts only: what is said about them stands in `sentences`.

The idea: an answer is laid beside the expected value, number beside number, before any number is looked at.
A Series is laid by its labels where both have labels, a dict by its keys, a DataFrame by its columns; a list, a tuple,
an array and an unlabelled Series are all sequences; dimensions of length one do not count. What cannot be laid side by
side is a `Mismatch`, with its kind.

Values are in the normal form that `autograder.answers.decode` gives. E are the expected numbers, G the given ones.

What this file does not do: know exercises, choose a tolerance, or say anything.

>>> laid = align(pd.Series([1.0, 2.0], index=["a", "b"]), pd.Series([2.0, 1.0], index=["b", "a"]))
>>> laid.given
array([1., 2.])
>>> align(3.0, "3.0")
Traceback (most recent call last):
    ...
autograder.match.Mismatch: text
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from autograder.exercise import Tolerance

__all__ = ["Aligned", "Mismatch", "agreement", "agrees", "align", "far_apart", "numbers_in"]

NUMBERS, SEQUENCES = (int, float), (list, tuple)


class Mismatch(Exception):
    """Two values cannot be laid side by side: ``kind`` says why, ``facts`` what the sentence needs."""

    def __init__(self, kind: str, **facts: Any) -> None:
        super().__init__(kind)
        self.kind, self.facts = kind, facts


@dataclass
class Aligned:
    """Expected and given numbers in one order, where each stands, and other leaves (texts, True and False)."""

    expected: np.ndarray = field(default_factory=lambda: np.empty(0))
    given: np.ndarray = field(default_factory=lambda: np.empty(0))
    runs: list[tuple[tuple, Any, int]] = field(default_factory=list)  # path, labels or None, how many numbers
    others: list[tuple[tuple, bool]] = field(default_factory=list)  # path, agrees
    notes: set[str] = field(default_factory=set)  # "single", "dimensions", "extra"

    def place(self, i: int) -> tuple:
        """Return where the i-th number stands: the path to its part, then its label or position."""
        for path, labels, n in self.runs:
            if i < n:
                return (*path, labels[i] if labels is not None else i) if n > 1 else path
            i -= n
        raise IndexError(i)

    def part(self, i: int) -> Any:
        """Return the top-level part that the i-th number belongs to, or None where there is only one."""
        place = next(path for path, start, stop in self._bounds() if start <= i < stop)
        return place[0] if place else None

    def _bounds(self):
        start = 0
        for path, _, n in self.runs:
            yield path, start, start + n
            start += n

    def parts(self, agrees: np.ndarray) -> dict[Any, bool]:
        """Return for each top-level part whether all of it agrees."""
        found: dict[Any, bool] = {}
        for path, start, stop in self._bounds():
            if path:
                found[path[0]] = found.get(path[0], True) and bool(agrees[start:stop].all())
        for path, ok in self.others:
            if path:
                found[path[0]] = found.get(path[0], True) and ok
        return found


# ---- agreement ------------------------------------------------------------------------------------------------------


def agreement(
    expected: np.ndarray, given: np.ndarray, tolerance: Tolerance, factor: float = 1.0
) -> np.ndarray:
    """Return, number by number, whether ``|G − E| <= factor·(atol + rtol·|E|)``; NaN agrees with NaN, inf with inf."""
    with np.errstate(all="ignore"):
        near = np.abs(given - expected) <= factor * (tolerance.atol + tolerance.rtol * np.abs(expected))
    return (near & np.isfinite(expected)) | (expected == given) | (np.isnan(expected) & np.isnan(given))


def agrees(expected: Any, given: Any, tolerance: Tolerance) -> bool:
    """Say whether the whole answer agrees with the whole expected value."""
    try:
        laid = align(expected, given)
    except Mismatch:
        return False
    return bool(agreement(laid.expected, laid.given, tolerance).all()) and all(ok for _, ok in laid.others)


def far_apart(a: Any, b: Any, tolerance: Tolerance) -> bool:
    """Say whether two expected values can be told apart: somewhere by more than three tolerances."""
    try:
        laid = align(a, b)
    except Mismatch:
        return True
    near = agreement(laid.expected, laid.given, tolerance, factor=3.0)
    return not near.all() or not all(ok for _, ok in laid.others)


# ---- laying side by side --------------------------------------------------------------------------------------------


def align(expected: Any, given: Any) -> Aligned:
    """Lay an answer beside the expected value, or raise `Mismatch`."""
    laid, pairs = Aligned(), []
    _lay(expected, given, (), laid, pairs)
    if pairs:
        laid.expected = np.concatenate([e for e, _ in pairs])
        laid.given = np.concatenate([g for _, g in pairs])
    return laid


def _lay(e, g, path, laid, pairs):
    if g is ...:
        raise Mismatch("unfinished", path=path)
    if isinstance(e, pd.DataFrame):
        _lay_frame(e, g, path, laid, pairs)
    elif isinstance(e, dict):
        _lay_dict(e, g, path, laid, pairs)
    elif isinstance(e, SEQUENCES) and not _is_plain_list(e):
        _lay_parts(e, g, path, laid, pairs)
    elif isinstance(e, (list, np.ndarray, pd.Series)):
        g = _in_order(e, g, path)
        if isinstance(e, list) or np.asarray(e).dtype.kind in "iuf":
            _lay_numbers(e, g, path, laid, pairs)
        else:
            _lay_parts(e.tolist(), g, path, laid, pairs)
    else:
        _lay_scalar(e, g, path, laid, pairs)


def _is_plain_list(e) -> bool:
    return type(e) is list and len(e) > 0 and all(_is_number(x) or _is_plain_list(x) for x in e)


def _is_number(x) -> bool:
    return type(x) in NUMBERS


def _only(g):
    """Return what stands alone inside a list, tuple, array or Series of one, or g itself."""
    while (
        isinstance(g, (list, tuple, np.ndarray, pd.Series, pd.DataFrame))
        and np.size(g) == 1
        and len(np.shape(g))
    ):
        g = (
            g.to_numpy().ravel()[0]
            if isinstance(g, (pd.Series, pd.DataFrame))
            else np.ravel(np.asarray(g))[0]
        )
    if isinstance(g, np.ndarray) and g.ndim == 0:
        g = g[()]
    return g.item() if isinstance(g, np.generic) else g


def _lay_scalar(e, g, path, laid, pairs):
    try:
        alone = _only(g)
    except ValueError:  # a ragged list
        alone = g
    if isinstance(g, (list, tuple, pd.Series, pd.DataFrame)) or np.ndim(g) > 0:
        laid.notes.add("single")
    if _is_number(e):
        if type(alone) is bool:
            raise Mismatch("bool", path=path)
        if type(alone) is str:
            raise Mismatch("text", path=path)
        if not _is_number(alone):
            raise Mismatch("shape", path=path, expected=e, given=g)
        pairs.append((_floats([e]), _floats([alone])))
        laid.runs.append((path, None, 1))
    elif type(alone) is not type(e):
        raise Mismatch("shape", path=path, expected=e, given=g)
    else:
        same = alone.strip().casefold() == e.strip().casefold() if type(e) is str else alone == e
        laid.others.append((path, bool(same)))


def _floats(values) -> np.ndarray:
    made = np.empty(len(values))
    for i, x in enumerate(values):
        try:
            made[i] = x
        except OverflowError:
            made[i] = np.inf if x > 0 else -np.inf
    return made


def _lay_numbers(e, g, path, laid, pairs):
    labels = list(e.index) if isinstance(e, pd.Series) and _has_labels(e.index) else None
    E, G = numbers_in(e, path), numbers_in(g, path)
    if E.shape != G.shape:
        if E.size != G.size or _squeezed(E) != _squeezed(G):
            raise Mismatch("shape", path=path, expected=e, given=g)
        laid.notes.add("dimensions")
    pairs.append((E.ravel(), G.ravel()))
    if E.ndim > 1:
        labels = list(np.ndindex(E.shape))
    laid.runs.append((path, labels, E.size))


def _squeezed(a) -> tuple[int, ...]:
    return tuple(n for n in a.shape if n != 1)


def numbers_in(g: Any, path: tuple = ()) -> np.ndarray:
    """Return a sequence or table of numbers as an array of float, or raise `Mismatch`."""
    if isinstance(g, (pd.Series, pd.DataFrame)):
        g = g.to_numpy()
    if isinstance(g, np.ndarray) and g.dtype.kind in "iuf":
        return g.astype(float)
    if not isinstance(g, (list, tuple, np.ndarray)):
        if _is_number(g):
            return _floats([g])[0:1].reshape(())
        raise Mismatch(
            "text" if type(g) is str else "bool" if type(g) is bool else "shape", path=path, given=g
        )
    shape, flat = np.shape(g) if isinstance(g, np.ndarray) else _shape(g, path), []
    _flatten(g.tolist() if isinstance(g, np.ndarray) else g, flat)
    for kind, types in (("text", (str,)), ("bool", (bool,))):
        if any(type(x) in types for x in flat):
            raise Mismatch(kind, path=path)
    if any(x is ... for x in flat):
        raise Mismatch("unfinished", path=path)
    if any(x is None for x in flat):
        raise Mismatch("nothing", path=path)
    if not all(_is_number(x) for x in flat) or len(flat) != np.prod(shape, dtype=int):
        raise Mismatch("shape", path=path, given=g)
    return _floats(flat).reshape(shape)


def _shape(g, path) -> tuple[int, ...]:
    """Return the shape of nested lists; rows of different length are a mismatch."""
    if not isinstance(g, (list, tuple, np.ndarray, pd.Series)):
        return ()
    inner = {_shape(x, path) for x in g}
    if len(inner) > 1:
        raise Mismatch("ragged", path=path)
    return (len(g), *(inner.pop() if inner else ()))


def _flatten(g, into):
    for x in g if isinstance(g, (list, tuple, np.ndarray, pd.Series)) else [g]:
        if isinstance(x, (list, tuple, np.ndarray, pd.Series)):
            _flatten(x.tolist() if isinstance(x, (np.ndarray, pd.Series)) else x, into)
        else:
            into.append(x.item() if isinstance(x, np.generic) else x)


def _has_labels(index) -> bool:
    plain = pd.api.types.is_integer_dtype(index) and np.array_equal(index.to_numpy(), np.arange(len(index)))
    return not plain


def _key(label):
    """Return a label in the form in which labels are compared: 1, 1.0 and "1" are one label."""
    if isinstance(label, tuple):
        return tuple(_key(x) for x in label)
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        label = int(label)
    return str(label).strip()


def _in_order(e, g, path):
    """Return g in the order of e's labels, where both have labels."""
    if not (isinstance(e, pd.Series) and _has_labels(e.index)):
        return g
    if isinstance(g, dict):
        g = pd.Series(
            list(g.values()), index=pd.Index(list(g), tupleize_cols=False), dtype=None if g else object
        )
    if isinstance(g, pd.Series) and _has_labels(g.index):
        g = g.iloc[_order(e.index, g.index, path)]
    return g


def _order(e_index, g_index, path) -> list[int]:
    """Return the positions of g in the order of e's labels."""
    e, g = [_key(x) for x in e_index], [_key(x) for x in g_index]
    if len(set(e)) < len(e) or len(set(g)) < len(g):
        return list(range(len(g)))
    meaningless = not set(e) & set(g) and pd.api.types.is_integer_dtype(g_index)
    if meaningless:
        return list(range(len(g)))
    missing, extra = [x for x in e if x not in set(g)], [x for x in g if x not in set(e)]
    if missing or extra:
        raise Mismatch("labels", path=path, missing=missing, extra=extra)
    where = {x: i for i, x in enumerate(g)}
    return [where[x] for x in e]


def _lay_dict(e, g, path, laid, pairs):
    if isinstance(g, pd.Series) and _has_labels(g.index):
        g = dict(zip(g.index, g.tolist(), strict=True))
    if not isinstance(g, dict):
        raise Mismatch("shape", path=path, expected=e, given=g)
    found = {_key(k): v for k, v in g.items()}
    missing = [_key(k) for k in e if _key(k) not in found]
    extra = [k for k in found if k not in {_key(x) for x in e}]
    if missing:
        raise Mismatch("keys", path=path, missing=missing, extra=extra)
    if extra:
        laid.notes.add("extra")
    for k, x in e.items():
        _lay(x, found[_key(k)], (*path, k), laid, pairs)


def _lay_parts(e, g, path, laid, pairs):
    """Lay a tuple, or a list of unlike things, part by part."""
    if isinstance(g, (np.ndarray, pd.Series)) and np.ndim(g) == 1:
        g = g.tolist()
    if not isinstance(g, SEQUENCES) or len(g) != len(e):
        raise Mismatch("shape", path=path, expected=e, given=g)
    for i, (x, y) in enumerate(zip(e, g, strict=True)):
        _lay(x, y, (*path, i), laid, pairs)


def _lay_frame(e, g, path, laid, pairs):
    if isinstance(g, dict):
        try:
            g = pd.DataFrame(g)
        except (ValueError, TypeError):
            raise Mismatch("shape", path=path, expected=e, given=g) from None
    if isinstance(g, np.ndarray) and g.shape == e.shape:
        g = pd.DataFrame(g, columns=e.columns)
    if not isinstance(g, pd.DataFrame):
        raise Mismatch("shape", path=path, expected=e, given=g)
    if len(e) != len(g):
        raise Mismatch("shape", path=path, expected=e, given=g)
    names = [_key(c) for c in g.columns]
    missing = [_key(c) for c in e.columns if _key(c) not in names]
    extra = [c for c in names if c not in {_key(x) for x in e.columns}]
    if missing:
        raise Mismatch("columns", path=path, missing=missing, extra=extra)
    if extra:
        laid.notes.add("extra")
    for j, c in enumerate(e.columns):
        _lay(e.iloc[:, j], g.iloc[:, names.index(_key(c))], (*path, c), laid, pairs)
