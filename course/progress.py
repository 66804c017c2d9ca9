"""A line that says how far a long command is, and how long the rest will take.

On a terminal the line is drawn over itself and wiped at the end. Elsewhere (a log, CI) each step is a line of its own, at
most one every few seconds, so that a log is never silent and never flooded.

What this file does not do: print results. Those stay on the screen; this does not.
"""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

LOG_EVERY = 5.0  # seconds


class Progress:
    """Progress of one command.

    Parameters
    ----------
    total
        The number of steps, if it is known.
    out
        Where to draw (default: standard error).
    """

    def __init__(self, total: int | None = None, out: TextIO | None = None):
        self.total, self.out = total, out if out is not None else sys.stderr
        self.done, self.passed = 0, 0  # steps so far, and how many of them took no time
        self.began, self.last = time.monotonic(), -LOG_EVERY
        self.on_terminal = self.out.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def say(self, text: str) -> None:
        """Show what is being done now."""
        now = time.monotonic()
        line = f"{self._bar()}{text}{self._rest(now)}"
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.out.write("\r\x1b[K" + line[:width])
        elif now - self.last >= LOG_EVERY:
            self.out.write(line + "\n")
            self.last = now
        self.out.flush()

    def wipe(self) -> None:
        """Take the line away."""
        if self.on_terminal:
            self.out.write("\r\x1b[K")
            self.out.flush()

    def _bar(self) -> str:
        if not self.total:
            return ""
        filled = round(20 * self.done / self.total)
        return f"[{'#' * filled}{'.' * (20 - filled)}] {self.done}/{self.total} "

    def _rest(self, now: float) -> str:
        spent = now - self.began
        worked = self.done - self.passed
        if not self.total or worked <= 0:
            return f" ({spent:.0f} s)" if spent >= 1 else ""
        return f" (about {spent / worked * (self.total - self.done):.0f} s left)"
