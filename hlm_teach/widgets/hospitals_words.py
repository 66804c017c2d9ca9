"""The words of the widget of hospitals: its messages, its questions, and the sentence that says a state.

``hospitals_maths.js`` builds the same sentence, and the same question, in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hlm_teach.locale import N_
from hlm_teach.widgets.hospitals_mix import MILD, SEVERE, STANDARDS, in_truth
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.hospitals import Hospitals

__all__ = ["MESSAGES", "TARGETS", "ask", "sentence"]

TARGETS = ("raw", "mean", "line")
WORSE = 36.0  # deaths per 100 severe cases in the two hospitals that indirect standardisation cannot compare
MESSAGES = {
    "state": N_("{J} hospitals with {low} to {high} patients each: raw rates from {y_low} to {y_high} deaths per 100."),
    "state_counts": N_(
        "{J} hospitals with {low} to {high} expected deaths each: from {y_low} to {y_high} times as many were observed."
    ),
    "raw": N_(
        "Ranked by raw rates, the smaller half of the hospitals takes {ends} of the {both} places at the two ends of the list."
    ),
    "mean": N_(
        "Shrunk to one mean, {mu} with τ̂ = {tau}, the smallest quarter keeps {weight} % of its deviations: small hospitals "
        "look average, and take {ends} of the {both} places at the two ends."
    ),
    "mean_zero": N_(
        "Shrunk to one mean, {mu} with τ̂ = 0, a boundary fit, all hospitals look alike and a ranking says nothing."
    ),
    "line": N_(
        "Shrunk to a line, {doubling} for each doubling of the volume and τ̂ = {tau} around it, a hospital of the smallest quarter is "
        "compared with {small} on average, one of the largest with {large}."
    ),
    "state_indirect": N_(
        "{J} hospitals with {low} to {high} patients each: indirectly standardised rates from {y_low} to {y_high} deaths per 100."
    ),
    "state_direct": N_(
        "{J} hospitals with {low} to {high} patients each: directly standardised rates from {y_low} to {y_high} deaths per 100."
    ),
    "raw_indirect": N_(
        "Ranked by indirectly standardised rates, not shrunk, the smaller half of the hospitals takes {ends} of the {both} places "
        "at the two ends of the list."
    ),
    "raw_direct": N_(
        "Ranked by directly standardised rates, not shrunk, the smaller half of the hospitals takes {ends} of the {both} places "
        "at the two ends of the list."
    ),
    "chosen_standard": N_(
        "Selected is {label} of size {v}: standardised {own}, estimate {estimate} ± {se}, place {place} of {J} from the best."
    ),
    "mix": N_(
        "In the smallest quarter {share_small} % of the patients are severe cases, in the largest {share_large} %: at the common rates, "
        "{mild} and {severe} deaths per 100 mild and severe cases, {expected_small} and {expected_large} per 100 are expected. "
        "Before any shrinkage the largest quarter stands at place {large_raw} on average by raw rates, {large_indirect} by indirect "
        "and {large_direct} by direct ones, {label} at {place_raw}, {place_indirect} and {place_direct}."
    ),
    "mix_none": N_("All hospitals have the same case mix, half of it severe: raw, indirect and direct rates are the same."),
    "says_raw": N_("A raw rate tells of the hospital and of its patients at once."),
    "says_indirect": N_(
        "If two hospitals lose {mild} of 100 mild and {worse} of 100 severe cases, the one with the mix of the smallest quarter "
        "has an indirect rate of {apart_small}, the one with that of the largest {apart_large}, and a direct rate of {apart_direct} both: "
        "an indirect rate compares a hospital with the common rates for its own patients, not with another hospital."
    ),
    "says_direct": N_(
        "A direct rate is that of one common mix, and compares any two hospitals. Its price: a standard error {times_small} times that "
        "of the raw rate in the smallest quarter on average, and {times_large} times in the largest."
    ),
    "true_mix": N_("In truth {label} has {truth} on the common mix."),
    "chosen": N_("Selected is {label} of size {v}: raw {own}, estimate {estimate} ± {se}, place {place} of {J} from the best."),
    "true": N_("In truth it has {truth}."),
    "bias": N_(
        "In the smallest quarter the estimates are off by {bias_raw} on average as they are, {bias_mean} shrunk to the mean and "
        "{bias_line} shrunk to the line; the root mean squared errors there are {rmse_raw}, {rmse_mean} and {rmse_line}."
    ),
    "excess": N_(
        "Who goes to one of the {k} best of each list finds, per 1,000 patients, {excess_raw}, {excess_mean} or {excess_line} "
        "deaths more than in the {k} truly best."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_(
        "{J} hospitals of very different size. Deaths per 100 patients fall by {effect} where the log volume grows by 1. All rates are "
        "shrunk to one common mean. In which quarter of the hospitals, by size, are the estimates off most on average?"
    ),
    "ask_flat": N_(
        "{J} hospitals of very different size. Deaths do not depend on the volume. All rates are "
        "shrunk to one common mean. In which quarter of the hospitals, by size, are the estimates off most on average?"
    ),
    "ask_mix": N_(
        "{J} hospitals of very different size. Deaths per 100 patients of one common mix fall by {effect} where the log volume grows "
        "by 1, and the log odds that a patient is a severe case grow by {mix}. All rates ({rates}) are shrunk to one common mean. "
        "In which quarter of the hospitals, by size, are the estimates off most on average?"
    ),
    "option_0": N_("A: in the smallest quarter"),
    "option_1": N_("B: in the second"),
    "option_2": N_("C: in the third"),
    "option_3": N_("D: in the largest quarter"),
    "option_4": N_("E: in none by as much as one death per 100"),
    "because": N_(
        "Small hospitals have noisy rates, so their estimates follow the target, and the target is that of all. "
        "By quarter, from the smallest, they are off by {a}, {b}, {c} and {d} deaths per 100."
    ),
    "because_mix": N_(
        "What the common mean does to small hospitals and what the case mix does to the rates add up. "
        "By quarter, from the smallest, they are off by {a}, {b}, {c} and {d} deaths per 100 of the common mix."
    ),
    "ask_counts": N_(
        "{J} hospitals are ranked by observed/expected deaths. How many of the {both} places at the two ends of the list, {k} at "
        "each, go to the smaller half of the hospitals?"
    ),
    "count_0": N_("A: hardly any, a quarter or less"),
    "count_1": N_("B: about half"),
    "count_2": N_("C: nearly all, three quarters or more"),
    "because_counts": N_(
        "The fewer deaths are expected, the more the ratio depends on chance: {ends} of the {both} places go to the smaller half."
    ),
    "preset": N_("Data"),
    "label": N_("hospital {number}"),
    "dial_effect": N_("Effect of log volume, in deaths per 100"),
    "dial_spread": N_("Spread of the log volume (SD)"),
    "dial_mix": N_("Case mix: log odds of severe cases per log volume"),
    "standard": N_("Rates compared"),
    "standard_raw": N_("raw: deaths per 100 of its own patients"),
    "standard_indirect": N_("indirect: 16 × observed ÷ expected deaths"),
    "standard_direct": N_("direct: class rates weighted to the common mix"),
    "mix_list": N_("Before any shrinkage: the rate and place of the hospital selected, and the mean places of two quarters."),
    "mix_raw": N_("raw"),
    "mix_indirect": N_("indirect"),
    "mix_direct": N_("direct"),
    "target": N_("Estimates"),
    "to_raw": N_("raw rates"),
    "to_own": N_("rates not shrunk"),
    "to_mean": N_("shrunk to the mean"),
    "to_line": N_("shrunk to the line of the volume"),
    "reveal": N_("Reveal the truth"),
    "rule": N_("Call a hospital bad if"),
    "rule_rank": N_("it is among the worst tenth of the list"),
    "rule_two": N_("it is 2 standard errors above the mean"),
    "measure": N_("Scoreboard"),
    "measure_bias": N_("bias"),
    "measure_rmse": N_("root mean squared error"),
    "measure_wrong": N_("wrong calls, hospitals"),
    "quarter_0": N_("smallest quarter"),
    "quarter_1": N_("second"),
    "quarter_2": N_("third"),
    "quarter_3": N_("largest quarter"),
    "quarter_4": N_("all"),
    "hospital": N_("Hospital"),
    "redraw": N_("New draw"),
    "reset": N_("Reset"),
    "seed": N_("seed {seed}"),
    "some": N_("The picture shows {shown} of {J} hospitals; the numbers use all of them."),
    "volume": N_("patients (log scale)"),
    "volume_counts": N_("expected deaths (log scale)"),
    "rate": N_("deaths per 100"),
    "rate_counts": N_("observed/expected"),
    "list": N_("The list, best first; small hospitals (smallest quarter) in red"),
    "place": N_("place"),
    "size": N_("size"),
    "truth": N_("truth"),
    "estimate": N_("estimate"),
    "key_own": N_("○ raw rate"),
    "key_rate": N_("○ standardised rate"),
    "key_estimate": N_("◆ estimate"),
    "key_funnel": N_("┄ 2 standard errors around the mean"),
    "key_target": N_("── target of shrinkage"),
    "key_truth": N_("✕ truth"),
    "numbers": N_("The formulas with their numbers"),
    "formulas_raw": "y_j = {own}\nse_j = { {scale} | √v_j } = {se}",
    "formulas_indirect": "E_j = {share_mild} × {mild} + {share_own} × {severe} = {expected_own}\n"
    "y_j = 16 × { {crude} | {expected_own} } = {own}\n"
    "se_j = { 16 | {expected_own} } × { {scale} | √v_j } = {se_own}",
    "formulas_direct": "s_j = {share_own}\ny_j = 0.5 × {mild_own} + 0.5 × {severe_own} = {own}\n"
    "se_j = { {scale} | 2 √ ( v_j s_j ( 1 − s_j ) ) } = {se_own}",
    "formulas_mean": "θ̂_j = λ_j y_j + ( 1 − λ_j ) μ̂\n= {weight_own} × {own} + {rest} × {aim} = {estimate}\n"
    "λ_j = { τ̂^2 | τ̂^2 + se_j^2 } = { {tau2} | {tau2} + {se2} } = {weight_own}",
    "formulas_line": "θ̂_j = λ_j y_j + ( 1 − λ_j ) ( γ̂_0 + γ̂_1 log ( v_j ) )\n"
    "= {weight_own} × {own} + {rest} × {aim} = {estimate}\n"
    "λ_j = { τ̂^2 | τ̂^2 + se_j^2 } = { {tau2} | {tau2} + {se2} } = {weight_own}",
}  # fmt: skip


def ask(w: Hospitals) -> dict[str, Any]:
    """Return the question: where does one common mean mislead (simulated), or who stands at the ends of the list (counts)?"""
    strings = w.strings
    J, k = len(w.v), w.ends
    if not w.simulated:
        ends = w.small_at_ends("raw")
        values = {"J": J, "k": k, "both": 2 * k, "ends": ends}
        return {
            "text": strings["ask_counts"].format(**values),
            "options": [strings[f"count_{i}"] for i in range(3)],
            "answer": 0 if ends <= k / 2 else 2 if ends >= 1.5 * k else 1,
            "because": strings["because_counts"].format(**values),
        }
    bias = w.scores("mean", "bias")[:4]
    worst = int(np.argmax(np.abs(bias)))
    values = {"J": J, "effect": fixed(w.effect, 1)} | dict(
        zip("abcd", (fixed(b, 1) for b in bias), strict=True)
    )
    values |= {"mix": fixed(w.mix, 1), "rates": strings[f"standard_{w.standard}"]}
    return {
        "text": strings["ask_mix" if w.mix else "ask" if w.effect else "ask_flat"].format(**values),
        "options": [strings[f"option_{i}"] for i in range(5)],
        "answer": worst if abs(bias[worst]) >= 1 else 4,
        "because": strings["because_mix" if w.mix else "because"].format(**values),
    }


def sentence(w: Hospitals) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    fit, j, d = w.fit, w.selected, w.decimals
    raw, mean, line = (w.fits[name] for name in TARGETS)
    quarter = w.quarter
    v = np.array(w.v)
    values: dict[str, Any] = {
        "J": len(v), "low": w.size(v.min()), "high": w.size(v.max()), "y_low": fixed(raw.estimate.min(), d),
        "y_high": fixed(raw.estimate.max(), d), "ends": w.small_at_ends(w.target), "both": 2 * w.ends, "k": w.ends,
        "mu": fixed(mean.intercept, d), "tau": fixed(math.sqrt(min(fit.tau2, 1e300)), d),
        "weight": fixed(100 * fit.weight[quarter == 0].mean(), 0), "doubling": fixed(line.slope * math.log(2), d),
        "small": fixed(line.target[quarter == 0].mean(), d), "large": fixed(line.target[quarter == 3].mean(), d),
        "label": w.labels[j], "v": w.size(v[j]), "own": fixed(raw.estimate[j], d), "estimate": fixed(fit.estimate[j], d),
        "se": fixed(fit.se[j], d), "place": w.places(w.target)[j],
    }  # fmt: skip
    plain = w.kind == "raw"
    keys = [("state" if w.simulated else "state_counts") if plain else f"state_{w.kind}"]
    keys += ["mean_zero" if w.target == "mean" and mean.tau2 == 0
             else w.target if plain or w.target != "raw" else f"raw_{w.kind}"]  # fmt: skip
    keys += ["chosen" if plain else "chosen_standard"]
    if w.mixed:
        keys += ["mix", f"says_{w.kind}"] if w.mix else ["mix_none"]
        values |= _of_mix(w)
    if w.simulated and w.reveal:
        keys += ["true_mix" if w.mixed else "true", "bias", "excess"]
        values["truth"] = fixed(w.truth[j], d)
        for name in TARGETS:
            values[f"bias_{name}"] = fixed(w.scores(name, "bias")[0], 2)
            values[f"rmse_{name}"] = fixed(w.scores(name, "rmse")[0], 2)
            values[f"excess_{name}"] = fixed(w.excess(name), 1)
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)


def _of_mix(w: Hospitals) -> dict[str, str]:
    """Return the texts that a case mix adds: shares, deaths expected, places by each rate, and what two equal hospitals would get."""
    cases, found = w.patients, {"mild": fixed(MILD, 0), "severe": fixed(SEVERE, 0), "worse": fixed(WORSE, 0)}
    for name, quarter in (("small", w.quarter == 0), ("large", w.quarter == 3)):
        share = float(cases.share[quarter].mean())
        found[f"share_{name}"] = fixed(100 * share, 0)
        found[f"expected_{name}"] = fixed(cases.expected[quarter].mean(), 1)
        found[f"times_{name}"] = fixed((cases.se["direct"] / cases.se["raw"])[quarter].mean(), 2)
        found[f"apart_{name}"] = fixed(in_truth("indirect", share, WORSE), 1)
    for name in STANDARDS:
        rate = cases.rate[name]
        found[f"large_{name}"] = fixed(w.mean_place(name, 3), 0)
        found[f"place_{name}"] = str(1 + int(np.sum(rate < rate[w.selected])))
    return found | {"apart_direct": fixed(in_truth("direct", 0.5, WORSE), 1)}
