"""The words of the pooling explorer: its messages, and the sentence that says a state.

``pooling_maths.js`` builds the same sentence in the browser from the same messages; a test holds the two together on
hundreds of states.

What this file does not do: compute. The numbers are those of the widget's `fit`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.locale import N_
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.pooling_explorer import PoolingExplorer

__all__ = ["MESSAGES", "sentence"]

MESSAGES = {
    "zero": N_("τ = 0, complete pooling: every estimate is {aim}."),
    "zero_reml": N_("τ = 0, which is also the REML estimate here (a boundary fit): every estimate is {aim}."),
    "infinity": N_("τ = ∞, no pooling: every estimate is its group's own mean, from {y_low} to {y_high}."),
    "between": N_(
        "τ = {tau}, partial pooling: the estimates run from {low} to {high}, the group means from {y_low} to {y_high}."
    ),
    "reml": N_(
        "τ = {tau}, the REML estimate: the estimates run from {low} to {high}, the group means from {y_low} to {y_high}."
    ),
    "selected": N_(
        "For {group} (n = {n}, mean {mean}) λ = {weight}: "
        "its estimate, {estimate}, lies {move} from its own mean, towards {target} = {aim}."
    ),
    "largest": N_("The largest movement, {move}, is that of {group} (n = {n})."),
    "errors": N_("Mean squared error: complete pooling {complete}, no pooling {none}, this state {partial}."),
    "ask_full": N_(
        "Let τ be its REML estimate, {tau}, with σ = {sigma}. "
        "Which of these groups moves most on its way to μ̂ = {mu}?"
    ),
    "because_full": N_("A group moves by (1 − λ)(ȳ − μ̂), a weight times a distance: {told}."),
    "ask_path": N_(
        "Let τ grow from 0. Which of these estimates is first half way from μ̂ to its own group's mean?"
    ),
    "because_path": N_("Half way is λ = ½, at τ = σ/√n, however far away the mean lies: {told}."),
    "option": N_("{tag}: {group} (n = {n}, mean {mean})"),
    "closed": N_("The picture of {J} groups opens when you have committed to an answer."),
    "tau": N_("τ, the SD between groups"),
    "sigma": N_("σ, the SD within groups"),
    "stop_zero": N_("0 complete"),
    "stop_reml": N_("REML {tau}"),
    "stop_infinity": N_("∞ none"),
    "group": N_("Group"),
    "group_n": N_("n of {group}"),
    "group_mean": N_("mean of {group}"),
    "target": N_("Shrink towards"),
    "target_mu": N_("μ̂, the precision-weighted mean"),
    "target_all": N_("ȳ_all, the mean of all observations"),
    "truth": N_("Show the truth and the errors"),
    "reset": N_("Reset"),
    "redraw": N_("New draw"),
    "seed": N_("seed {seed}"),
    "play": N_("Play the path"),
    "pause": N_("Pause"),
    "complete": N_("complete pooling"),
    "none": N_("no pooling"),
    "partial": N_("this state"),
    "error_title": N_("Mean squared error"),
    "weight_axis": N_("λ, the weight on the group's own mean"),
    "size_axis": N_("n, the size of the group"),
    "key_mean": N_("group mean ȳ (area: n)"),
    "key_estimate": N_("estimate α̂"),
    "key_mu": N_("target μ̂"),
    "key_all": N_("ȳ_all"),
    "key_truth": N_("truth"),
    "sums_to_zero": N_("The deviations û cancel because the target is μ̂."),
    "sums_not": N_("They need not cancel: the target is not μ̂."),
    "drag": N_("Drag a circle, or use the sliders, to change a group's mean."),
    "some_rows": N_("The picture shows {shown} of the {J} groups; the numbers use all of them."),
}


def sentence(w: PoolingExplorer) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    fit, j = w.fit, w.selected
    size = np.abs((fit.y - fit.mu) * fit.shrinkage_factor)

    def amount(x: float, more: int = 0) -> str:
        return fixed(x, w.digits + more) + (w.units and f" {w.units}")

    def say(key: str, **values: object) -> str:
        return w.strings[key].format(**values)

    said = [
        say(
            _place(w.tau, w.tau_reml),
            tau=fixed(w.tau, w.digits + 1),
            aim=amount(fit.mu),
            low=amount(fit.estimate.min()),
            high=amount(fit.estimate.max()),
            y_low=amount(fit.y.min()),
            y_high=amount(fit.y.max()),
        ),
        say(
            "selected",
            group=w.labels[j],
            n=w.n[j],
            mean=amount(w.y[j]),
            weight=fixed(1 - fit.shrinkage_factor[j], 3),
            estimate=amount(fit.estimate[j]),
            move=amount(size[j], 1),
            target="ȳ_all" if w.target == "all" else "μ̂",
            aim=amount(fit.mu),
        ),
    ]
    if w.mode == "full" and math.isfinite(w.tau):
        far = int(np.argmax(size))
        said.append(say("largest", move=amount(size[far], 1), group=w.labels[far], n=w.n[far]))
    if w.show_truth and w.truth:
        said.append(say("errors", **{k: fixed(v, w.digits + 1) for k, v in w.errors.items()}))
    return w.strings["space"].join(said)


def _place(tau: float, reml: float) -> str:
    """Return the key of the sentence about τ: at an end, at the REML estimate, at both, or between."""
    at_reml = abs(tau - reml) <= 1e-9 * (1 + reml)
    if tau == 0:
        return "zero_reml" if at_reml else "zero"
    return "infinity" if math.isinf(tau) else "reml" if at_reml else "between"
