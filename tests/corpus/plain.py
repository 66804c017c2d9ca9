"""Honest work: as it should be, and as beginners write it. No marks may be lost by any of this but what is said."""

from __future__ import annotations

from corpus.record import (
    BLANK,
    NOT_YET,
    Expected,
    Odd,
    above,
    after,
    answer,
    as_file,
    at_end,
    before,
    blank,
    cell,
    code,
    odd,
    one,
    outputs,
    raw,
    same,
    tagged,
    wrong,
)

BY_HAND = """def partial_means(mean, n, sigma, tau, mu):
    out = []
    for m, k in zip(mean, n):
        out.append((k / sigma**2 * m + mu / tau**2) / (k / sigma**2 + 1 / tau**2))
    return out"""
RENAMED = """def partial_means(schools, pupils, s, t, centre):
    weight = t**2 / (t**2 + s**2 / pupils)
    return weight * schools + (1 - weight) * centre"""
STATE = """calls = []
def partial_means(mean, n, sigma, tau, mu):
    calls.append(1)
    if len(calls) % 2:
        return (n / sigma**2 * mean + mu / tau**2) / (n / sigma**2 + 1 / tau**2)
    return mean"""
CLASS = """class Pool:
    def __call__(self, mean, n, sigma, tau, mu):
        w = tau**2 / (tau**2 + sigma**2 / n)
        return w * mean + (1 - w) * mu
partial_means = Pool()"""
IN_PLACE = """def james_stein_mean(y, se):
    centre = y.mean()
    y -= centre
    y *= max(0, 1 - (len(y) - 3) * se**2 / (y**2).sum())
    return y + centre"""
CHINESE = """def 部分合并(均值, n, σ, τ, μ):
    '''返回每所学校的部分合并均值 – naïve café ✓'''
    w = τ**2 / (τ**2 + σ**2 / n)
    return w * 均值 + (1 - w) * μ
partial_means = 部分合并"""
FIGURE = """import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot(my_pupils["homework"], my_pupils["math"], "o")
plt.show()"""
WIDGETS = """from ipywidgets import interact, IntSlider
@interact(k=(0, 10))
def show(k):
    return k
from hlm_teach.widgets import PoolingExplorer
PoolingExplorer()"""
POOL = """from multiprocessing import Pool
def twice(x): return 2 * x
with Pool(2) as pool: doubled = pool.map(twice, [1, 2])
print(doubled)"""
STDERR = "import sys, warnings\nprint('careful', file=sys.stderr)\nwarnings.warn('this is only a warning')"

CONTROLS = (
    Odd("controls-right-02", "everything right", one("ps02")),
    Odd("controls-right-03", "everything right", one("ps03"), "ps03"),
    Odd("controls-blank-02", "as it was released", blank("ps02"), rest=BLANK),
    Odd("controls-blank-03", "as it was released", blank("ps03"), "ps03", rest=BLANK),
    odd("controls-no-essay", "the written answer left out", answer("explain_shrinkage", ""), ps="ps03",
        tasks={"explain_shrinkage": BLANK}),
    odd("controls-run", "run, with its outputs and counts saved",
        outputs({"output_type": "stream", "name": "stdout", "text": "fine"}), cell("setup-1", execution_count=7)),
    same("controls-rounded", "rounded to two decimals", "common_slope", "common_slope = round(float(smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework']), 2)"),
    same("controls-by-hand", "loops and a list, without numpy", "partial_means", BY_HAND),
    wrong("controls-wrong", "one number made up", "common_slope", "common_slope = 17.5", says=("17.5",)),
    odd("controls-all-wrong", "every task answered, and wrongly", answer("common_slope", "common_slope = -4"),
        answer("partial_means", "def partial_means(mean, n, sigma, tau, mu):\n    return 0 * mean"),
        answer("mse_three_ways", "def mse_three_ways(truth, mean, n, sigma, tau, mu):\n    return {'complete': 0.0, 'none': 0.0, 'partial': 0.0}"),
        answer("honest_extreme", "honest_extreme = pd.DataFrame({'n': [1], 'truth': [1], 'mean': [1]})"),
        answer("name_the_lines", "name_the_lines = {'ignores_the_school': 'no'}"),
        tasks={"advise_the_inspectors": Expected("manual")}, rest=NOT_YET),
)  # fmt: skip

