"""Widgets: explorations beside the text, at one frame per move, also where no kernel runs.

Each widget is an ipywidget (`Exploration`): its state in traits, its closed form and its picture in plain JavaScript
that a browser runs without Python. Before the picture a prediction is asked for; every state is also a sentence.

What this package does not do: fit models of its own. The numbers are those of `hlm_teach`, where the browser can compute them too.
"""

from hlm_teach.widgets.boundary_fits import BoundaryFits
from hlm_teach.widgets.boundary_slopes import BoundarySlopes
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.few_groups import FewGroups
from hlm_teach.widgets.group_predictors import GroupPredictors
from hlm_teach.widgets.hospitals import Hospitals
from hlm_teach.widgets.icc_explorer import IccExplorer
from hlm_teach.widgets.model_translator import ModelTranslator
from hlm_teach.widgets.mrp_board import MrpBoard
from hlm_teach.widgets.pooling_explorer import PoolingExplorer
from hlm_teach.widgets.prediction import Prediction
from hlm_teach.widgets.reml_ml import RemlMl
from hlm_teach.widgets.tau_priors import TauPriors
from hlm_teach.widgets.varying_slopes import VaryingSlopes
from hlm_teach.widgets.within_between import WithinBetween

__all__ = [
    "BoundaryFits",
    "BoundarySlopes",
    "Exploration",
    "FewGroups",
    "GroupPredictors",
    "Hospitals",
    "IccExplorer",
    "ModelTranslator",
    "MrpBoard",
    "PoolingExplorer",
    "Prediction",
    "RemlMl",
    "TauPriors",
    "VaryingSlopes",
    "WithinBetween",
]
