"""The figures: do they show the fit, all of it, and nothing but the fit?"""

from __future__ import annotations

import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from matplotlib.text import Annotation, Text

from hlm_teach import narrate, plots
from hlm_teach.group_lines import least_squares, plane
from hlm_teach.lmm import lmm
from hlm_teach.look import COLOURS, LINES, MARKERS, check_alt, figure_of, png, show
from hlm_teach.pooling import complete_pooling, no_pooling, partial_pooling
from hlm_teach.readings import intervals
from hlm_teach.stein import james_stein

NAMES = list("ABCDEFGH")
EFFECT = pd.Series([28.0, 8, -3, 7, -1, 1, 18, 12], NAMES)
SE = [15.0, 10, 16, 11, 9, 11, 10, 18]
SIZE = pd.Series([4, 9, 3, 8, 12, 8, 9, 2], NAMES)


@pytest.fixture(autouse=True)
def no_figure_left():
    """Close what a test leaves open, and let it change no setting."""
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


@pytest.fixture
def schools() -> pd.DataFrame:
    """Draw ten small classes whose lines differ."""
    rng = np.random.default_rng(5)
    n = rng.integers(4, 15, 10)
    school = np.repeat([f"S{j}" for j in range(10)], n)
    x = rng.integers(0, 8, n.sum()).astype(float)
    a, b = rng.normal(50, 8, 10), rng.normal(2, 3, 10)
    y = np.repeat(a, n) + np.repeat(b, n) * x + rng.normal(0, 5, n.sum())
    return pd.DataFrame({"homework": x, "math": y, "school": school})


@pytest.fixture
def varying(schools):
    """Fit intercepts and slopes that vary by school."""
    return lmm("math ~ homework + (1 + homework | school)", schools)


def points(ax) -> dict[str, np.ndarray]:
    """Return the scattered points by what they are drawn with: their marker's number of corners."""
    found = {}
    for collection in ax.collections:
        if isinstance(collection, PathCollection):
            corners = len(collection.get_paths()[0].vertices)
            found["diamond" if corners == 5 else "cross" if corners == 4 else "circle"] = np.array(
                collection.get_offsets()
            )
    return found


def arrows(ax) -> list[Annotation]:
    return [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch is not None]


def upright(ax) -> dict[float, object]:
    """Return the vertical lines of an axes by place, with their line style."""
    lines = [
        line for line in ax.lines if len(set(line.get_xdata())) == 1 and list(line.get_ydata()) == [0, 1]
    ]
    return {float(line.get_xdata()[0]): line.get_linestyle() for line in lines}


