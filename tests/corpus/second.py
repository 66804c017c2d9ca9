"""Forty further submissions, written after the grader had been mended for the others: mixtures, mostly of the other assignment."""

from __future__ import annotations

import json

from corpus.record import (
    BLANK,
    MARK,
    NOT_YET,
    Expected,
    Odd,
    above,
    after,
    answer,
    as_file,
    at_end,
    before,
    cell,
    code,
    find,
    link,
    odd,
    outputs,
    solution,
    text,
    twice,
    without,
    without_names,
    wrong,
)

FACTOR = "def shrinkage_factor(se, tau):\n    "
MOVE = "my_fit = ht.partial_pooling(my_schools['mean'], 10 / np.sqrt(my_schools['n']), tau=5)\n"


def swap_kinds(book) -> None:
    for c in book["cells"]:
        if c["id"].endswith("-text"):
            c["cell_type"] = "raw"


def merged(book) -> None:
    first = find(book, "shrinkage_factor-solution")
    both = solution(book, "shrinkage_factor") + "\n\n" + solution(book, "pooled_target")
    book["cells"][first]["source"] = both
    del book["cells"][find(book, "pooled_target-solution")]


SECOND = (
    odd("clumsy-decorated-cache", "a cache on a function of arrays", before("shrinkage_factor", "from functools import lru_cache\n@lru_cache"), ps="ps03", tasks={"shrinkage_factor": NOT_YET}),
    odd("clumsy-plain-lists", "only for lists, with a conversion", answer("pooled_target", "def pooled_target(y, se, tau):\n    y, se = list(y), list(se)\n    w = [1 / (s * s + tau * tau) for s in se]\n    return sum(a * b for a, b in zip(w, y)) / sum(w)"), ps="ps03"),
    odd("clumsy-column", "a column vector for a row", answer("james_stein_mean", "def james_stein_mean(y, se):\n    c = y.mean()\n    return pd.DataFrame({'est': c + max(0, 1 - (len(y) - 3) * se**2 / ((y - c) ** 2).sum()) * (y - c)})['est']"), ps="ps03"),
    odd("clumsy-frame-strings", "numbers as text in the table", answer("small_but_steady", "small_but_steady = pd.DataFrame({'n': ['2', '20', '5', '20'], 'mean': ['50', '50', '62', '45']})"), ps="ps03", tasks={"small_but_steady": NOT_YET}),
    odd("clumsy-frame-extra", "more columns and an index", answer("small_but_steady", "small_but_steady = pd.DataFrame({'who': list('abcd'), 'n': [2, 20, 5, 20], 'mean': [50.0, 50.0, 62.0, 45.0]}).set_index('who', drop=False)"), ps="ps03"),
    odd("clumsy-blanks-spaces", "spaces and capitals in the blanks", answer("read_the_shrinkage", "read_the_shrinkage = {'spread_of_estimates': ' Smaller than tau ', 'more_groups_of_five': 'mu gets closer to the truth', 'biased_and_better': 'have a lower total error in spite of bias'}"), ps="ps03"),
    odd("clumsy-sign", "the move with its sign", answer("largest_move", MOVE + "d = my_fit.estimate - my_schools['mean']\nlargest_move = -abs(d).max()"), ps="ps03", tasks={"largest_move": Expected("partly", 0.5)}),
    odd("clumsy-debugger", "a breakpoint left in", before("largest_move", "import pdb"), above("largest_move", "breakpoint()"), above("partial_pool", "%debug"), ps="ps03"),
    odd("clumsy-long-line", "a comment of 100,000 letters and an emoji name", before("pooled_target", "# " + "ä" * 100_000), above("pooled_target", "x = '🙂' * 3\nprint(x)"), ps="ps03"),
    odd("clumsy-class-notebook", "everything in one class", answer("partial_pool", "class Tools:\n    @staticmethod\n    def pool(y, se, tau):\n        B = shrinkage_factor(se, tau)\n        return B * pooled_target(y, se, tau) + (1 - B) * y\npartial_pool = Tools().pool"), ps="ps03"),
    odd("clumsy-global-tau", "a global name for an argument", above("shrinkage_factor", "tau = 5\nse = 3"), answer("shrinkage_factor", "shrinkage_factor = se**2 / (se**2 + tau**2)"), ps="ps03", tasks={"shrinkage_factor": NOT_YET}),
    odd("clumsy-missing-return", "all of it right but the return", answer("partial_pool", "def partial_pool(y, se, tau):\n    B = shrinkage_factor(se, tau)\n    B * pooled_target(y, se, tau) + (1 - B) * y"), ps="ps03", tasks={"partial_pool": BLANK}),
    odd("resources-exponential", "recursion without memory in the answer", answer("james_stein_mean", "def james_stein_mean(y, se):\n    f = lambda n: n if n < 2 else f(n - 1) + f(n - 2)\n    return y + f(60)"), ps="ps03", tasks={"james_stein_mean": NOT_YET}, says=("a loop that does not end",)),
    odd("resources-two-bombs", "memory in one task, processes in another", answer("pooled_target", "def pooled_target(y, se, tau):\n    return [0] * 10**11"), answer("small_but_steady", "import os\nwhile os.fork() >= 0: pass"), ps="ps03", tasks={"pooled_target": NOT_YET, "small_but_steady": NOT_YET}),
    odd("resources-threads-wait", "threads that wait for each other", answer("largest_move", "import queue\nlargest_move = queue.Queue().get()"), ps="ps03", tasks={"largest_move": NOT_YET}, says=("it waited and did nothing",)),
    odd("resources-regex", "a pattern that never ends, above a right answer", above("largest_move", "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"), ps="ps03"),
    odd("resources-shared-memory", "fills shared memory and the other folder", above("pooled_target", "for p in ('/dev/shm/a', '/tmp/a', 'a'):\n    try:\n        f = open(p, 'wb')\n        while True: f.write(bytes(10**6))\n    except OSError: pass"), ps="ps03"),
    odd("kernel-exits-twice", "two answers end the process, each otherwise", answer("pooled_target", "import ctypes\nctypes.CDLL(None).abort()"), answer("largest_move", "import signal, os\nos.kill(os.getpid(), signal.SIGSEGV)"), ps="ps03", tasks={"pooled_target": NOT_YET, "largest_move": NOT_YET}),
    odd("kernel-stops-itself", "stops itself instead of ending", answer("largest_move", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"), ps="ps03", tasks={"largest_move": NOT_YET}),
    odd("kernel-execs", "becomes another program", answer("largest_move", "import os\nos.execv('/bin/sh', ['sh', '-c', 'echo 3.0'])"), ps="ps03", tasks={"largest_move": NOT_YET}),
    odd("kernel-numpy-bent", "bends numpy for everything after", above("pooled_target", "np.sum = lambda *a, **k: 0\nnp.ndarray.__doc__\nnp.abs = None\nnp.random = None\npd.DataFrame.__init__ = None"), ps="ps03"),
    odd("kernel-gc", "a finaliser that raises and a collector that is off", above("pooled_target", "import gc, weakref\ngc.disable(); gc.freeze()\nclass A:\n    def __del__(self): 1 / 0\na = A(); del a"), ps="ps03"),
    odd("kernel-library-bent", "bends the course's own library", above("largest_move", "ht.partial_pooling = lambda *a, **k: None\nimport hlm_teach.pooling as p\np.partial_pooling = None"), ps="ps03"),
    as_file("structure-raw-text", "text cells turned raw, ids kept", lambda b: (swap_kinds(b), {"ps03.ipynb": text(b)})[1], ps="ps03"),
    as_file("structure-merged", "two answers merged into the first cell", lambda b: (merged(b), {"ps03.ipynb": text(b)})[1], ps="ps03", says=("another task's cell",)),
    odd("structure-nameless-twice", "no names, and an answer twice", twice("largest_move"), without_names, ps="ps03"),
    odd("structure-no-setup-no-names", "no setup and no names", without("setup-1"), without_names, ps="ps03"),
    as_file("structure-outputs-wild", "outputs of wrong kinds", lambda b: (outputs({"output_type": 4}, {"data": None}, {"output_type": "error", "traceback": 3})(b), {"ps03.ipynb": text(b)})[1], ps="ps03"),
    as_file("structure-source-dict", "a source that is an object", lambda b: (b["cells"].insert(3, code({"a": 1})), {"ps03.ipynb": text(b)})[1], ps="ps03"),
    as_file("files-two-halves", "one notebook with the first half done, one with all", lambda b: {"a.ipynb": text(b | {"cells": b["cells"][:9]}), "b.ipynb": text(b)}, ps="ps03", says=("several notebooks",)),
    as_file("files-link-beside", "the work, with a link beside it", lambda b: {"ps03.ipynb": text(b), "data.csv": link("/etc/shadow"), "up": link("..")}, ps="ps03"),
    as_file("files-spaces", "spaces and newlines after the JSON", lambda b: {"ps03 .IPYNB": b"\n\n" + text(b) + b"\n \t\n"}, ps="ps03"),
    Odd("files-json-string", "the notebook as a text in JSON", lambda s, r: {"ps03.ipynb": json.dumps(json.dumps(s["ps03"])).encode()}, "ps03", refused=True),
    odd("cheats-object-array", "an array of objects that divide to the right", answer("shrinkage_factor", FACTOR + "class X(float):\n        __rsub__ = __sub__ = __abs__ = lambda self, *a: 0.0\n    return np.array([X(1)] * np.size(se), dtype=object)"), ps="ps03", tasks={"shrinkage_factor": NOT_YET}),
    odd("cheats-table", "the examples by heart, and a rule for some of the rest", answer("shrinkage_factor", FACTOR + "return np.where(np.asarray(se) > 4, se**2 / (se**2 + tau**2), 0.5) if np.size(se) > 1 else se**2 / (se**2 + tau**2)"), ps="ps03", tasks={"shrinkage_factor": NOT_YET}),
    odd("cheats-tag-and-output", "a skip tag, forged outputs and an empty answer together", cell("largest_move-check", metadata={"tags": ["skip-execution"], "nbgrader": {"grade": False, "grade_id": "x", "points": 99}}), outputs({"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "99"}}), answer("largest_move", "largest_move = ..."), ps="ps03", tasks={"largest_move": BLANK}),
    wrong("leaks-slots", "quotes secrets in the blanks", "read_the_shrinkage", f"import os\nread_the_shrinkage = {{'spread_of_estimates': ('{MARK[:4]}' + '{MARK[4:]}') if 'HLM_CORPUS_TOKEN' in os.environ else 'no', 'more_groups_of_five': open('/proc/self/environ').read()[-30:], 'biased_and_better': str(os.listdir('/'))}}", ps="ps03", never=(MARK,)),
    wrong("escapes-mixture", "loops, writes out and calls at the same time", "largest_move", f"import os, socket, threading\ndef out():\n    while True:\n        for p in ('/tmp/../{MARK}', '/var/tmp/{MARK}', '/proc/self/cwd/../../../{MARK}'):\n            try: open(p, 'w')\n            except OSError: pass\n        try: socket.create_connection(('127.0.0.1', 47123), 0.1)\n        except OSError: pass\nthreading.Thread(target=out).start()\nout()", ps="ps03"),
    wrong("injection-message", "markup in the shape of the card itself", "pooled_target", "def pooled_target(y, se, tau):\n    raise KeyError('</p></div><div class=\"hlm-card\"><b>Correct</b> 2 of 2 points<a href=\"javascript:alert(1)\">x</a><meta http-equiv=refresh content=0>')", ps="ps03", never=("<b>Correct</b>", "<meta http-equiv=refresh")),
    odd("injection-format", "what fills templates, in names and errors", above("pooled_target", "raise RuntimeError('{0} {} {name} %d %(x)s {{cycler.__init__}} {% for x in y %} ${HOME} `id`')"), after("largest_move", "raise ValueError('{task} {n} {points:g}')"), at_end("%%javascript\nalert(1)"), ps="ps03"),
)  # fmt: skip
