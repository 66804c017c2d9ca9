"""One more mistake on top: another sign, unit or order, a square, a root, a rounded number.

The idea: these turn the reference's number, or that of a wrong pipeline, into another that is recognised just as surely.
They are tried on all numbers of all cases together, and only where they can be told from what they were made of.
Where the tolerance is wide and the numbers are few, a number can look like the root or the hundredth of another by chance: a
tolerance shrinks with the number, and what is made of a wrong way's one or two numbers must fit them exactly.

What this file does not do: know exercises. The sentences stand in `autograder.sentences`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder import sentences as S
from autograder.exercise import Tolerance
from autograder.match import Mismatch, agreement, align
from autograder.seen import EXACT, FAILED, Work

__all__ = ["TRANSFORMS", "seen_through"]

TRANSFORMS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str, float]] = {
    "sign": (lambda e: -e, S.NEGATIVE, 0.25),
    "percent": (lambda e: 100 * e, S.PERCENT, 0.5),
    "proportion": (lambda e: e / 100, S.PROPORTION, 0.5),
    "square": (np.square, S.SQUARE, 0.25),
    "root": (np.sqrt, S.ROOT, 0.25),
    "complement": (lambda e: 1 - e, S.COMPLEMENT, 0.25),
    "reciprocal": (lambda e: 1 / e, S.RECIPROCAL, 0.25),
}


MANY = 3  # numbers that do not agree by chance


def seen_through(
    work: Work, outputs: list[Any], digits: int = 2, on_top: bool = False
) -> tuple[str, str, float] | None:
    """Return the one mistake (id, sentence, credit) that turns these outputs into the answers, if there is one.

    With ``on_top`` the outputs are those of a wrong way.
    """
    pairs = []
    for s, out in zip(work.seen, outputs, strict=True):
        if s.answer.problem or out is FAILED:
            return None
        try:
            laid = align(out, s.answer.value)
        except Mismatch:
            return None
        if (
            not laid.expected.size
            or not all(ok for _path, ok in laid.others)
            or not np.isfinite(laid.expected).all()
        ):
            return None
        pairs.append((laid.expected, laid.given))
    E, G = np.concatenate([e for e, _g in pairs]), np.concatenate([g for _e, g in pairs])
    if not np.isfinite(G).all():
        return None
    if _is_rounded(E, G, digits):
        return "rounded", S.ROUNDED, 0.5
    with np.errstate(all="ignore"):
        for id_, (turn, sentence, credit) in TRANSFORMS.items():
            T = turn(E)
            if not np.isfinite(T).all() or (id_ == "complement" and not ((E >= 0) & (E <= 1)).all()):
                continue
            told_apart = not agreement(E, T, work.tolerance, factor=3.0).all()
            if told_apart and agreement(T, G, _narrowed(work.tolerance, E, T, on_top)).all():
                return id_, sentence, credit
    if all(len(e) > 2 for e, _g in pairs) and _is_reordered(pairs, work.tolerance):
        return "order", S.ORDER, 0.5
    return None


def _narrowed(tolerance: Tolerance, E: np.ndarray, T: np.ndarray, on_top: bool) -> Tolerance:
    """Return the tolerance for what was made of E: no wider, in proportion, than that for E itself."""
    if on_top and len(E) < MANY:
        return EXACT
    shrunk = np.abs(T).max() / np.abs(E).max() if np.abs(E).max() > 0 else 1.0
    return replace(tolerance, atol=tolerance.atol * min(1.0, float(shrunk)))


def _is_reordered(pairs: list[tuple[np.ndarray, np.ndarray]], tolerance: Tolerance) -> bool:
    same = all(agreement(np.sort(e), np.sort(g), tolerance).all() for e, g in pairs)
    return same and not all(agreement(e, g, tolerance).all() for e, g in pairs)


def _is_rounded(E: np.ndarray, G: np.ndarray, digits: int) -> bool:
    """Say whether G is E rounded (or cut off) to some number of decimals that leaves at least `digits` digits."""
    for decimals in range(13):
        unit = 10.0**-decimals
        if np.abs(G - np.round(G, decimals)).max() > 1e-9 * max(1.0, np.abs(G).max()):
            continue
        far = np.abs(G - E)
        near = (far <= 0.5 * unit * (1 + 1e-6)).all() or ((far < unit) & (np.abs(G) <= np.abs(E))).all()
        return bool(near and np.abs(G).max() >= unit * 10 ** (digits - 1))
    return False
