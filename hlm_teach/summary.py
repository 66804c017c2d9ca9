"""Say a fit in a few lines: coefficients with standard errors, error terms, sizes, fit.

The manner is that of ``display`` in R's package *arm*: few digits, no stars, SDs instead of variances. A boundary fit is
named, with what it means and what can be done.

What this file does not do: compute. References: Gelman, A. & Hill, J. (2007), §12.4 and appendix C.
"""

from __future__ import annotations

from html import escape

import numpy as np

from hlm_teach.locale import _

__all__ = [
    "aligned_lines",
    "as_html",
    "as_text",
    "boundary_sentence",
    "fixed_rows",
    "number_text",
    "table_html",
]


def as_text(fit, digits: int = 2) -> str:
    """Return the fit as text."""
    fixed, errors = fixed_rows(fit, digits), _errors(fit, digits)
    lines = [
        f"lmm({fit.formula!r}, method={fit.method!r})",
        *aligned_lines([["", "coef.est", "coef.se"], *fixed]),
    ]
    lines += [
        "",
        _("Error terms:"),
        *aligned_lines([["Groups", "Name", "Std.Dev.", "Corr"], *errors], left=2),
        "---",
    ]
    return "\n".join([*lines, *_sizes(fit), *boundary_sentence(fit)])


def as_html(fit, digits: int = 2) -> str:
    """Return the fit as two small tables, every name escaped."""
    fixed = table_html(
        ["", "coef.est", "coef.se"], fixed_rows(fit, digits), _("Coefficients of the population")
    )
    errors = table_html(["Groups", "Name", "Std.Dev.", "Corr"], _errors(fit, digits), _("Error terms"))
    below = "".join(f"<p>{escape(line)}</p>" for line in [*_sizes(fit), *boundary_sentence(fit)])
    return f"<div><p><code>{escape(fit.formula)}</code> ({fit.method})</p>{fixed}{errors}{below}</div>"


def boundary_sentence(fit) -> list[str]:
    """Return what a boundary fit means and what to do, or nothing."""
    if not fit.is_boundary:
        return []
    return [
        _boundary_of(factor, v)
        for factor, v in fit.varcorr.items()
        if factor in fit.estimates.boundary_factors
    ]


def _boundary_of(factor: str, v) -> str:
    """Say what is at the boundary in one factor."""
    zero = [name for name, sd in v.sd.items() if sd == 0]
    facts = {"factor": factor, "names": ", ".join(zero)}
    if zero:
        return _(
            "Boundary fit: the estimated SD of {names} over {factor} is 0. The data show no more spread between "
            "groups than noise alone would; that is not evidence that the groups are alike. "
            "Look at its interval before you drop the term.",
            **facts,
        )
    return _(
        "Boundary fit: the coefficients of {factor} are estimated as perfectly correlated, so one direction of their "
        "spread is 0. There is too little information in the groups for all of them; try a simpler term, (x || "
        "{factor}) with x centred, or more groups.",
        **facts,
    )


def fixed_rows(fit, digits: int) -> list[list[str]]:
    return [
        [name, number_text(value, digits), number_text(se, digits)]
        for name, value, se in zip(fit.fixef.index, fit.fixef, fit.fixef_se, strict=True)
    ]


def _errors(fit, digits: int) -> list[list[str]]:
    rows = []
    for factor, v in fit.varcorr.items():
        sizes, inside = fit.model.layout.sizes, fit.model.inside[factor]
        together = np.repeat(np.arange(len(sizes)), sizes)[inside]
        for k, name in enumerate(v.sd.index):
            corr = [number_text(v.corr.iloc[k, i], 2) for i in range(k) if together[i] == together[k]]
            rows.append([factor if k == 0 else "", name, number_text(v.sd.iloc[k], digits), " ".join(corr)])
    return [*rows, ["Residual", "", number_text(fit.sigma, digits), ""]]


def _sizes(fit) -> list[str]:
    groups = ", ".join(f"{name}, {count}" for name, count in fit.n_groups.items())
    return [
        _("number of obs: {n}, groups: {groups}", n=fit.n_obs, groups=groups),
        _("AIC = {aic:.1f}, DIC = {dic:.1f}", aic=fit.aic, dic=fit.dic),
        _("deviance = {deviance:.1f}", deviance=fit.deviance),
    ]


def number_text(value: float, digits: int) -> str:
    """Fixed digits, more of them for small numbers, so that none is printed as 0.00 which is not 0."""
    if not np.isfinite(value):
        return "–"
    if value and abs(value) < 10.0**-digits:
        return f"{value:.{digits}g}"
    return f"{value:.{digits}f}"


def aligned_lines(rows: list[list[str]], left: int = 1) -> list[str]:
    """Names to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        " ".join(
            cell.ljust(w) if k < left else cell.rjust(w)
            for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def table_html(head: list[str], rows: list[list[str]], caption: str) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = f"<caption>{escape(caption)}</caption>"
    return f"<table>{caption}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
