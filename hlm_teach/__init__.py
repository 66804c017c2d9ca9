"""Multilevel models, small enough to be read in class.

The names come in the order in which the course teaches them. Every function's docstring gives the model in one
line, the formula, and an example that ends with the error a beginner will meet.

Notation
--------
i          a row (pupil, measurement); n rows in all
j, j[i]    a group (school, subject), and the group of row i; J groups, n_j rows in group j
y_i        what is modelled; x_i a predictor of rows, u_j of groups
α_j, β_j   intercept and slope of group j; μ (or γ) what they vary around
σ, τ, ρ    SD within groups, SD between groups, correlation of intercepts and slopes;
           a bare Greek letter is a standard deviation, a variance is ``sigma2``, ``tau2``
se_j       a known standard error, for a mean σ/√n_j
B_j        `shrinkage_factor`, the weight on the target; `reliability` is 1 − B_j, the weight on the group's own mean
fixef, ranef, coef   population coefficients; a group's deviations from them; their sum
θ          the relative covariance factor: random coefficients are σ·Λ(θ)·N(0, I)

One fit from beginning to end
-----------------------------
>>> from hlm_teach import lmm, load
>>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
>>> fit.fixef.round(2).to_dict()
{'Intercept': 251.41, 'Days': 10.47}

What this package does not do: sample from a posterior (bambi and PyMC do; `hlm_teach.sampling` calls them), and anything
that a regression package already does well without groups.
"""

from __future__ import annotations

from importlib import import_module

from hlm_teach.bootstrap import Bootstrap
from hlm_teach.bootstrap_test import bootstrap_test
from hlm_teach.compress import compress
from hlm_teach.datasets import card, datasets, load
from hlm_teach.fit import LMMFit
from hlm_teach.glmm import glmm
from hlm_teach.latent import latent_icc, marginal_probability, median_odds_ratio
from hlm_teach.lmm import lmm
from hlm_teach.logit_fit import GLMMFit
from hlm_teach.mrp import poststratify
from hlm_teach.pooling import (
    PoolingFit,
    complete_pooling,
    no_pooling,
    partial_pooling,
    reliability,
    shrinkage_factor,
)
from hlm_teach.population import make_cells, margins, poststratified_means
from hlm_teach.posterior import tau_posterior
from hlm_teach.poststratified import PoststratifiedEstimates
from hlm_teach.raking import Raking, rake
from hlm_teach.stein import james_stein
from hlm_teach.validation import validate
from hlm_teach.varcorr import VarCorr
from hlm_teach.variance import (
    AnovaComponents,
    anova_components,
    design_effect,
    effective_n,
    icc,
    prob_tau_zero,
    tau_ml,
    tau_moments,
    tau_reml,
)

#: modules that need a drawing library are imported when they are first named, so that this import stays quick
_ON_USE = ("plots", "narrate", "simulate", "widgets")

__all__ = [  # noqa: RUF022 (teaching order, not the alphabet's)
    "load",
    "datasets",
    "card",
    "complete_pooling",
    "no_pooling",
    "partial_pooling",
    "PoolingFit",
    "shrinkage_factor",
    "reliability",
    "james_stein",
    "tau_moments",
    "tau_ml",
    "tau_reml",
    "anova_components",
    "AnovaComponents",
    "icc",
    "design_effect",
    "effective_n",
    "prob_tau_zero",
    "tau_posterior",
    "lmm",
    "LMMFit",
    "VarCorr",
    "Bootstrap",
    "bootstrap_test",
    "glmm",
    "GLMMFit",
    "median_odds_ratio",
    "latent_icc",
    "marginal_probability",
    "make_cells",
    "margins",
    "poststratify",
    "PoststratifiedEstimates",
    "poststratified_means",
    "rake",
    "Raking",
    "validate",
    "compress",
    "plots",
    "narrate",
    "simulate",
    "widgets",
]


def __getattr__(name: str):
    """Import a module of `_ON_USE` when it is first named."""
    if name in _ON_USE:
        return import_module(f"hlm_teach.{name}")
    raise AttributeError(f"module 'hlm_teach' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ON_USE})
