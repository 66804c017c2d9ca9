"""One look for all figures, and the one way to show them.

The three ways to pool keep their colour, their line and their marker in every figure of the course, so that a
figure can be read in grey as well:

    complete pooling   vermilion      dashed    square
    no pooling         blue           dotted    hollow circle
    partial pooling    bluish green   solid     filled diamond

The colours are those of Okabe and Ito, which people with any colour vision can tell apart.

What this file does not do: draw (`hlm_teach.plots`), or change matplotlib's settings for anybody else: `style` is a
context, and what is drawn outside it looks as it did before.
"""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from functools import wraps

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hlm_teach.locale import _

__all__ = ["COLOURS", "LINES", "MARKERS", "show", "style"]

COLOURS = {
    "complete": "#D55E00",
    "none": "#0072B2",
    "partial": "#009E73",
    "line": "#1A1A1A",
    "data": "#6B6B6B",
    "faint": "#D9D9D9",
}
LINES = {"complete": (0, (5, 2.5)), "none": (0, (1, 1.3)), "partial": "solid"}
MARKERS = {"complete": "s", "none": "o", "partial": "D"}

STYLE = {
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 10.5,
    "axes.edgecolor": "#4D4D4D",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "lines.solid_capstyle": "round",
}

WIDTH = 7.5  # inches, at 100 pixels each: the text column of a notebook
LEAST_ALT = 40
SHARPNESS = 2  # pixels of the file per pixel on an ordinary screen


def style() -> AbstractContextManager:
    """Return a context in which matplotlib draws in the look of the course.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> before = mpl.rcParams["axes.spines.top"]
    >>> with style():
    ...     mpl.rcParams["axes.spines.top"]
    False
    >>> mpl.rcParams["axes.spines.top"] == before
    True
    """
    return mpl.rc_context(STYLE)


def styled(draw):
    """Run a function that draws in the look of the course."""

    @wraps(draw)
    def in_style(*args, **kwargs):
        with style():
            return draw(*args, **kwargs)

    return in_style


def new_axes(ax, *, height: float, columns: int = 1, width: float = WIDTH, **kwargs) -> np.ndarray:
    """Return the given axes, or a new row of them, as an array of length `columns`."""
    if ax is None:
        _figure, ax = plt.subplots(1, columns, figsize=(width, height), layout="constrained", **kwargs)
    axes = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(axes) != columns or not all(isinstance(each, Axes) for each in axes):
        raise TypeError(
            _(
                "ax must be matplotlib Axes, {columns} of them, but it is {kind}. "
                "Make them with plt.subplots(1, {columns}), or leave ax out.",
                columns=columns,
                kind=_kind(ax),
            )
        )
    for each in axes:
        dress(each)
    return axes


def dress(ax: Axes) -> None:
    """Give the look to axes that may have been made outside it (and to ticks that are made later)."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=STYLE["xtick.labelsize"], color=STYLE["axes.edgecolor"], length=3)


def legend_above(ax: Axes, handles=None, columns: int = 2) -> None:
    """Put the legend between the title and the axes, where it hides nothing."""
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        borderpad=0,
        handletextpad=0.5,
        columnspacing=1.8,
    )


def figure_of(drawn) -> Figure:
    """Return the figure of an Axes, of an array of Axes, or of anything that has one."""
    if isinstance(drawn, Figure):
        return drawn
    if isinstance(drawn, np.ndarray | list | tuple) and np.size(drawn):
        return figure_of(np.asarray(drawn, dtype=object).flat[0])
    found = getattr(drawn, "figure", None)
    if isinstance(found, Figure):
        return found
    raise TypeError(
        _(
            "show needs a figure, an Axes or an array of Axes, but got {kind}. "
            "Pass what the plotting function returned.",
            kind=_kind(drawn),
        )
    )


def check_alt(alt: str) -> str:
    """Return the alt text, or say what it lacks."""
    if not isinstance(alt, str):
        raise TypeError(_("The alt text must be a sentence (a str), but it is {kind}.", kind=_kind(alt)))
    alt = " ".join(alt.split())
    if len(alt) < LEAST_ALT or not any(character.isdigit() for character in alt):
        raise ValueError(
            _(
                "The alt text is read by whoever cannot see the figure: it needs at least {least} characters and a "
                "number from the figure, but {alt!r} has {length} characters and {digits} digits. "
                "The functions of hlm_teach.narrate write such a sentence.",
                least=LEAST_ALT,
                alt=alt,
                length=len(alt),
                digits=sum(character.isdigit() for character in alt),
            )
        )
    return alt


def png(figure: Figure) -> bytes:
    """Return the picture of a figure: the same bytes for the same figure and the same matplotlib."""
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=100 * SHARPNESS, metadata={"Software": None})
    return buffer.getvalue()


def show(drawn, alt: str) -> None:
    """Display a figure with its alt text, and close it.

    Parameters
    ----------
    drawn : Axes, array of Axes, Figure
        What a plotting function returned.
    alt : str
        One or two sentences that say what the figure shows, with its numbers; at least 40 characters and a digit.

    Returns
    -------
    None
        In a notebook the picture appears, its output carrying ``metadata["image/png"]["alt"]``; where no notebook
        runs nothing appears.

    Raises
    ------
    ValueError
        If the alt text is too short or has no number.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> show(plt.subplots()[1], "An empty figure: its two axes run from 0 to 1.")
    >>> show(plt.subplots()[1], "A plot.")
    Traceback (most recent call last):
    ...
    ValueError: The alt text is read by whoever cannot see the figure: it needs at least 40 characters and a number
    from the figure, but 'A plot.' has 7 characters and 0 digits. ...
    """
    figure = figure_of(drawn)
    try:
        alt = check_alt(alt)
        if _in_notebook():
            from IPython.display import display

            width, height = (round(100 * inches) for inches in figure.get_size_inches())
            seen = {"alt": alt, "width": width, "height": height}
            display({"image/png": png(figure), "text/plain": alt}, metadata={"image/png": seen}, raw=True)
    finally:
        plt.close(figure)


def _in_notebook() -> bool:
    """Whether somebody is there to display to."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return get_ipython() is not None


def _kind(thing) -> str:
    return (
        f"{thing!r} ({type(thing).__name__})"
        if isinstance(thing, str | int | float)
        else type(thing).__name__
    )
