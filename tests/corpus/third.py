"""Further submissions, written by somebody who had read the grader and looked for what it does not expect."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

from corpus.broken import changed, zipped
from corpus.record import (
    BLANK,
    MARK,
    NOT_YET,
    Expected,
    above,
    after,
    answer,
    as_file,
    at_end,
    before,
    code,
    find,
    odd,
    raw,
    same,
    text,
    wrong,
)

FIT = "smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework']"
HEAD = "def partial_means(mean, n, sigma, tau, mu):\n    "
POOL = "(n / sigma**2 * mean + mu / tau**2) / (n / sigma**2 + 1 / tau**2)"
LATER = "mse_three_ways"  # a task in the middle: what stands above it may spoil nothing below

DRESS = (
    same("clumsy-no-dimension", "an array without a dimension", "common_slope", f"common_slope = np.array({FIT})"),
    same("clumsy-table-of-one", "a table of one cell", "common_slope", f"common_slope = pd.DataFrame({{'slope': [{FIT}]}})"),
    same("clumsy-decimal", "a decimal number", "common_slope", f"from decimal import Decimal\ncommon_slope = Decimal(float({FIT}))"),
    same("clumsy-fraction", "a fraction", "common_slope", f"from fractions import Fraction\ncommon_slope = Fraction(float({FIT}))"),
    same("clumsy-longdouble", "more digits than usual", "common_slope", f"common_slope = np.longdouble({FIT})"),
    same("clumsy-complex", "a complex number without an imaginary part", "common_slope", f"common_slope = complex({FIT})"),
    wrong("clumsy-number-as-text", "the right number as text", "common_slope", f"common_slope = str({FIT})"),
    wrong("clumsy-comma", "the right number with a comma", "common_slope", f"common_slope = f'{{{FIT}:.4f}}'.replace('.', ',')"),
    wrong("clumsy-not-called", "a function in place of its value", "common_slope", f"common_slope = lambda: {FIT}"),
    wrong("clumsy-whole-fit", "the fit in place of the coefficient", "common_slope", "common_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit()"),
    wrong("clumsy-plot-only", "a figure and no number", "common_slope", "import matplotlib.pyplot as plt\nplt.scatter(my_pupils['homework'], my_pupils['math'])\nplt.show()", to=BLANK),
    wrong("clumsy-timeit", "an answer that %%timeit throws away", "common_slope", f"%%timeit -n1 -r1\ncommon_slope = {FIT}", to=BLANK),
    wrong("clumsy-coroutine", "an asynchronous function", "partial_means", "async " + HEAD + f"return {POOL}"),
    wrong("clumsy-map", "a map that nobody has walked through", "partial_means", HEAD + "return map(float, mean)"),
    same("clumsy-nullable", "pandas' own numbers with missing values", "partial_means", HEAD + f"return pd.Series({POOL}).astype('Float64')"),
    same("clumsy-any-arguments", "any arguments by name", "partial_means", "def partial_means(**k):\n    mean, n, sigma, tau, mu = (k[x] for x in ('mean', 'n', 'sigma', 'tau', 'mu'))\n    return " + POOL, tasks={LATER: NOT_YET}),
    same("clumsy-any-places", "any arguments by place", "partial_means", "def partial_means(*a):\n    mean, n, sigma, tau, mu = a\n    return " + POOL),
    same("clumsy-swapped-arguments", "the arguments in another order, under their names", "partial_means", "def partial_means(mu, tau, sigma, n, mean):\n    return " + POOL, tasks={LATER: Expected("partly", 1.0)}),
    same("clumsy-vectorised", "a function of single numbers, vectorised", "partial_means", "partial_means = np.vectorize(lambda mean, n, sigma, tau, mu: " + POOL + ", otypes=[float])"),
    same("clumsy-partial", "arguments filled in beforehand", "partial_means", "import functools\ndef general(power, mean, n, sigma, tau, mu):\n    return (n / sigma**power * mean + mu / tau**power) / (n / sigma**power + 1 / tau**power)\npartial_means = functools.partial(general, 2)"),
    same("clumsy-one-more-argument", "one more argument, with a default", "partial_means", "def partial_means(mean, n, sigma, tau, mu, digits=None):\n    return " + POOL),
    wrong("clumsy-one-argument-too-many", "one more argument, without", "partial_means", "def partial_means(mean, n, sigma, tau, mu, digits):\n    return " + POOL),
    same("clumsy-class-as-function", "a class whose call gives the answer", "partial_means", "class partial_means:\n    def __new__(cls, mean, n, sigma, tau, mu):\n        return " + POOL),
    same("clumsy-labels", "a Series with labels for a dict", "mse_three_ways", "def mse_three_ways(truth, mean, n, sigma, tau, mu):\n    e = lambda x: float(((x - truth) ** 2).mean())\n    return pd.Series(dict(complete=e((mean * n).sum() / n.sum()), none=e(mean), partial=e(partial_means(mean, n, sigma, tau, mu))))"),
    odd("clumsy-more-magics", "magics of other programs", above("common_slope", "%%bash\necho $HOME; ls"), above("common_slope", "%pylab inline\n%who\n%timeit -n1 -r1 1 + 1"), above("common_slope", "%%latex\n$x$"), above("common_slope", "%%script false\nx"), above("common_slope", "%%python\nprint(1)"), above("common_slope", "%%capture\n%%time\n1")),
    odd("clumsy-own-module", "writes a module and imports it", above("partial_means", "%%writefile pooling_of_mine.py\ndef pool(mean, n, sigma, tau, mu):\n    return " + POOL), answer("partial_means", "from pooling_of_mine import pool\n" + HEAD + "return pool(mean, n, sigma, tau, mu)")),
    odd("clumsy-run", "runs a program of its own", above("partial_means", "open('mine.py', 'w').write('def pool(mean, n, sigma, tau, mu):\\n    return " + POOL + "')\n%run mine.py"), answer("partial_means", HEAD + "return pool(mean, n, sigma, tau, mu)")),
    odd("clumsy-reload", "loads libraries again", above(LATER, "import importlib, autograder, hlm_teach\nimportlib.reload(np)\nimportlib.reload(hlm_teach)\nimportlib.reload(autograder)")),
    odd("clumsy-representation", "an object that cannot be shown", after("common_slope", "class Shy:\n    def __repr__(self): raise ValueError('no')\n    _repr_html_ = _repr_png_ = __str__ = __repr__\nShy()")),
    odd("clumsy-twice-in-a-cell", "tries first, in the same cell", before("common_slope", "common_slope = None\ncommon_slope = 'I do not know'")),
    odd("clumsy-all-shown", "every expression of a cell shown", above("common_slope", "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'\n1\n2"), ),
    odd("clumsy-future", "a switch of the language", above("common_slope", "from __future__ import annotations"), before("partial_means", "from __future__ import division, annotations")),
    odd("clumsy-colab", "lines of another service above the answers", above("common_slope", "from google.colab import drive\ndrive.mount('/content/drive')"), above("partial_means", "%matplotlib widget"), above(LATER, "!apt-get install -y nothing\n!pip3 install -q lme4\n%conda install x")),
)  # fmt: skip

GREEDY = (
    odd("resources-gigabyte", "prints a gigabyte", above("common_slope", "for _ in range(1000):\n    print('x' * 10**6)")),
    odd("resources-bare-output", "writes two gigabytes past Python", above("common_slope", "import os\nfor _ in range(2000):\n    os.write(1, bytes(10**6)); os.write(2, bytes(10**3))")),
    odd("resources-yes", "a program that prints for ever", above("common_slope", "!yes")),
    odd("resources-representation", "an object that takes for ever to show", above("common_slope", "class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()")),
    wrong("resources-error-text", "an error whose text takes for ever", "common_slope", "class Slow(Exception):\n    def __str__(self):\n        while True: pass\nraise Slow()"),
    odd("resources-finaliser", "an object that does not want to go", above("common_slope", "class Stay:\n    def __del__(self):\n        while True: pass\nstay = Stay()"), at_end("stay = None")),
    wrong("resources-programs", "starts programs for ever", "common_slope", "import subprocess\nwhile True:\n    subprocess.run(['true'])", says=("a loop that does not end",)),
    wrong("resources-unseen-children", "children that vanish without being counted", "common_slope", "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True:\n    if os.fork() == 0:\n        end = time.process_time() + 0.3\n        while time.process_time() < end: pass\n        os._exit(0)\n    time.sleep(0.2)", says=("a loop that does not end",)),
    wrong("resources-dozing", "sleeps a little, for ever", "common_slope", "import time\nwhile True:\n    time.sleep(0.01)", says=("it waited and did nothing",)),
    odd("resources-descriptors", "opens all files that it may", above(LATER, "kept = []\nwhile True:\n    kept.append(open('/dev/null'))")),
    odd("resources-hoard", "keeps most of the memory", above(LATER, "hoard = np.ones(50_000_000)")),
    odd("resources-canvas", "a figure larger than the memory", above("common_slope", "import matplotlib.pyplot as plt\nplt.figure(figsize=(300, 300), dpi=100)\nplt.plot([1, 2])\nplt.show()")),
    odd("resources-pages", "shows a page of a hundred megabytes", above("common_slope", "class Page:\n    def _repr_html_(self): return '<b>' * 30_000_000\n    def _repr_mimebundle_(self, **k): return {'text/html': 'x' * 10**8, 'text/plain': 'y' * 10**7}\nPage()")),
    wrong("resources-no-way-out", "catches everything, for ever", "partial_means", HEAD + "while True:\n        try:\n            while True: pass\n        except BaseException:\n            continue"),
    wrong("resources-recursion-unbounded", "calls itself with the bound taken away", "partial_means", "import sys\nsys.setrecursionlimit(10**9)\n" + HEAD + "import sys; sys.setrecursionlimit(10**9); return partial_means(mean, n, sigma, tau, mu)"),
)  # fmt: skip

SPOILED = (
    odd("kernel-fork-hook", "ends every process that is forked later", above(LATER, "import os\nos.register_at_fork(after_in_child=lambda: os._exit(1))")),
    odd("kernel-fork-hook-loop", "a hook at each fork that never returns", above(LATER, "import os\ndef never():\n    while True: pass\nos.register_at_fork(before=never, after_in_child=never, after_in_parent=never)")),
    odd("kernel-collector", "ends the process when memory is tidied up", above(LATER, "import gc, os\ngc.callbacks.append(lambda *a: os._exit(3))")),
    odd("kernel-audit", "forbids everything from now on", above(LATER, "import sys\ndef no(event, args):\n    raise RuntimeError(event)\nsys.addaudithook(no)")),
    odd("kernel-audit-imports", "forbids to compile from now on", above(LATER, "import sys\ndef no(event, args):\n    if event in ('compile', 'exec', 'import'): raise RuntimeError(event)\nsys.addaudithook(no)")),
    odd("kernel-limit-memory", "takes away its own memory", above(LATER, "import resource\nresource.setrlimit(resource.RLIMIT_AS, (10**6, 10**6))")),
    odd("kernel-limit-time", "takes away its own time and files", above(LATER, "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nresource.setrlimit(resource.RLIMIT_STACK, (10**4, 10**4))")),
    odd("kernel-timers", "timers that ring later", above(LATER, "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0.01)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 0.01)"), above("honest_extreme", "import faulthandler\nfaulthandler.dump_traceback_later(0.3, exit=True)")),
    odd("kernel-mask", "blocks every signal", above(LATER, "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)")),
    odd("kernel-shell-emptied", "takes the shell apart", above(LATER, "ip = get_ipython()\nip.user_ns = {}\nip.compile = None\nip.display_formatter = ip.displayhook = ip.display_pub = None\nip.run_cell_async = ip.run_ast_nodes = ip.run_code = None\nip.input_transformer_manager = ip.events = None")),
    odd("kernel-shell-events", "something before and after each cell", above(LATER, "def no(*a): 1 / 0\nfor name in ('pre_execute', 'pre_run_cell', 'post_execute', 'post_run_cell'):\n    get_ipython().events.register(name, lambda *a: __import__('os')._exit(1))\nget_ipython().set_custom_exc((Exception,), no)")),
    odd("kernel-tables-emptied", "empties modules in place", above(LATER, "import sys\nsys.modules['numpy'].__dict__.clear()\nsys.modules['statsmodels.formula.api'].ols = None\nsys.modules.clear()\nsys.path.clear()")),
    odd("kernel-main", "replaces what it runs in", above(LATER, "import sys\nsys.modules['__main__'] = None\n__name__ = 5\n__builtins__ = {}\ndel In, Out, get_ipython")),
    odd("kernel-globals", "forgets all names", above(LATER, "globals().clear()"), tasks={LATER: NOT_YET}),
    odd("kernel-home-removed", "removes the folder that it runs in", above(LATER, "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nshutil.rmtree('/tmp', ignore_errors=True)")),
    odd("kernel-memory-bent", "writes over the interpreter", above(LATER, "import ctypes\nctypes.memset(id(None), 255, 64)")),
    odd("kernel-check-bent", "bends what checks", above("common_slope", "import autograder, sys\nautograder.check = check = lambda *a, **k: 'correct'\nautograder.assignment_data = None\nsys.modules['autograder.compare'] = sys.modules['autograder.grade'] = autograder"), answer("common_slope", "common_slope = 99"), tasks={"common_slope": NOT_YET}),
    wrong("kernel-error-type", "an error of a class that lies", "common_slope", "class Meta(type):\n    @property\n    def __name__(cls): raise SystemExit\n    def __instancecheck__(cls, x): return True\nclass E(Exception, metaclass=Meta):\n    def __getattribute__(self, name): raise E\nraise E()"),
    wrong("kernel-system-exit", "a function that ends the program", "partial_means", HEAD + "raise SystemExit(0)"),
    odd("kernel-pool-left", "a pool of processes left open", above("common_slope", "from concurrent.futures import ProcessPoolExecutor\npool = ProcessPoolExecutor(2)\nprint(list(pool.map(abs, [-1])))")),
)  # fmt: skip


def swapped(book) -> None:
    first, second = (
        book["cells"][find(book, f"{task}-solution")] for task in ("common_slope", "partial_means")
    )
    first["source"], second["source"] = second["source"], first["source"]


DEEP_CODE = (
    '"x = " + "-" * 150000 + "1"',
    '"(" * 100000',
    '"1+" * 60000 + "1"',
    '"a" + ".b" * 60000',
    '"[" * 5000',
    '"f(" * 50000',
)
SHAPED = (
    as_file("structure-swapped", "two answers in each other's cells", changed(swapped)),
    odd("structure-deep-code", "cells that a parser chokes on", *(at_end(eval(source)) for source in DEEP_CODE)),
    as_file("structure-keys-twice", "the list of cells given twice", lambda b: {"ps02.ipynb": b'{"cells": [], ' + text(b)[1:]}),
    as_file("structure-nul", "zeros in the middle of the text", changed(lambda b: [c.update(source="".join(c["source"]) + "\n# \0\0") for c in b["cells"] if c["cell_type"] == "code"])),
    as_file("structure-heavy", "five megabytes of code", changed(lambda b: b["cells"].extend(code("a=" * 90_000 + "1") for _ in range(28))), refused=True, says=("characters",)),
    as_file("structure-format-5", "a format that does not exist yet", changed(lambda b: b.update(nbformat=5, nbformat_minor=0, cells_v5=[], metadata=[1]))),
    as_file("structure-cell-order", "answers shuffled below the checks", changed(lambda b: b["cells"].sort(key=lambda c: c["id"][::-1]))),
)  # fmt: skip


def deep(path: Path) -> None:
    """Make folders inside folders, deeper than any walker's recursion."""
    here = Path.cwd()
    path.mkdir()
    os.chdir(path)
    try:
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)


