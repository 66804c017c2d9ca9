"""A data set's card: what is known about it, kept beside its rows as TOML and shown as a table.

The idea: rows without their source, units, licence and caveat are half a data set. A card has exactly the
entries of :class:`Card`; one too many or too few is an error for its author.

What this file does not do: find or load the rows (:mod:`hlm_teach.datasets`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from html import escape

from hlm_teach.locale import N_, _

__all__ = ["Card", "Column", "read_card"]


@dataclass(frozen=True)
class Column:
    """One column of a data set: its name, type, unit and meaning; ``categories`` only where type is category."""

    name: str
    type: str
    unit: str
    meaning: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """What is known about a data set.

    Attributes
    ----------
    name, title, about : str
        The name for :func:`load`, a headline, and what was done to whom.
    source, source_version, source_object : str
        The package that carries the data, its version, and the name they have there.
    citation : str
        Where the data were first published.
    licence, licence_note : str
        The licence named by the carrying package, and how far that goes.
    changed, caveat : str
        What differs from the source, and what a reader must know before drawing conclusions.
    generated : bool
        True if the rows are invented, by this project or by the authors of ``citation``: they are not observations.
    response : str
        The column that the course models.
    group : tuple of str
        The grouping columns.
    rows, n_groups : int, tuple of int
        Number of rows, and of levels of each grouping column.
    missing : int
        Number of empty cells; they are NaN in the frame.
    sha256 : str
        Of the file as shipped.
    columns : tuple of Column
        In the order of the file.
    """

    name: str
    title: str
    about: str
    source: str
    source_version: str
    source_object: str
    citation: str
    licence: str
    licence_note: str
    changed: str
    caveat: str
    generated: bool
    response: str
    group: tuple[str, ...]
    rows: int
    n_groups: tuple[int, ...]
    missing: int
    sha256: str
    columns: tuple[Column, ...]

    def _repr_html_(self) -> str:
        """Return the card as a headline and two tables, with nothing in them taken for HTML."""
        kind = (
            _("Generated data: the rows are invented, not observed.") if self.generated else _("Real data.")
        )
        facts = [(_(label), _(getattr(self, name))) for name, label in _FACTS.items()]
        rows = "".join(
            f"<tr><th scope='row'>{escape(a)}</th><td style='text-align:left'>{escape(b)}</td></tr>"
            for a, b in facts
        )
        head = "".join(
            f"<th scope='col'>{escape(text)}</th>"
            for text in (_("Column"), _("Type"), _("Unit"), _("Meaning"))
        )
        body = "".join(
            f"<tr><th scope='row'><code>{escape(c.name)}</code></th>"
            + "".join(
                f"<td style='text-align:left'>{escape(text)}</td>"
                for text in (_kind(c), _(c.unit), _(c.meaning))
            )
            + "</tr>"
            for c in self.columns
        )
        title = f"<p><strong>{escape(_(self.title))}</strong> <code>{escape(self.name)}</code></p>"
        return f"{title}<p>{escape(kind)}</p><table>{rows}</table><table><tr>{head}</tr>{body}</table>"


_FACTS = {
    "about": N_("About"),
    "caveat": N_("Beware"),
    "citation": N_("First published"),
    "source": N_("Taken from"),
    "source_version": N_("Version"),
    "changed": N_("Changed"),
    "licence": N_("Licence"),
    "licence_note": N_("On the licence"),
}


def _kind(column: Column) -> str:
    """Return a column's type as a reader sees it, with the categories in order."""
    if not column.categories:
        return column.type
    return _("category: {levels}", levels=", ".join(column.categories))


def read_card(path) -> Card:
    """Read one card; an entry too many or too few is an error for its author."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    raw["name"] = path.name.removesuffix(".toml")
    due = {field.name for field in fields(Card)}
    if set(raw) != due:
        raise ValueError(
            f"{path.name}: a card must have exactly the entries of Card; "
            f"missing: {sorted(due - set(raw))}, unknown: {sorted(set(raw) - due)}."
        )
    columns = tuple(Column(**{**c, "categories": tuple(c.get("categories", ()))}) for c in raw["columns"])
    return Card(
        **{**raw, "columns": columns, "group": tuple(raw["group"]), "n_groups": tuple(raw["n_groups"])}
    )
