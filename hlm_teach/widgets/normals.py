"""Standard normal numbers from a seed, the same in Python and in the browser (``shared/normals.js``).

A widget draws again where no Python runs, and its page must show what the notebook showed. So both use one small
generator: mulberry32 for uniform numbers, Box–Muller for normal ones.

What this file does not do: serve a simulation study. Its period is 2³² numbers; use `numpy.random` for that.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["Normals", "centred", "scaled"]

_LOW = 0xFFFFFFFF


class Normals:
    """A stream of standard normal numbers.

    >>> Normals(1).draw(3).round(4)
    array([ 1.4043,  1.2158, -0.5104])
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & _LOW

    def draw(self, count: int) -> np.ndarray:
        """Return the next numbers of the stream."""
        return np.array([self._normal() for _number in range(count)])

    def uniforms(self, count: int) -> np.ndarray:
        """Return the next uniform numbers, 0 ≤ u < 1, that the normal ones are made of.

        >>> Normals(1).uniforms(2).round(4)
        array([0.6271, 0.0027])
        """
        return np.array([self._uniform() for _number in range(count)])

    def _normal(self) -> float:
        size = math.sqrt(-2 * math.log(1 - self._uniform()))
        return size * math.cos(2 * math.pi * self._uniform())

    def _uniform(self) -> float:
        self._state = state = (self._state + 0x6D2B79F5) & _LOW
        t = ((state ^ (state >> 15)) * (1 | state)) & _LOW
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & _LOW)) & _LOW) ^ t
        return ((t ^ (t >> 14)) & _LOW) / 4294967296


def scaled(a: np.ndarray) -> np.ndarray:
    """Return numbers with mean square 1."""
    return a / np.sqrt(np.mean(a**2))


def centred(a: np.ndarray) -> np.ndarray:
    """Return numbers with mean 0 along the last axis."""
    return a - a.mean(axis=-1, keepdims=True)
