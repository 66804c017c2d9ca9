"""A prediction before any figure: commit to an answer first, then see.

What is predicted is remembered better than what is shown. So the key figures of a lesson are drawn at once but stay
closed until the learner has chosen an answer and said how sure they are.

What this file does not do: draw the figure, or judge more than one choice among the options.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import traitlets as t

from hlm_teach.look import check_alt, figure_of, png
from hlm_teach.widgets.exploration import Exploration

__all__ = ["Prediction"]


class Prediction(Exploration):
    """Ask for an answer and a confidence, then show a figure.

    Parameters
    ----------
    text : str
        The question.
    options : sequence of str
        The answers to choose from, two or more.
    answer : int
        The index of the right one.
    because : str
        One sentence that says why, shown with the figure.
    figure : matplotlib Figure, Axes, or array of Axes
        The picture that the question is about. It is drawn once and closed.
    alt : str
        What the picture shows, with its numbers (as for `hlm_teach.plots.show`).

    Raises
    ------
    ValueError
        If there are fewer than two options, `answer` is none of them, or `alt` says too little.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> bars = ax.bar(["A", "B"], [1, 3])
    >>> bet = Prediction("Which bar is higher?", ["A", "B"], 1, "B is three times A.", fig,
    ...                  "Two bars, A of height 1 and B of height 3.")
    >>> bet.committed
    False
    >>> bet.commit("B", 80)
    >>> bet.was_right
    True
    >>> Prediction("Which?", ["A"], 0, "", fig, "Two bars, A of height 1 and B of height 3.")
    Traceback (most recent call last):
    ...
    ValueError: A prediction needs two options or more, but 1 was given.
    """

    SOURCE = "prediction.js"

    image = t.Unicode().tag(sync=True)
    alt = t.Unicode().tag(sync=True)

    def __init__(
        self, text: str, options: Sequence[str], answer: int, because: str, figure: Any, alt: str
    ) -> None:
        if len(options) < 2:
            raise ValueError(f"A prediction needs two options or more, but {len(options)} was given.")
        if not 0 <= answer < len(options):
            raise ValueError(
                f"answer must be the index of an option, 0 to {len(options) - 1}, but it is {answer!r}."
            )
        super().__init__(
            question={"text": text, "options": list(options), "answer": answer, "because": because},
            image=_picture(figure),
            alt=check_alt(alt),
        )

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        return self.alt

    def picture(self) -> str:
        """Return the figure as it stands in a page without scripts."""
        return f'<img src="{self.image}" alt="{html.escape(self.alt, quote=True)}" style="max-width:100%">'


def _picture(drawn: Any) -> str:
    """Draw a figure once, close it, and return it as a ``data:`` address."""
    figure = figure_of(drawn)
    data = base64.b64encode(png(figure)).decode("ascii")
    plt.close(figure)
    return f"data:image/png;base64,{data}"
