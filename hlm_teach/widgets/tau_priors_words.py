"""The words of the widget of priors on τ: its messages, its question, and the sentence that says a state.

``tau_priors_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_
from hlm_teach.posterior import posterior
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.tau_priors import TauPriors

__all__ = ["MESSAGES", "ask", "sentence"]

MESSAGES = {
    "state": N_(
        "{J} groups, prior {prior}: the posterior median of τ is {median}, with 95 % between {low} and {high}; "
        "τ < {small} has {share} %."
    ),
    "likelihood_zero": N_("The likelihood is highest at τ = 0."),
    "likelihood": N_("The likelihood is highest at τ = {peak}."),
    "heavy": N_("The mean of τ does not exist here: after a flat prior three groups leave a tail that falls like 1/τ²."),
    "mean": N_("Its mean is {mean}."),
    "times": N_("All estimates are multiplied by {inflate}."),
    "chosen": N_("{group} measured {own} with a standard error of {se}; its estimate is {estimate} ± {sd}, {shrunk} % of the way "
                 "to the mean {mu}."),
    "prior_flat": N_("flat on τ"),
    "prior_uniform": N_("uniform(0, {scale}) on τ"),
    "prior_half_normal": N_("half-normal({scale}) on τ"),
    "prior_half_cauchy": N_("half-Cauchy({scale}) on τ"),
    "prior_inverse_gamma": N_("IG({scale}, {scale}) on τ²"),
    "prior_gamma": N_("gamma(2, 1/{scale}) on τ"),
    "family_flat": N_("flat"),
    "family_uniform": N_("uniform from 0 to A"),
    "family_half_normal": N_("half-normal"),
    "family_half_cauchy": N_("half-Cauchy"),
    "family_inverse_gamma": N_("inverse gamma(ε, ε) on τ²"),
    "family_gamma": N_("gamma(2, ·), which avoids 0"),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_(
        "With {J} groups, τ² gets the prior IG({scale}, {scale}), often called vague. Where does it pull τ, compared with a flat prior?"
    ),
    "option_0": N_("A: towards 0"),
    "option_1": N_("B: nowhere worth mentioning"),
    "option_2": N_("C: towards large values"),
    "because": N_(
        "Its posterior median of τ is {inverse}, that of the flat prior {flat}. On the scale of log τ this prior is level down to τ ≈ {edge}, "
        "and so few groups cannot rule small τ out."
    ),
    "family": N_("Prior on τ"),
    "dial_scale": N_("Scale of the prior"),
    "dial_J": N_("Groups used"),
    "dial_inflate": N_("Factor for the estimates"),
    "group": N_("Group"),
    "reset": N_("Reset"),
    "redraw": N_("Other groups"),
    "seed": N_("beginning with {group}"),
    "curves": N_("likelihood, prior, posterior (tops alike)"),
    "fan": N_("E(θ | τ)"),
    "axis": N_("τ"),
    "estimates": N_("measured → estimate ± SD"),
    "some": N_("The picture shows {shown} of {J} groups; the numbers use all of them."),
    "key_likelihood": N_("╌╌ likelihood"),
    "key_prior": N_("···· prior"),
    "key_posterior": N_("── posterior"),
    "key_weight": N_("▒ share of the posterior"),
    "key_own": N_("○ measured"),
    "key_estimate": N_("◆ estimate"),
    "numbers": N_("The formulas with their numbers"),
    "formulas": "E ( θ | y ) = Σ p ( τ | y ) · E ( θ | τ ) = {estimate}\n"
    "E ( θ | τ = {median} ) = λ y + ( 1 − λ ) μ̂\n"
    "= {weight} × {own} + {rest} × {mid} = {given}\n"
    "λ = { τ^2 | τ^2 + se^2 } = { {tau2} | {tau2} + {se2} } = {weight}",
}  # fmt: skip

VAGUE = 0.001


def ask(w: TauPriors) -> dict[str, Any]:
    """Return the question: where does a vague inverse gamma pull τ?"""
    y, se = w.y, w.se
    flat, inverse = (
        posterior(y, se, "flat", 1.0).quantile(0.5),
        posterior(y, se, "inverse_gamma", VAGUE).quantile(0.5),
    )
    values = {"J": len(y), "scale": "0.001", "flat": fixed(flat, w.digits), "inverse": fixed(inverse, w.digits),
              "edge": fixed(VAGUE**0.5, 2)}  # fmt: skip
    return {
        "text": w.strings["ask"].format(**values),
        "options": [w.strings[f"option_{i}"] for i in range(3)],
        "answer": 0 if inverse < 0.8 * flat else 2 if inverse > 1.25 * flat else 1,
        "because": w.strings["because"].format(**values),
    }


def sentence(w: TauPriors) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    found, digits, j = w.posterior, w.digits, w.selected
    own, estimate, mu = float(w.y[j]), float(found.estimate[j]), w.mu
    prior = w.strings[f"prior_{w.family}"].format(scale=plain(w.scale))
    values = {
        "J": w.J, "prior": prior, "median": fixed(found.quantile(0.5), digits), "low": fixed(found.quantile(0.025), digits),
        "high": fixed(found.quantile(0.975), digits), "small": fixed(w.small, digits), "mean": fixed(found.mean, digits),
        "share": fixed(100 * found.below(w.small), 1), "peak": fixed(w.peak, digits), "inflate": fixed(w.inflate, 1),
        "group": w.labels[j], "own": fixed(own, digits), "se": fixed(w.se[j], digits), "estimate": fixed(estimate, digits),
        "sd": fixed(found.sd[j], digits), "mu": fixed(mu, digits),
        "shrunk": fixed(100 * (own - estimate) / (own - mu) if abs(own - mu) > 1e-9 * w.small else 0.0, 0),
    }  # fmt: skip
    keys = [
        "state",
        "heavy" if found.mean == float("inf") else "mean",
        "likelihood" if w.peak else "likelihood_zero",
    ]
    keys += [*(["times"] if w.inflate != 1 else []), "chosen"]
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)


def plain(x: float) -> str:
    """Write a scale with up to three digits and no more than it has.

    >>> plain(25.0), plain(0.001), plain(0.0316)
    ('25', '0.001', '0.0316')
    """
    text = f"{x:.12f}" if x < 1e6 else f"{x:.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
