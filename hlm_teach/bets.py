"""Who wants to hear of a bet: a learner's answer to a prediction, with how sure they were.

A widget places a bet and knows nothing of records; whoever keeps a record appends a function to `listeners`. It is
called with the question, the option chosen, the confidence in percent, and whether that option is right.

>>> heard = []
>>> listeners.append(lambda *bet: heard.append(bet))
>>> placed("Which moves most?", "B", 80, True)
>>> heard, listeners.pop() is not None
([('Which moves most?', 'B', 80, True)], True)

What this file does not do: keep anything.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["listeners", "placed"]

listeners: list[Callable[[str, str, float, bool], None]] = []


def placed(question: str, choice: str, confidence: float, right: bool) -> None:
    """Tell every listener of one bet."""
    for listener in listeners:
        listener(question, choice, confidence, right)