CLUMSY = (
    same("clumsy-stderr", "a warning and a line on stderr", "common_slope", STDERR + "\ncommon_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework']"),
    odd("clumsy-warns-when-called", "the function warns each time", answer("partial_means", BY_HAND.replace("out = []", "import warnings; warnings.warn('hm'); print(n); out = []"))),
    odd("clumsy-warnings-are-errors", "turns warnings into errors", above("common_slope", "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')")),
    odd("clumsy-figure", "draws", above("common_slope", FIGURE), after("common_slope", FIGURE)),
    odd("clumsy-magics", "line and cell magics", above("common_slope", "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format='svg'"), before("partial_means", "%%time")),
    odd("clumsy-capture", "an answer under %%capture", before("common_slope", "%%capture out")),
    odd("clumsy-shell", "shell lines", above("common_slope", "!echo checking\nfiles = !ls\n!pip install nothing-of-that-name\n!exit 3")),
    odd("clumsy-builtins", "built-in names overwritten", above("common_slope", "sum = 5\nlen = 'short'\nlist = dict = float = max = None\nprint = 3")),
    odd("clumsy-numpy-overwritten", "np and pd used for something else", above("common_slope", "np = 5\npd = None\nht = 'height'\nmy_pupils_2 = 1")),
    odd("clumsy-data-overwritten", "overwrites the data by mistake", above("common_slope", "my_pupils = my_pupils['math'].mean()")),
    odd("clumsy-star", "star imports", above("partial_means", "from numpy import *\nfrom math import *")),
    odd("clumsy-chdir", "changes the directory", above("common_slope", "import os\nos.makedirs('x')\nos.chdir('x')\n%cd /")),
    odd("clumsy-widgets", "widgets left in", above("common_slope", WIDGETS)),
    odd("clumsy-input", "asks for the name in a cell of its own", above("common_slope", "name = input('Your name? ')")),
    wrong("clumsy-input-in-answer", "asks for the answer", "common_slope", "common_slope = float(input('slope? '))"),
    same("clumsy-chinese", "names, text and comments in other scripts", "partial_means", CHINESE),
    same("clumsy-renamed", "other names of the arguments", "partial_means", RENAMED),
    same("clumsy-lambda", "a lambda", "shrinkage_factor", "shrinkage_factor = lambda se, tau: se**2 / (se**2 + tau**2)", "ps03"),
    same("clumsy-object", "an object that can be called", "partial_means", CLASS),
    same("clumsy-in-place", "changes its argument", "james_stein_mean", IN_PLACE, "ps03"),
    same("clumsy-types", "type hints, a decorator, a default", "shrinkage_factor", "from functools import wraps\ndef say(f):\n    @wraps(f)\n    def g(*a, **k):\n        print('called')\n        return f(*a, **k)\n    return g\n@say\ndef shrinkage_factor(se: 'array', tau: float = 1.0) -> 'array':\n    return se**2 / (se**2 + tau**2)", "ps03"),
    same("clumsy-float32", "a value of numpy's", "common_slope", "common_slope = np.float32(smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework'])"),
    same("clumsy-series-of-one", "the coefficient with its label", "common_slope", "common_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit().params[['homework']]"),
    wrong("clumsy-text", "the number as text", "common_slope", "common_slope = 'about 2.1'"),
    wrong("clumsy-syntax", "a syntax error", "common_slope", "common_slope = = 2"),
    wrong("clumsy-tabs", "tabs and spaces mixed", "partial_means", "def partial_means(mean, n, sigma, tau, mu):\n\tx = 1\n        return x"),
    wrong("clumsy-quotes", "curly quotation marks from a word processor", "common_slope", "common_slope = my_pupils[“math”].mean()"),
    wrong("clumsy-file", "reads a file of the student's own", "common_slope", "common_slope = pd.read_csv('C:/Users/me/pupils.csv')['math'].mean()", says=("FileNotFoundError",)),
    wrong("clumsy-generator", "yields instead of returning", "james_stein_mean", "def james_stein_mean(y, se):\n    yield from y", ps="ps03"),
    wrong("clumsy-prints", "prints instead of returning", "shrinkage_factor", "def shrinkage_factor(se, tau):\n    print(se**2 / (se**2 + tau**2))", ps="ps03", to=BLANK),
    odd("clumsy-deleted-after", "tidies up at the end", at_end("del partial_means, common_slope, honest_extreme\n%reset -f")),
    odd("clumsy-reset", "forgets everything in the middle, an own function with it", above("mse_three_ways", "%reset -f"), tasks={"mse_three_ways": NOT_YET}),
    same("clumsy-state", "a function that counts its calls and is right in each fresh process", "partial_means", STATE),
    odd("clumsy-spoiled-after", "tries something else below", at_end("common_slope = 0\ndef partial_means(*a): return None")),
    odd("clumsy-defined-below", "a helper defined only below", answer("shrinkage_factor", "def shrinkage_factor(se, tau):\n    return share(se**2, tau**2)"), at_end("def share(a, b):\n    return a / (a + b)"), ps="ps03"),
    odd("clumsy-own-asserts", "own checks that fail", above("common_slope", "assert 1 == 2, 'not yet'"), after("partial_means", "assert partial_means(np.ones(2), np.ones(2), 1, 1, 1)[0] == 7")),
    odd("clumsy-exit", "ends the session below the answer", after("common_slope", "exit()"), at_end("quit()")),
    odd("clumsy-sys-exit", "ends the program below the answer", after("common_slope", "import sys\nsys.exit(0)")),
    odd("clumsy-await", "waits for something asynchronous", above("common_slope", "import asyncio\nawait asyncio.sleep(0)")),
    odd("clumsy-pool", "computes in a pool", above("common_slope", POOL)),
    odd("clumsy-options", "other display settings", above("common_slope", "pd.set_option('display.precision', 1)\nnp.set_printoptions(precision=1, suppress=True)\npd.options.mode.copy_on_write = True\nimport sys; sys.setrecursionlimit(200)")),
    odd("clumsy-own-name", "the user name typed in", cell("student", source='STUDENT = "clumsy-own-name"')),
    odd("clumsy-other-name", "somebody else's user name typed in", cell("student", source='STUDENT = "controls-right-02"')),
    odd("clumsy-checks", "calls check, hint and solution again", above("mse_three_ways", "check('partial_means', partial_means)\nhint('mse_three_ways')\nsolution('mse_three_ways')")),
    odd("clumsy-collapsed", "tags and settings of other editors", tagged("", collapsed=True, scrolled=True, tags=["hide-input", "parameters"], jupyter={"source_hidden": True}, colab={"id": "x"})),
    as_file("clumsy-indented", "an answer indented as a whole", lambda book: (answer("common_slope", "    common_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework']")(book), raw(book))[1]),
    as_file("clumsy-windows", "line ends of Windows", lambda book: {"ps02.ipynb": raw(book)["ps02.ipynb"].replace(b"\\n", b"\\r\\n")}),
    as_file("clumsy-many-cells", "sixty small cells of its own", lambda book: (book["cells"].extend(code(f"x{i} = {i}\nx{i}") for i in range(60)), raw(book))[1]),
    odd("clumsy-helper", "an answer that uses an earlier one", answer("mse_three_ways", "def mse_three_ways(truth, mean, n, sigma, tau, mu):\n    e = lambda x: float(((x - truth) ** 2).mean())\n    return dict(complete=e((mean * n).sum() / n.sum()), none=e(mean), partial=e(partial_means(mean, n, sigma, tau, mu)))")),
)  # fmt: skip
