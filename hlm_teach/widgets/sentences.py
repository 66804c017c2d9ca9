"""Numbers and sentences that Python and the browser write alike.

A widget says every state twice: here, for the page without scripts, for ``text/plain`` and for tests; and in the
browser, where no Python may be running. Both fill the same message with the same texts, so the numbers become text
by one rule, `fixed`, and a message holds plain names in braces, never a format: ``"τ = {tau}, partial pooling."``

What this file does not do: say anything. Each widget keeps its messages beside its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from hlm_teach.locale import _, language

__all__ = ["decimals", "fixed", "spoken"]

_WIDE = Context(prec=400)  # room for any float with a few decimals


def fixed(x: float, digits: int) -> str:
    """Write a number with so many decimals, as ``shared/numbers.js`` does.

    A true minus sign, no minus before a zero, ∞ where it is infinite; a tie is rounded away from zero.

    >>> fixed(2.5, 0), fixed(-0.04, 1), fixed(-3.14159, 2), fixed(float("inf"), 2)
    ('3', '0.0', '−3.14', '∞')
    """
    x = float(x)
    if math.isnan(x):
        return "?"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    rounded = Decimal(abs(x)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_WIDE)
    text = f"{rounded:f}"
    return ("−" if x < 0 and float(text) else "") + text


def decimals(spread: float) -> int:
    """Return how many decimals show about two digits of a difference of this size.

    >>> decimals(30.0), decimals(1.5), decimals(0.004)
    (1, 2, 5)
    """
    if not (math.isfinite(spread) and spread > 0):
        return 1
    return min(8, max(0, 2 - math.floor(math.log10(spread))))


def spoken(messages: Mapping[str, str]) -> dict[str, str]:
    """Return a widget's messages in the learner's language, by key; ``space`` stands between two sentences.

    >>> spoken({"reset": "Reset"})
    {'reset': 'Reset', 'space': ' '}
    """
    between = "" if language()[:2] in ("zh", "ja") else " "
    return {key: _(message) for key, message in messages.items()} | {"space": between}
