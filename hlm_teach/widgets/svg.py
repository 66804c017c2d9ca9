"""Drawing helpers for the static pictures: lines, texts, marks and axes as plain SVG.

A static picture is what a reader without scripts sees of a widget. Each function returns a piece of text, `svg` puts
pieces together; a mark is told by its shape as well as by its colour (Okabe–Ito).

What this file does not do: know any widget, or compute.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable

from hlm_teach.widgets.sentences import fixed

__all__ = [
    "BLUE", "GREEN", "GREY", "INK", "RED", "SOFT", "WIDTH",
    "bottom_axis", "circle", "diamond", "left_axis", "line", "linear", "path", "polyline", "svg", "text", "ticks",
]  # fmt: skip

INK, SOFT, GREY = "#1f2328", "#57606a", "#8c959f"
BLUE, RED, GREEN = "#0072b2", "#c14f00", "#007a59"
WIDTH = 640
Scale = Callable[[float], float]


def svg(height: float, title: str, *marks: str, width: float = WIDTH) -> str:
    """Return an ``<svg>`` of this size with its title as the text for screen readers.

    >>> svg(10, "A line.", line(0, 5, 640, 5)).startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 10"')
    True
    """
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img"'
    label = html.escape(title, quote=True)
    return f'{head} aria-label="{label}" font-family="system-ui, sans-serif" font-size="12">{"".join(marks)}</svg>'


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Return the scale from the values low…high to the pixels start…end; where both are equal, all stands in the middle.

    >>> linear(0, 10, 100, 200)(2.5), linear(7, 7, 100, 200)(7)
    (125.0, 150.0)
    """
    if low == high:
        return lambda _value: (start + end) / 2
    return lambda value: start + (value - low) / (high - low) * (end - start)


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    """Write words at a place; ``anchor`` is start, middle or end.

    >>> text(1, 2, "a < b")
    '<text x="1.0" y="2.0" text-anchor="start" fill="#1f2328">a &lt; b</text>'
    """
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{html.escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = SOFT, more: str = "") -> str:
    """Draw a straight line; ``more`` holds further attributes, such as a dash pattern."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def path(d: str, colour: str = SOFT, more: str = "") -> str:
    """Draw path data, not filled."""
    return f'<path d="{d}" fill="none" stroke="{colour}" {more}/>'


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Return path data through points.

    >>> polyline([(0, 1), (2, 3.14)])
    'M0.0,1.0L2.0,3.1'
    """
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def circle(x: float, y: float, r: float, colour: str = INK) -> str:
    """Draw a hollow circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#fff" stroke="{colour}" stroke-width="1.8"/>'


def diamond(x: float, y: float, r: float = 6, colour: str = BLUE) -> str:
    """Draw a filled diamond."""
    return f'<path d="M{x - r:.1f},{y:.1f}l{r},{-r}l{r},{r}l{-r},{r}Z" fill="{colour}"/>'


def ticks(low: float, high: float, count: int = 6) -> list[tuple[float, str]]:
    """Return about ``count`` round numbers from low to high, with their texts; the one number there is where they are equal.

    >>> ticks(0, 1, 4), ticks(-2.5, -2.5)
    ([(0.0, '0.0'), (0.5, '0.5'), (1.0, '1.0')], [(-2.5, '−2.5')])
    """
    if not (high - low) / count > 0:
        return [(low, f"{low:g}".replace("-", "−"))]
    unit = 10 ** math.floor(math.log10((high - low) / count))
    step = next(k * unit for k in (1, 2, 5, 10) if k * unit * count >= high - low)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(k * step, fixed(k * step, digits)) for k in range(first, last + 1)]


def bottom_axis(x: Scale, y: float, low: float, high: float, title: str, count: int = 6) -> str:
    """Draw an axis below a picture: line, ticks with numbers, and its title at the right end."""
    marks = [line(x(low), y, x(high), y)]
    for value, words in ticks(low, high, count):
        marks += [line(x(value), y, x(value), y + 4), text(x(value), y + 17, words, "middle", SOFT)]
    return "".join([*marks, text(x(high), y + 33, title, "end")])


def left_axis(y: Scale, x: float, low: float, high: float, title: str, count: int = 5) -> str:
    """Draw an axis at the left of a picture: line, ticks with numbers, and its title above."""
    marks = [line(x, y(low), x, y(high))]
    for value, words in ticks(low, high, count):
        marks += [line(x - 4, y(value), x, y(value)), text(x - 8, y(value) + 4, words, "end", SOFT)]
    return "".join([*marks, text(max(4.0, x - 46), y(high) - 12, title)])
