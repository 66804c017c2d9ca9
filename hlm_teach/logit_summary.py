"""Say a logit fit in a few lines, in the manner of R's ``arm::display``, as `hlm_teach.summary` does for linear ones.

There is no residual SD: the spread of a 0/1 row follows from its probability. What this file does not do: compute.
"""

from __future__ import annotations

from html import escape

import numpy as np

from hlm_teach.locale import _
from hlm_teach.summary import aligned_lines, boundary_sentence, fixed_rows, number_text, table_html

__all__ = ["as_html", "as_text"]


def as_text(fit, digits: int = 2) -> str:
    """Return the fit as text."""
    lines = [_call(fit), *aligned_lines([["", "coef.est", "coef.se"], *fixed_rows(fit, digits)]), ""]
    lines += [
        _("Error terms:"),
        *aligned_lines([["Groups", "Name", "Std.Dev.", "Corr"], *_errors(fit, digits)], left=2),
    ]
    return "\n".join([*lines, "---", *_sizes(fit), *boundary_sentence(fit)])


def as_html(fit, digits: int = 2) -> str:
    """Return the fit as two small tables, every name escaped."""
    fixed = table_html(
        ["", "coef.est", "coef.se"], fixed_rows(fit, digits), _("Coefficients of the population, in logits")
    )
    errors = table_html(["Groups", "Name", "Std.Dev.", "Corr"], _errors(fit, digits), _("Error terms"))
    below = "".join(f"<p>{escape(line)}</p>" for line in [*_sizes(fit), *boundary_sentence(fit)])
    return f"<div><p><code>{escape(_call(fit))}</code></p>{fixed}{errors}{below}</div>"


def _call(fit) -> str:
    weights = f", weights={fit.weights!r}" if isinstance(fit.weights, str) else ""
    nodes = f", quadrature={fit.quadrature}" if fit.quadrature > 1 else ""
    return f'glmm({fit.formula!r}, family="binomial"{weights}{nodes})'


def _errors(fit, digits: int) -> list[list[str]]:
    rows = []
    for factor, v in fit.varcorr.items():
        sizes = fit.model.layout_of(factor).sizes
        together = np.repeat(np.arange(len(sizes)), sizes)
        for k, name in enumerate(v.sd.index):
            corr = [number_text(v.corr.iloc[k, i], 2) for i in range(k) if together[i] == together[k]]
            rows.append([factor if k == 0 else "", name, number_text(v.sd.iloc[k], digits), " ".join(corr)])
    return rows


def _sizes(fit) -> list[str]:
    groups = ", ".join(f"{name}, {count}" for name, count in fit.n_groups.items())
    return [
        _(
            "number of obs: {n} (in {cells} cells), groups: {groups}",
            n=fit.n_obs,
            cells=fit.n_cells,
            groups=groups,
        ),
        _("AIC = {aic:.1f}, BIC = {bic:.1f}", aic=fit.aic, bic=fit.bic),
        _("deviance = {deviance:.1f}", deviance=fit.deviance),
    ]
