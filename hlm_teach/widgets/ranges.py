"""Checks that the traits of several widgets share: a number in its range, a name among those known.

What this file does not do: know a widget. Each hands in its own ranges and names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import traitlets as t

from hlm_teach.locale import _

__all__ = ["in_range", "one_of"]


def in_range(proposal: Mapping[str, Any], ranges: Mapping[str, tuple[float, float]]) -> Any:
    """Return a proposed number if it lies in the range of its trait, both ends included.

    >>> class W(t.HasTraits):
    ...     n = t.Int(2)
    ...     _check = t.validate("n")(lambda self, proposal: in_range(proposal, {"n": (2, 30)}))
    >>> W(n=31)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: n must be 2 to 30, but n = 31.
    """
    value, name = proposal["value"], proposal["trait"].name
    least, most = ranges[name]
    if not least <= value <= most:
        raise t.TraitError(
            _("{name} must be {least} to {most}, but {name} = {value}.",
              name=name, least=least, most=most, value=value)
        )  # fmt: skip
    return value


def one_of(proposal: Mapping[str, Any], known: Iterable[str]) -> str:
    """Return a proposed name if it is one of those known."""
    value, names = proposal["value"], list(known)
    if value not in names:
        raise t.TraitError(
            _("{name} must be one of {known}, but it is {found!r}.",
              name=proposal["trait"].name, known=", ".join(names), found=value)
        )  # fmt: skip
    return value
