"""Widgets: explorations beside the text, at one frame per move, also where no kernel runs.

Each widget is an ipywidget (`Exploration`): its state in traits, its closed form and its picture in plain JavaScript
that a browser runs without Python. Before the picture a prediction is asked for; every state is also a sentence.

What this package does not do: fit models. The numbers are those of `hlm_teach.pooling` and `hlm_teach.variance`.
"""

from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.icc_explorer import IccExplorer
from hlm_teach.widgets.pooling_explorer import PoolingExplorer
from hlm_teach.widgets.prediction import Prediction
from hlm_teach.widgets.within_between import WithinBetween

__all__ = ["Exploration", "IccExplorer", "PoolingExplorer", "Prediction", "WithinBetween"]
