"""How a number is said: in one place, for sentences and for figures.

A set of numbers that are read together gets the same number of decimals: enough for three digits of their range.
Minus is the real minus sign (U+2212), which screen readers say.

What this file does not do: choose words. Units are the caller's.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["decimals_for", "number", "quantity"]

MOST = 6


def decimals_for(*values) -> int:
    """Return how many decimals show three digits of the range of some values (of their size, if they are all equal).

    Examples
    --------
    >>> decimals_for([1.31, 0.42, 2.6]), decimals_for([28, -3, 18]), decimals_for([12.64]), decimals_for([251405, 3])
    (2, 1, 1, 0)
    """
    flat = np.concatenate([np.ravel(np.asarray(v, dtype=float)) for v in values]) if values else np.array([])
    flat = flat[np.isfinite(flat)]
    if not len(flat):
        return 0
    size = float(np.ptp(flat))
    biggest = float(np.abs(flat).max())
    if size <= 1e-9 * biggest or size == 0:
        size = biggest
    return 0 if size == 0 else int(np.clip(2 - math.floor(math.log10(size)), 0, MOST))


def number(value: float, decimals: int = 2) -> str:
    """Return a number as text; one that is not zero never looks like zero.

    Examples
    --------
    >>> number(-3.456, 1), number(0, 1), number(0.00123, 1), number(float("inf")), number(1234567.8, 0)
    ('−3.5', '0', '0.0012', '∞', '1,234,568')
    """
    value = float(value)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    text = f"{value:,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        text = f"{value:.2g}" if abs(value) >= 1e-12 else "0"
    return text.replace("-", "−")


def quantity(value: float, decimals: int = 2, unit: str = "") -> str:
    """Return a number with its unit.

    Examples
    --------
    >>> quantity(2.345, 1, "points"), quantity(12, 0, "%"), quantity(3, 0)
    ('2.3 points', '12 %', '3')
    """
    return f"{number(value, decimals)} {unit}".rstrip()