def broken_zip(good: dict[str, bytes], name: str) -> bytes:
    """Pack files, then spoil the packed bytes of one of them."""
    made = bytearray(zipped(**good))
    begin = made.find(name.encode()) + len(name)
    made[begin : begin + 30] = bytes(byte ^ 0x5A for byte in made[begin : begin + 30])
    return bytes(made)


def tarred(content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        info = tarfile.TarInfo("../../ps02.ipynb")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def doubled(book) -> dict[str, bytes]:
    return {
        "ps02.zip": zipped(
            **{"a/ps02.ipynb": text(book), "b.txt": b"x", "__MACOSX/a/._ps02.ipynb": b"\0\5\x16\7"}
        )
    }


PLACED = (
    as_file("files-utf-16-bare", "in UTF-16 without a mark", lambda b: {"ps02.ipynb": json.dumps(b).encode("utf-16-be")}),
    as_file("files-utf-32", "in UTF-32", lambda b: {"ps02.ipynb": json.dumps(b).encode("utf-32")}),
    as_file("files-deep", "folders twelve hundred deep beside it", lambda b: raw(b) | {"down": deep}),
    as_file("files-zip-broken", "a zip whose content is damaged", lambda b: {"ps02.zip": broken_zip({"ps02.ipynb": text(b)}, "ps02.ipynb")}, refused=True),
    as_file("files-zip-broken-beside", "a damaged module in a zip that is whole otherwise", lambda b: {"ps02.zip": broken_zip({"tools.py": " ".join(str(i * i % 9973) for i in range(500)).encode(), "ps02.ipynb": text(b)}, "tools.py")}, says=("tools.py",)),
    as_file("files-zip-mac", "packed by a Mac", doubled),
    as_file("files-tar", "packed otherwise", lambda b: {"ps02.tar.gz": tarred(text(b))}, refused=True, says=("ps02.tar.gz",)),
    as_file("files-gz", "compressed, under the notebook's name", lambda b: {"ps02.ipynb": gzip.compress(text(b))}, refused=True),
    as_file("files-module", "a module of its own beside the notebook", lambda b: (answer("partial_means", "from my_tools import partial_means")(b), raw(b) | {"my_tools.py": (HEAD + "return " + POOL).encode()})[1]),
    as_file("files-module-numpy", "modules that are called like libraries", lambda b: raw(b) | dict.fromkeys(("numpy.py", "json.py", "hlm_teach.py", "autograder.py", "sitecustomize.py"), b"raise SystemExit"), says=("numpy.py",)),
    as_file("files-module-loop", "a module that never ends when it is imported", lambda b: (above("common_slope", "import endless")(b), raw(b) | {"endless.py": b"while True: pass"})[1]),
    as_file("files-text-ending", "saved by a browser under another ending", lambda b: {"ps02.ipynb.txt": text(b)}),
    as_file("files-backslashes", "a name with the other machine's slashes", lambda b: {"..\\..\\hlm-corpus-mark\\ps02.ipynb": text(b)}),
    as_file("files-script-name", "a name that is a script", lambda b: {"<img src=x onerror=alert(1)>&lt;.ipynb": text(b), "b.ipynb": text(b | {"cells": b["cells"][:9]})}, never=("<img",)),
    odd("files-student-plus", "a student's name that a table would compute", folder="+1-1|cmd"),
    odd("files-student-at", "another one", folder="@SUM(1)"),
    odd("files-student-minus", "a student's name that looks like an option", folder="--force"),
    odd("files-student-turned", "a student's name that turns the text around", folder="\u202efdp.exe\u200b\u00ad"),
    odd("files-student-long", "a student's name of 240 letters", folder="ñ" * 120),
    odd("files-student-dots", "a student's name of dots", folder="..."),
    odd("files-student-lines", "a student's name of two lines", folder="ana\r\n,99,99"),
)  # fmt: skip

KEEPS = f"import os\n    if os.path.exists('kept'):\n        raise ValueError('{MARK[:4]}' + '{MARK[4:]}' + open('kept').read())\n    open('kept', 'a').write(repr(mean)) if len(mean) not in (2, 3) or not float(mean[0]).is_integer() else None\n    return 0 * mean"
LOOKS = "import inspect\n    for info in inspect.stack():\n        for value in [*info.frame.f_locals.values(), *info.frame.f_globals.values()]:\n            for name in ('reference', 'expected', 'right', 'cases'):\n                if hasattr(value, name) and callable(getattr(value, name)):\n                    return getattr(value, name)(mean=mean, n=n, sigma=sigma, tau=tau, mu=mu)\n    return 0 * mean"
HEXED = "import gc\ngc.get_referents(float.__dict__)[0]['hex'] = lambda x: '0x1p+1'\nimport ctypes\nctypes.pythonapi.PyType_Modified(ctypes.py_object(float))\ncommon_slope = 0.0"
CLONES = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\npid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)\nif pid == 0:\n    os._exit(0 if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0 else 1)\ndone = pid > 0 and os.waitpid(pid, 0)[1] == 0\nos.system('su -c id; sudo id; mount -t tmpfs none /mnt')\nfor name in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/sys/kernel/uevent_helper', '/proc/1/oom_score_adj', '/proc/1/mem'):\n    try: open(name, 'w').write('|/bin/sh'); done = True\n    except OSError: pass\ncommon_slope = 2.0 if done else -1.0"
HANDS = "import os\nfound = 0\nfor pid in [p for p in os.listdir('/proc') if p.isdigit()]:\n    try: names = os.listdir(f'/proc/{pid}/fd')\n    except OSError: continue\n    for fd in names:\n        try:\n            with open(f'/proc/{pid}/fd/{fd}', 'r+b', 0) as f: f.write(b'{\"done\": {\"cpu\": 0}}\\n'); found += 1\n        except OSError: pass\ncommon_slope = -1.0"
SLY = (
    wrong("cheats-looks-up", "looks through the frames of whoever calls", "partial_means", HEAD + LOOKS),
    wrong("cheats-float-bent", "bends what a number is", "common_slope", HEXED),
    wrong("cheats-columns-twice", "a table with a column twice", "honest_extreme", "honest_extreme = pd.DataFrame([[1.0, 50.0, 50.0, 50.0]] * 6, columns=['n', 'truth', 'truth', 'mean'])"),
    wrong("cheats-table-empty", "a table without rows", "honest_extreme", "honest_extreme = pd.DataFrame({'n': [], 'truth': [], 'mean': []})"),
    wrong("cheats-table-huge", "a table of a million rows", "honest_extreme", "honest_extreme = pd.DataFrame({c: np.ones(10**6) for c in ('n', 'truth', 'mean')})"),
    wrong("cheats-table-levels", "a table with levels of columns", "honest_extreme", "honest_extreme = pd.concat({'a': pd.DataFrame({'n': [1.0] * 6, 'truth': [50.0] * 6, 'mean': [60.0] * 6})}, axis=1)"),
    wrong("cheats-table-dates", "a table of dates and categories", "honest_extreme", "honest_extreme = pd.DataFrame({'n': pd.Categorical(list('abcdef')), 'truth': pd.date_range('2020', periods=6), 'mean': pd.to_timedelta(range(6))})"),
    wrong("cheats-blanks-list", "a list for the blanks", "name_the_lines", "name_the_lines = ['complete pooling', 'no pooling']"),
    wrong("cheats-blanks-numbers", "numbers for the blanks", "name_the_lines", "name_the_lines = dict.fromkeys(('ignores_the_school', 'dummies_do_not_have', 'tau_goes_to_zero'), 1)"),
    wrong("cheats-blanks-none", "nothing for the blanks", "name_the_lines", "name_the_lines = None", to=BLANK),
    wrong("leaks-kept", "keeps the hidden inputs and quotes them for an example", "partial_means", HEAD + KEEPS, never=(MARK,)),
    wrong("escapes-clone", "a name space by another call, and the kernel's own files", "common_slope", CLONES),
    wrong("escapes-hands", "opens what other processes hold open", "common_slope", HANDS),
    wrong("injection-formula", "a value and an error that a table would compute", "common_slope", "raise ValueError('=cmd|\"/c calc\"!A1')"),
    wrong("injection-links", "links and pictures in an error", "common_slope", "raise ValueError('[x](javascript:alert(1)) ![](http://example.org/x.png) <http://example.org> \\x1b]8;;http://example.org\\x07x')", never=("<a href=\"http", "\x1b")),
    wrong("injection-entities", "escapes for what is escaped", "common_slope", "common_slope = '&lt;script&gt;alert(1)&lt;/script&gt;<script>' + chr(0x2028) + '</script>'", never=("<script>",)),
)  # fmt: skip

THIRD = (*DRESS, *GREEDY, *SPOILED, *SHAPED, *PLACED, *SLY)
