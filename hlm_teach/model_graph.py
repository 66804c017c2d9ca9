"""Draw a Bayesian model as a graph: what depends on what, and what is repeated over what.

A node is a parameter or the data, an arrow goes from what a distribution uses to what has it, and a box (a *plate*) goes around what
exists once per group or once per row. Nodes stand in rows, by how many arrows they are away from the data.

What this file does not do: read a model (`hlm_teach.sampling` does), or lay out large graphs well; for those there is Graphviz.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from hlm_teach.locale import _, ngettext
from hlm_teach.look import COLOURS, new_axes, styled

__all__ = ["model_graph", "say_graph"]

PITCH = 1.25  # inches from row to row


@styled
def model_graph(graph: Mapping[str, Mapping], *, ax=None) -> Axes:
    """Draw the graph of a model.

    Parameters
    ----------
    graph : dict
        By name: ``says`` (its distribution), ``parents`` (names), ``plate`` (what it is repeated over, or ""), ``observed``;
        `Prepared.graph` has this form.
    ax : Axes, optional

    Returns
    -------
    Axes
        The data grey at the bottom, each parent above its children, a box around what is repeated.

    Raises
    ------
    ValueError
        If a parent is no node of the graph, or the arrows go in a circle.

    Examples
    --------
    >>> graph = {"mu": {"says": "Normal(0, 10)", "parents": []},
    ...          "y": {"says": "Normal(mu, 1)", "parents": ["mu"], "observed": True}}
    >>> ax = model_graph(graph)
    >>> sorted(text.get_text().split()[0] for text in ax.texts if text.get_text())
    ['mu', 'y']
    >>> model_graph({"y": {"parents": ["mu"]}})
    Traceback (most recent call last):
    ...
    ValueError: Every parent must be a node of the graph, but 'mu', a parent of 'y', is none.
    """
    place = _places(graph)
    rows = 1 + max(row for _x, row in place.values())
    ax = new_axes(ax, height=PITCH * rows)[0]
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.62, rows - 0.38))
    ax.axis("off")
    for plate in dict.fromkeys(node.get("plate", "") for node in graph.values()):
        if plate:
            _box(ax, plate, [place[name] for name, node in graph.items() if node.get("plate") == plate])
    for name, node in graph.items():
        says = node.get("says", "")
        grey = COLOURS["faint"] if node.get("observed") else "white"
        ax.text(
            *place[name],
            f"{name}\n~ {says}" if says else name,
            ha="center",
            va="center",
            fontsize=9.5,
            zorder=3,
            bbox={"boxstyle": "round,pad=0.35,rounding_size=0.6", "fc": grey, "ec": COLOURS["line"], "lw": 1},
        )
        for parent in node.get("parents", ()):
            look = {"arrowstyle": "-|>", "color": COLOURS["data"], "shrinkA": 17, "shrinkB": 17, "lw": 1.1}
            ax.annotate("", place[name], place[parent], arrowprops=look, zorder=2)
    return ax


def say_graph(graph: Mapping[str, Mapping]) -> str:
    """Say a graph in words: how many parameters there are, and what each has for parents.

    Examples
    --------
    >>> say_graph({"mu": {"parents": []}, "y": {"parents": ["mu"], "observed": True, "plate": "pupil"}})
    'A graph of 2 nodes. y, one per pupil, depends on mu.'
    """
    said = [ngettext("A graph of {n} node.", "A graph of {n} nodes.", len(graph))]
    for name, node in graph.items():
        if node.get("parents"):
            parents = ", ".join(node["parents"])
            said.append(
                _(
                    "{name}, one per {plate}, depends on {parents}.",
                    name=name,
                    plate=node["plate"],
                    parents=parents,
                )
                if node.get("plate")
                else _("{name} depends on {parents}.", name=name, parents=parents)
            )
    return " ".join(said)


def _places(graph: Mapping[str, Mapping]) -> dict[str, tuple[float, int]]:
    """Return where each node stands: across from 0 to 1, and its row, counted from the data."""
    children: dict[str, list[str]] = {name: [] for name in graph}
    for name, node in graph.items():
        for parent in node.get("parents", ()):
            if parent not in graph:
                raise ValueError(
                    _("Every parent must be a node of the graph, but {parent!r}, a parent of {name!r}, is none.", parent=parent, name=name)
                )  # fmt: skip
            children[parent].append(name)

    def row(name: str, below: tuple[str, ...] = ()) -> int:
        if name in below:
            raise ValueError(
                _("The arrows of a graph must not go in a circle, but they do at {name!r}.", name=name)
            )
        return max((1 + row(child, (*below, name)) for child in children[name]), default=0)

    rows = {name: row(name) for name in graph}
    place: dict[str, tuple[float, int]] = {}
    for level in range(1 + max(rows.values())):
        here = [name for name in graph if rows[name] == level]
        here.sort(key=lambda name: np.mean([place[child][0] for child in children[name]] or [0.5]))
        for k, name in enumerate(here):
            place[name] = ((k + 0.5) / len(here), level)
    return place


def _box(ax: Axes, plate: str, places: list[tuple[float, int]]) -> None:
    x, y = np.array(places).T
    left, right, low, high = x.min() - 0.15, x.max() + 0.15, y.min() - 0.34, y.max() + 0.34
    look = {
        "boxstyle": "round,pad=0,rounding_size=0.03",
        "fc": "none",
        "ec": COLOURS["none"],
        "lw": 1.2,
        "ls": "--",
    }
    ax.add_patch(FancyBboxPatch((left, low), right - left, high - low, mutation_aspect=4, **look))
    ax.text(right - 0.01, low + 0.03, plate, ha="right", va="bottom", fontsize=9, color=COLOURS["none"])