FITS = {
    "partial": partial_pooling(EFFECT, SE, tau=6.5),
    "mu given": partial_pooling(EFFECT, SE, tau=6.5, mu=0.0),
    "tau = 0": partial_pooling(EFFECT, SE, tau=0),
    "tau = inf": partial_pooling(EFFECT, SE, tau=np.inf),
    "complete": complete_pooling(EFFECT, SE),
    "none": no_pooling(EFFECT, SE),
    "james-stein": james_stein(EFFECT, 12.0),
    "one group": partial_pooling([3.0], [1.0], tau=2),
    "all alike": partial_pooling([3.0, 3.0, 3.0], [1.0, 2.0, 1.0], tau=2),
    "many": partial_pooling(np.linspace(-2, 2, 90), np.linspace(0.2, 1, 90), tau=0.5),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_shrinkage_shows_each_group_once(fit):
    """Does each arrow lead from y to the estimate, exactly, with a circle and a diamond at its ends?"""
    ax = plots.shrinkage(fit)
    order = np.argsort(fit.y, kind="stable")
    rows = np.arange(len(order))
    assert len(arrows(ax)) == len(order)
    for row, (j, arrow) in enumerate(zip(order, arrows(ax), strict=True)):
        assert arrow.xyann == pytest.approx((fit.y[j], row), abs=1e-12)
        assert arrow.xy == pytest.approx((fit.estimate[j], row), abs=1e-12)
    drawn = points(ax)
    np.testing.assert_allclose(drawn["circle"], np.column_stack([fit.y[order], rows]), atol=1e-12)
    np.testing.assert_allclose(drawn["diamond"], np.column_stack([fit.estimate[order], rows]), atol=1e-12)
    low, high = ax.get_xlim()
    assert low < min(fit.y.min(), fit.estimate.min()) and high > max(fit.y.max(), fit.estimate.max())


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_shrinkage_lines(fit):
    """Is the solid line at mu, the dashed one at the complete-pooling mean, and no target drawn without pooling?"""
    lines = upright(plots.shrinkage(fit))
    everyone = complete_pooling(fit.y, fit.se).mu
    assert any(
        place == pytest.approx(everyone, abs=1e-12) and style == "--" for place, style in lines.items()
    ) or (everyone == pytest.approx(fit.mu))
    solid = [place for place, style in lines.items() if style == "-"]
    if np.isinf(fit.tau):
        assert solid == []
    elif everyone != pytest.approx(fit.mu):
        assert solid == [pytest.approx(fit.mu, abs=1e-12)]


def test_shrinkage_circle_area_is_proportional_to_n():
    """Is the area of a circle proportional to n, and without n to the precision?"""
    fit = FITS["partial"]
    order = np.argsort(fit.y, kind="stable")
    for n, weight in ((SIZE, SIZE.to_numpy()), (None, 1 / np.array(SE) ** 2)):
        circles = next(c for c in plots.shrinkage(fit, n=n).collections if len(c.get_paths()[0].vertices) > 5)
        ratio = circles.get_sizes() / weight[order]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


def test_shrinkage_matches_sizes_and_truth_by_label():
    """Does a Series in another order reach the right rows?"""
    fit = FITS["partial"]
    truth = pd.Series(fit.estimate + 1, NAMES)
    ax = plots.shrinkage(fit, n=SIZE[::-1], truth=truth.sample(frac=1, random_state=1))
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[0] == "C (n = 3)" and labels[-1] == "A (n = 4)"
    order = np.argsort(fit.y, kind="stable")
    np.testing.assert_allclose(points(ax)["cross"][:, 0], fit.estimate[order] + 1)


def test_shrinkage_of_some_groups_keeps_the_target():
    """Are only the groups asked for drawn, around the target of all?"""
    fit = FITS["partial"]
    ax = plots.shrinkage(fit, groups=["G", "C"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["C", "G"]
    assert fit.mu in upright(ax)


def bars(ax) -> np.ndarray:
    """Return the ends of all error bars: rows (x0, y0, x1, y1)."""
    segments = [
        np.array(c.get_segments()).reshape(-1, 4) for c in ax.collections if hasattr(c, "get_segments")
    ]
    return np.vstack(segments)


def test_pooling_panels_show_three_fits_of_the_same_groups():
    """Does each panel show estimate ± SE of its way of pooling, near the size of each group, on shared axes?"""
    fit = FITS["partial"]
    axes = plots.pooling(fit, SIZE)
    assert axes.shape == (3,)
    assert len({ax.get_ylim() for ax in axes}) == 1 and all(ax.get_xscale() == "log" for ax in axes)
    for ax, expected in zip(axes, (complete_pooling(EFFECT, SE), no_pooling(EFFECT, SE), fit), strict=True):
        marks = next(line for line in ax.lines if len(line.get_xdata()) == 8)
        np.testing.assert_allclose(marks.get_ydata(), expected.estimate, atol=1e-12)
        assert np.all(np.abs(np.log(marks.get_xdata() / SIZE)) <= 0.0800001)
        ends = bars(ax)
        np.testing.assert_allclose(ends[:, 1], expected.estimate - expected.estimate_se, atol=1e-12)
        np.testing.assert_allclose(ends[:, 3], expected.estimate + expected.estimate_se, atol=1e-12)


def test_pooling_names_the_extremes_where_there_are_any():
    """Do the highest and the lowest group carry their names, and does complete pooling name nobody?"""
    names = [{text.get_text() for text in ax.texts} for ax in plots.pooling(FITS["partial"], SIZE)]
    estimate = pd.Series(FITS["partial"].estimate, NAMES)
    assert names == [set(), {"A", "C"}, {estimate.idxmax(), estimate.idxmin()}]
    assert plots.pooling(FITS["tau = 0"], SIZE)[2].texts[:] == []


@pytest.mark.parametrize("name", ["tau = 0", "tau = inf", "one group", "all alike", "many"])
def test_pooling_at_the_edges(name):
    """Is the figure drawn for tau = 0, tau = ∞, one group, equal groups and many groups?"""
    fit = FITS[name]
    axes = plots.pooling(fit, np.arange(1, len(fit.y) + 1))
    marks = [line for line in axes[2].lines if line.get_marker() == MARKERS["partial"]]
    np.testing.assert_allclose(marks[0].get_ydata(), fit.estimate, atol=1e-12)
    assert len(png(axes[0].figure)) > 5000


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_caterpillar_of_a_pooling_fit(level):
    """Are the intervals estimate ± z·SE, in order, around the target?"""
    fit = FITS["partial"]
    ax = plots.caterpillar(fit, level=level)
    z = {0.5: 0.6744897501960817, 0.95: 1.959963984540054}[level]
    order = np.argsort(fit.estimate)
    ends = bars(ax)
    ends = ends[np.argsort(ends[:, 1])]
    np.testing.assert_allclose(ends[:, 0], (fit.estimate - z * fit.estimate_se)[order], rtol=1e-12)
    np.testing.assert_allclose(ends[:, 2], (fit.estimate + z * fit.estimate_se)[order], rtol=1e-12)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [NAMES[j] for j in order]
    assert list(upright(ax)) == [fit.mu]


def test_caterpillar_fills_the_marker_of_a_group_off_the_line():
    """Is a group whose interval leaves out the line told apart by more than colour?"""
    fit = no_pooling([0.0, 0.1, 5.0], [0.3, 0.3, 0.3])
    shown = intervals(fit)
    ax = plots.caterpillar(fit)
    faces = {}
    for line in ax.lines:
        if line.get_marker() == "o":
            for x in line.get_xdata():
                faces[float(x)] = line.get_markerfacecolor() != "white"
    assert faces == {e: bool(out) for e, out in zip(shown.estimate, shown.above | shown.below, strict=True)}
    assert set(faces.values()) == {True}
    assert set(map(str, plots.caterpillar(FITS["partial"]).lines[1].get_markerfacecolor())) == set("white")


@pytest.mark.parametrize("term", ["Intercept", "homework"])
def test_caterpillar_of_a_mixed_model(varying, term):
    """Are the deviations of a mixed model drawn around 0 with their conditional SDs?"""
    ax = plots.caterpillar(varying, term=term)
    deviation, se = varying.ranef["school"][term], varying.ranef_se["school"][term]
    deviation = deviation.sort_values()
    ends = bars(ax)
    ends = ends[np.argsort(ends[:, 1])]
    np.testing.assert_allclose(ends[:, [0, 2]].mean(axis=1), deviation, atol=1e-12)
    np.testing.assert_allclose(
        ends[:, 2] - ends[:, 0], 2 * 1.959963984540054 * se[deviation.index], rtol=1e-12
    )
    assert list(upright(ax)) == [0.0]
    assert term in ax.get_xlabel()


def test_caterpillar_of_many_groups_stands_upright():
    """Do ninety groups stand side by side, without names that nobody could read?"""
    ax = plots.caterpillar(FITS["many"])
    assert len(bars(ax)) == 90 and len(ax.get_xticks()) == 0
    assert "90" in ax.get_xlabel()


def test_group_grid_shows_the_data_and_the_lines(schools, varying):
    """Does each panel hold the group's rows and, for each way of pooling, its line over the whole width?"""
    ols = np.polyfit(schools["homework"], schools["math"], 1)
    own = least_squares(schools, "homework", "math", "school")
    axes = plots.group_grid(
        schools, "homework", "math", "school", complete=ols[::-1], none=own, partial=varying
    )
    assert len(axes) == 10 and len(figure_of(axes).axes) == 10
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    coef = varying.coef["school"]
    for ax, (school, rows) in zip(axes, schools.groupby("school"), strict=True):
        assert ax.get_title() == f"{school} (n = {len(rows)})"
        np.testing.assert_allclose(np.array(ax.collections[0].get_offsets()), rows[["homework", "math"]])
        expected = {
            "complete": ols[::-1],
            "none": own.loc[school],
            "partial": coef.loc[school, ["Intercept", "homework"]],
        }
        assert len(ax.lines) == 3
        for line in ax.lines:
            a, b = np.asarray(expected[line.get_label()], dtype=float)
            x = np.array(line.get_xdata())
            assert tuple(x) == ax.get_xlim()
            np.testing.assert_allclose(line.get_ydata(), a + b * x, rtol=1e-12)
    key = [text.get_text() for text in figure_of(axes).legends[0].get_texts()]
    assert key == ["complete pooling", "no pooling", "partial pooling"]


def test_least_squares_is_the_line_of_each_group(schools):
    """Does the closed form agree with numpy's fit in each group, also where x is far from 0?"""
    schools["homework"] += 2000
    lines = least_squares(schools, "homework", "math", "school")
    for school, rows in schools.groupby("school"):
        slope = np.polyfit(rows["homework"] - 2000, rows["math"], 1)[0]
        assert lines.loc[school, "slope"] == pytest.approx(slope, rel=1e-9)
        at_mean = lines.loc[school, "intercept"] + slope * rows["homework"].mean()
        assert at_mean == pytest.approx(rows["math"].mean(), rel=1e-9)


def test_group_grid_of_some_groups_in_the_order_asked(schools):
    """Are the panels those asked for, in that order, and is a model without x a level line?"""
    level = lmm("math ~ 1 + (1 | school)", schools)
    axes = plots.group_grid(schools, "homework", "math", "school", partial=level, groups=["S7", "S2", "S5"])
    assert [ax.get_title()[:2] for ax in axes] == ["S7", "S2", "S5"]
    for ax, school in zip(axes, ["S7", "S2", "S5"], strict=True):
        np.testing.assert_allclose(ax.lines[0].get_ydata(), level.coef["school"].loc[school, "Intercept"])


def test_group_grid_spreads_the_points_of_a_two_valued_x():
    """Do the points of a predictor with two values stay within 4 % of their place, and its ticks at the values?"""
    frame = pd.DataFrame({"floor": [0, 1] * 20, "y": np.arange(40.0), "county": ["a"] * 30 + ["b"] * 10})
    for ax, (_county, rows) in zip(
        plots.group_grid(frame, "floor", "y", "county"), frame.groupby("county"), strict=True
    ):
        drawn = np.array(ax.collections[0].get_offsets())
        moved = np.abs(drawn[:, 0] - rows["floor"])
        assert 0 < moved.max() <= 0.05
        np.testing.assert_array_equal(drawn[:, 1], rows["y"])
        assert list(ax.get_xticks()) == [0, 1]


def test_shrinkage_plane_leads_from_least_squares_to_the_blup(schools, varying):
    """Does each arrow lead from the group's own line to its BLUP, with the fixed effects in the middle?"""
    schools = pd.concat([schools, pd.DataFrame({"homework": [3.0], "math": [40.0], "school": ["lone"]})])
    fit = lmm("math ~ homework + (1 + homework | school)", schools)
    ax = plots.shrinkage_plane(fit)
    own = least_squares(schools, "homework", "math", "school")
    coef = fit.coef["school"]
    ends = {tuple(arrow.xyann): arrow.xy for arrow in arrows(ax)}
    assert len(ends) == 10 and np.isnan(own.loc["lone", "slope"])
    for start, end in ends.items():
        school = (own - np.array(start)).abs().sum(axis=1).idxmin()
        assert start == pytest.approx(tuple(own.loc[school]), rel=1e-9)
        assert end == pytest.approx(tuple(coef.loc[school]), rel=1e-12)
    assert len(points(ax)["diamond"]) == 11
    cross = next(line for line in ax.lines if line.get_marker() == "P")
    np.testing.assert_allclose([cross.get_xdata()[0], cross.get_ydata()[0]], fit.fixef)


def test_ellipses_hold_their_share_of_groups(varying):
    """Do the ellipses hold 50 % and 95 % of points drawn from the fitted distribution of groups?"""
    ax = plots.shrinkage_plane(varying)
    read = plane(varying)
    drawn = np.random.default_rng(1).multivariate_normal(read.centre, read.cov, 20_000)
    shares = [e.get_path().contains_points(e.get_patch_transform().inverted().transform(drawn)).mean()
              for e in ax.patches if isinstance(e, Ellipse)]  # fmt: skip
    assert shares == pytest.approx([0.5, 0.95], abs=0.012)


def draw_all(schools, varying, ax=None):
    """Yield every figure of the library by name."""
    own = least_squares(schools, "homework", "math", "school")
    yield "shrinkage", plots.shrinkage(FITS["partial"], n=SIZE, truth=EFFECT, label="effect (points)")
    yield "shrinkage of many", plots.shrinkage(FITS["many"])
    yield "pooling", plots.pooling(FITS["partial"], SIZE, label="effect (points)")
    yield "caterpillar", plots.caterpillar(FITS["partial"], label="effect (points)")
    yield "caterpillar of many", plots.caterpillar(FITS["many"])
    yield "caterpillar of a model", plots.caterpillar(varying, term="homework")
    yield (
        "grid",
        plots.group_grid(schools, "homework", "math", "school", complete=(50, 2), none=own, partial=varying),
    )
    yield "plane", plots.shrinkage_plane(varying)


def shown_texts(figure) -> list[Text]:
    """Return the texts of a figure that are drawn: of the ticks, those within the axes alone."""
    ticks, drawn = set(), set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            ticks |= {t.label1 for t in axis.get_major_ticks()} | {t.label1 for t in axis.get_minor_ticks()}
            ticks |= {t.label2 for t in axis.get_major_ticks()} | {t.label2 for t in axis.get_minor_ticks()}
            drawn |= {t.label1 for t in axis._update_ticks() if t.label1.get_visible()}
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [t for t in texts if t not in ticks or t in drawn]


def test_every_figure_is_legible(schools, varying):
    """Is all text inside the figure, at nine points or more, with no two names of ticks on each other?"""
    for name, drawn in draw_all(schools, varying):
        figure = figure_of(drawn)
        figure.draw_without_rendering()
        texts = shown_texts(figure)
        assert len(texts) > 4
        for text in texts:
            box = Text.get_window_extent(text)
            assert text.get_fontsize() >= 9, (name, text)
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1, (name, text)
            assert box.y0 >= -1 and box.y1 <= figure.bbox.y1 + 1, (name, text)
        for ax in figure.axes:
            for axis in (ax.xaxis, ax.yaxis):
                boxes = [t.get_window_extent() for t in axis.get_ticklabels() if t in texts]
                for one, other in itertools.pairwise(boxes):
                    assert not one.overlaps(other), (name, axis)


def test_every_figure_has_a_sentence(schools, varying):
    """Does each function that draws have a sentence under the same name, good enough to be an alt text?"""
    own = least_squares(schools, "homework", "math", "school")
    sentences = [
        narrate.shrinkage(FITS["partial"]),
        narrate.pooling(FITS["partial"], SIZE),
        narrate.caterpillar(varying, term="homework"),
        narrate.group_grid(
            schools, "homework", "math", "school", complete=(50, 2), none=own, partial=varying
        ),
        narrate.shrinkage_plane(varying),
    ]
    assert [check_alt(sentence) for sentence in sentences] == sentences
    drawing = set(plots.__all__) - {"COLOURS", "show", "style"}
    assert drawing <= set(narrate.__all__)


def test_axes_of_the_caller_are_used(schools, varying):
    """Does every function draw into the axes it is given, and make no figure of its own?"""
    _figure, axes = plt.subplots(3, 4)
    before = plt.get_fignums()
    assert plots.shrinkage(FITS["partial"], ax=axes[0, 0]) is axes[0, 0]
    assert plots.caterpillar(varying, ax=axes[0, 1]) is axes[0, 1]
    assert plots.shrinkage_plane(varying, ax=axes[0, 2]) is axes[0, 2]
    assert list(plots.pooling(FITS["partial"], SIZE, ax=axes[1, :3])) == list(axes[1, :3])
    assert list(
        plots.group_grid(schools, "homework", "math", "school", groups=["S1", "S2"], ax=axes[2])
    ) == list(axes[2, :2])
    assert plt.get_fignums() == before
    assert not any(ax.spines["top"].get_visible() for ax in [*axes[0, :3], *axes[1, :3], *axes[2, :2]])
    assert axes[0, 3].spines["top"].get_visible()


def test_importing_changes_no_setting():
    """Does importing the library leave matplotlib's settings, and its choice of backend, alone?"""
    code = (
        "import matplotlib as mpl; before = {k: mpl.rcParams._get(k) for k in mpl.rcParams};"
        "import hlm_teach.plots, hlm_teach.narrate;"
        "assert {k: mpl.rcParams._get(k) for k in mpl.rcParams} == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_style_ends_with_its_block():
    """Does the look hold inside the block and nowhere else, also after an error?"""
    before = mpl.rcParams["font.size"]
    with pytest.raises(KeyError), plots.style():
        assert mpl.rcParams["font.size"] != before and not mpl.rcParams["axes.spines.top"]
        raise KeyError
    assert mpl.rcParams["font.size"] == before


def test_the_three_ways_differ_in_grey_too():
    """Do line, marker and colour each tell the ways apart, and does each stand out from the paper (3:1 or more)?"""
    kinds = ("complete", "none", "partial")
    for table in (COLOURS, LINES, MARKERS):
        assert len({str(table[kind]) for kind in kinds}) == 3
    okabe_ito = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    assert {COLOURS[kind] for kind in kinds} <= okabe_ito
    for kind in (*kinds, "data", "line"):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(COLOURS[kind])]
        luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
        assert 1.05 / (luminance + 0.05) >= 3, kind


def test_the_same_figure_has_the_same_bytes():
    """Is a picture reproduced byte for byte?"""
    first, second = (png(plots.shrinkage(FITS["partial"], n=SIZE).figure) for _run in range(2))
    assert first == second and first.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("alt", "error", "said"),
    [
        ("A plot of 3 groups.", ValueError, "has 19 characters"),
        ("A plot of the effects of coaching in all of the schools.", ValueError, "0 digits"),
        ("", ValueError, "0 characters"),
        (None, TypeError, "NoneType"),
        (3.0, TypeError, "3.0"),
    ],
)
def test_show_refuses_a_poor_alt_text(alt, error, said):
    """Is an alt text that helps nobody refused, and the figure closed all the same?"""
    ax = plt.subplots()[1]
    with pytest.raises(error, match=said):
        show(ax, alt)
    assert plt.get_fignums() == []


GOOD = "A figure with two axes, each of which runs from 0 to 1."


def test_show_outside_a_notebook_closes_quietly(capsys):
    """Does a script that shows an Axes, an array or a Figure go on, with no window and nothing printed?"""
    figure, axes = plt.subplots(1, 2)
    for drawn in (axes[0], axes, list(axes), figure):
        show(drawn, GOOD)
    assert plt.get_fignums() == [] and capsys.readouterr() == ("", "")


@pytest.mark.parametrize("drawn", [None, 3, "figure", [], [3]])
def test_show_refuses_what_is_no_figure(drawn):
    """Is what cannot be shown named?"""
    with pytest.raises(TypeError, match="show needs a figure"):
        show(drawn, GOOD)


def test_show_in_a_notebook_carries_the_alt_text():
    """Does the output of a real kernel hold one picture, its alt text in the metadata, its size and no second copy?"""
    import nbformat
    from nbclient import NotebookClient

    code = (
        "from hlm_teach import plots, narrate\nfrom hlm_teach.pooling import partial_pooling\n"
        "fit = partial_pooling([28, 8, -3], [15, 10, 16], tau=10)\n"
        "plots.show(plots.shrinkage(fit), narrate.shrinkage(fit, unit='points'))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    seen = outputs[0].metadata["image/png"]
    assert seen["alt"] == narrate.shrinkage(partial_pooling([28, 8, -3], [15, 10, 16], tau=10), unit="points")
    assert (seen["width"], seen["height"]) == (750, 208)
    assert outputs[0].data["text/plain"] == seen["alt"]


WRONG = {
    "a number": (lambda s, f: plots.shrinkage(3), TypeError, "PoolingFit is needed"),
    "a model for shrinkage": (lambda s, f: plots.shrinkage(f), TypeError, "caterpillar, group_grid or shrinkage_plane"),
    "a model for pooling": (lambda s, f: plots.pooling(f, [1]), TypeError, "PoolingFit is needed"),
    "too few sizes": (lambda s, f: plots.pooling(FITS["partial"], [1, 2]), ValueError, "8 groups and n has 2"),
    "a size of zero": (lambda s, f: plots.pooling(FITS["partial"], [0] * 8), ValueError, "n = 0.0 for group A"),
    "a size not known": (
        lambda s, f: plots.shrinkage(FITS["partial"], n=[np.nan] * 8), ValueError, "n = nan for group A"
    ),
    "an unknown group": (lambda s, f: plots.shrinkage(FITS["partial"], groups=["Z"]), ValueError, "'Z' is none"),
    "a table": (lambda s, f: plots.caterpillar(s), TypeError, "got DataFrame"),
    "an unknown term": (lambda s, f: plots.caterpillar(f, term="ses"), ValueError, "Intercept, homework"),
    "an unknown factor": (lambda s, f: plots.caterpillar(f, factor="class"), ValueError, "It has: school"),
    "a level in percent": (lambda s, f: plots.caterpillar(f, level=95), ValueError, "pass 0.95"),
    "one axes for three": (
        lambda s, f: plots.pooling(FITS["partial"], SIZE, ax=plt.subplots()[1]), TypeError, "3 of them"
    ),
    "no axes": (lambda s, f: plots.shrinkage(FITS["partial"], ax="here"), TypeError, "'here'"),
    "a missing column": (lambda s, f: plots.group_grid(s, "ses", "math", "school"), ValueError, "no column 'ses'"),
    "an absent group": (
        lambda s, f: plots.group_grid(s, "homework", "math", "school", groups=["S99"]), ValueError, "'S99'"
    ),
    "two coefficients too many": (
        lambda s, f: plots.group_grid(
            s, "homework", "math", "school", complete=pd.Series({"Intercept": 1, "homework": 2, "ses": 3})
        ),
        ValueError,
        "nothing else",
    ),
    "several complete lines": (
        lambda s, f: plots.group_grid(s, "homework", "math", "school", complete=f), ValueError, "one line for all"
    ),
    "a table without a group": (
        lambda s, f: plots.group_grid(s, "homework", "math", "school", none=f.coef["school"].iloc[1:]),
        ValueError,
        "none for 'S0'",
    ),
    "words for a line": (
        lambda s, f: plots.group_grid(s, "homework", "math", "school", none="least squares"), TypeError, "it is str"
    ),
    "another factor": (
        lambda s, f: plots.group_grid(s.assign(room="r"), "homework", "math", "room", partial=f), ValueError, "'room'"
    ),
    "too many panels": (
        lambda s, f: plots.group_grid(s.assign(pupil=range(len(s))), "homework", "math", "pupil"), ValueError, "36 panels"
    ),
    "estimates without standard errors": (
        lambda s, f: plots.caterpillar(FITS["james-stein"]), ValueError, "standard error of A"
    ),
    "a plane without slopes": (
        lambda s, f: plots.shrinkage_plane(lmm("math ~ homework + (1 | school)", s)), ValueError, "here vary: Intercept"
    ),
    "a plane of a pooling fit": (lambda s, f: plots.shrinkage_plane(FITS["partial"]), TypeError, "LMMFit is needed"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_named(schools, varying, case):
    """Does wrong input give an error that says what was found and what to do?"""
    act, error, said = WRONG[case]
    with pytest.raises(error, match=said):
        act(schools, varying)


def test_lines_are_legend_entries_only_once(schools):
    """Does a grid without lines have no legend, and is a dashed line no artist of another kind?"""
    axes = plots.group_grid(schools, "homework", "math", "school", groups=["S1"])
    assert figure_of(axes).legends == [] and not [a for a in axes[0].get_children() if isinstance(a, Line2D)]


def test_picture_of_the_readme_is_current(tmp_path):
    """Is docs/shrinkage.png small, reproducible, and what the library draws now (up to the rendering of letters)?"""
    from hlm_teach import picture

    picture.main(tmp_path / "once.png")
    picture.main(tmp_path / "twice.png")
    once = (tmp_path / "once.png").read_bytes()
    assert once == (tmp_path / "twice.png").read_bytes()
    assert len(once) < 120_000 and picture.PLACE.stat().st_size < 120_000
    committed, now = plt.imread(picture.PLACE), plt.imread(tmp_path / "once.png")
    assert committed.shape == now.shape and np.abs(committed - now).mean() < 0.01, "run `make picture`"
    _ax, alt = picture.picture()
    assert check_alt(alt) == alt and "12 of the 85 counties" in alt
