"""The jail, under attack and under clumsiness: what one cell does costs that cell alone, and nothing gets out."""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from autograder import jail, sandbox
from autograder.job import read_answer, read_cell
from autograder.limits import Limits
from autograder.sandbox import Cell, Job, Probe, StandIn, Together, run

ROOT = Path(__file__).resolve().parents[2]
SHORT = Limits(cpu_seconds=1, idle_seconds=2, wall_seconds=30, output_bytes=200_000, disk_bytes=8 << 20)

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("jail")]


def asking(*probes):
    """Return a function that asks these probes, once."""
    rounds = iter([probes])
    return lambda found, runs: next(rounds, ())


def go(*sources, probes=(), limits=SHORT, **job):
    """Run cells (dedented), the first of which the teacher wrote, and ask."""
    cells = tuple(Cell(textwrap.dedent(s), locked=n == 0) for n, s in enumerate(("import os", *sources)))
    return run(Job(cells, ask=asking(*probes), **job), limits)


def survives(*sources):
    """Run cells between a name that is set before and one that is read after; return the runs in between."""
    done = go("before = 41", *sources, "after = before + 1", probes=[Probe("k", "after")])
    assert done.answers["k"].value == 42, done
    return done.cells[2:-1]


def text_of(result):
    """Return what a cell printed."""
    return "".join(shown.text for shown in result.shown)


# ---- honest notebooks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("print('ünïcode ≤ 字')", "ünïcode ≤ 字"),
        ("import sys; sys.stderr.write('a warning')", "a warning"),
        ("import warnings; warnings.warn('careful')", "careful"),
        ("%%time\n1 + 1", "2"),
        ("!echo hello", "hello"),
        ("lines = !printf 'a\\nb'\nlines", "['a', 'b']"),
        ("import asyncio\nawait asyncio.sleep(0)\n'done'", "done"),
        ("%matplotlib inline\n%pylab inline", ""),
        ("%timeit -n1 -r1 1 + 1", "loop"),
        ("import ipywidgets; ipywidgets.IntSlider()", "IntSlider"),
        ("import pandas as pd; pd.DataFrame({'a': [1]})", "a"),
        ("from multiprocessing import Pool\nwith Pool(2) as p: print(sum(p.map(abs, [-1, -2])))", "3"),
        ("from concurrent.futures import ThreadPoolExecutor as T\nprint(list(T().map(abs, [-7])))", "[7]"),
        ("get_ipython().run_line_magic('whos', '')", ""),
        ("exit()", ""),
        ("from autograder import check, hint, solution\ncheck('f', 3)", ""),
        (
            "from autograder.progress import due\nfrom autograder import whatever\ndue(), whatever(1)",
            "(None, None)",
        ),
    ],
)
def test_what_worked_in_jupyter_works(source, shown):
    """Do prints, warnings, magics, shell commands, widgets and pools run, and is what they show kept?"""
    (done,) = survives(source)
    assert done.status == "ok", done
    assert shown in text_of(done)


def test_figures_are_kept_as_png_with_their_description():
    """Is a figure rendered, with the alt text that `show` gives it?"""
    source = """
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        plt.show()
        from IPython.display import display
        display({"image/png": b"no picture"}, raw=True)
    """
    (done,) = survives(source)
    assert [one.png[:4] for one in done.shown if one.png] == [b"\x89PNG"]


@pytest.mark.parametrize(
    ("source", "error", "line"),
    [
        ("x = 1\nprint(y)", "NameError", 2),
        ("def f(:", "SyntaxError", 1),
        ("input('your name?')", "EOFError", 1),
        ("import sys\nsys.exit(3)", "SystemExit", 2),
        ("def f():\n    return f()\nf()", "RecursionError", 2),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E", 3),
    ],
)
def test_an_error_is_reported_and_the_notebook_goes_on(source, error, line):
    """Does a cell that raises say with what and in which line, and does what ran before it stay?"""
    (done,) = survives("kept = 1\n" + source)
    assert (done.status, done.error, done.line) == ("raised", error, line + 1)


def test_what_a_failed_cell_did_before_it_failed_stays():
    """Is a cell's state kept up to its error, as in a kernel?"""
    done = go("x = 1\nx = 2\n1 / 0\nx = 3", probes=[Probe("k", "x")])
    assert done.answers["k"].value == 2


# ---- what a cell may bend --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "sum = 5; len = 3; print = None; list = 'x'",
        "import builtins\nbuiltins.len = builtins.isinstance = builtins.open = None\ndel builtins.print",
        "import json\njson.dumps = json.encoder.encode_basestring_ascii = None\njson.JSONEncoder.encode = None",
        "import socket, struct\nsocket.socket = None\nsocket.socket = struct.Struct = print",
        "import numpy as np\nnp.mean = lambda *a: 13\nnp.sum = np.ndarray = None",
        "import pandas as pd\npd.DataFrame.mean = pd.Series = None",
        "import sys\nsys.stdout.close()\nsys.stdout = sys.stderr = None",
        "import sys\nsys.modules['json'] = sys.modules['numpy'] = None",
        "import sys\nsys.setrecursionlimit(60)\nsys.path.clear()\nsys.meta_path.clear()",
        "import sys\nsys.settrace(lambda *a: 1 / 0)",
        "import warnings\nwarnings.simplefilter('error')",
        "import os\nos.chdir('/')\nos.environ.clear()",
        "import os\nos.mkdir('d'); os.chdir('d'); os.rmdir('../d')",
        "import gc\ngc.disable()\ngc.callbacks.append(lambda *a: 1 / 0)",
        "import locale\nlocale.setlocale(locale.LC_ALL, 'C')",
        "__builtins__ = {}",
        "import os\nos.closerange(0, 1000)",
        "import os\nfor fd in range(3, 100):\n    try: os.write(fd, b'\\x00\\x00\\x00\\x05hello')\n    except OSError: pass",
        "f = []\ntry:\n    while True: f.append(open('/dev/null'))\nexcept OSError: pass",
        "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nsignal.alarm(1)",
        "import os\npid = os.fork()",
        "get_ipython().run_cell = get_ipython().user_ns.clear",
        "import threading\ndef spin():\n    while True: globals()['after'] = 0\nthreading.Thread(target=spin, daemon=True).start()",
    ],
)
def test_what_one_cell_bends_is_straight_for_the_next(source):
    """After overwritten built-ins, patched modules, closed files, threads and forks: do cells and calls work as before?"""
    function = """
        import json
        import numpy as np
        def f(x):
            return json.loads(json.dumps({"n": len(list(x)), "mean": float(np.mean(x)), "sum": float(sum(x))}))
    """
    ask = Probe("f", "f", {"x": np.array([1.0, 2.0, 6.0])})
    done = go("import os", source, function, probes=[ask], limits=Limits(cpu_seconds=5, idle_seconds=5))
    assert done.answers["f"].value == {"n": 3, "mean": 3.0, "sum": 9.0}, done


def test_a_shadowed_builtin_is_tried_again_and_said():
    """Is a cell that fails because of an earlier `sum = 5` run again with the built-in, and is it noted?"""
    bent, straight = survives("sum = 5", "total = sum([1, 2])")
    assert (bent.status, straight.status, straight.retried) == ("ok", "ok", True)


def test_names_of_the_locked_cells_come_back():
    """Does a later cell find what a locked cell gave, though the student used the name for something else?"""
    cells = (Cell("import numpy as np", locked=True), Cell("np = 3"), Cell("x = float(np.sqrt(4.0))"))
    done = run(Job(cells, ask=asking(Probe("k", "x"), Probe("np", "np"))), SHORT)
    assert (done.answers["k"].value, done.answers["np"].value) == (2.0, 3)


def test_a_function_is_asked_in_the_state_after_its_own_cell():
    """Can a later cell break what an earlier one had right?"""
    cells = (Cell("def f(x): return x", keep=("f",)), Cell("def f(x): return -x"))
    own, last = Probe("own", "f", {"x": 1}, state="f"), Probe("last", "f", {"x": 1})
    done = run(Job(cells, ask=asking(own, last)), SHORT)
    assert (done.answers["own"].value, done.answers["last"].value) == (1, -1)


def test_random_numbers_go_on_from_cell_to_cell():
    """Does a seed set in one cell hold in the next, for both generators, as in a kernel?"""
    import random

    own, numpys = random.Random(7), np.random.RandomState(7)
    expected = [own.random(), float(numpys.random_sample())]
    seed = "import random\nimport numpy as np\nrandom.seed(7); np.random.seed(7)"
    done = go(seed, "x = [random.random(), float(np.random.rand())]", probes=[Probe("k", "x")])
    assert done.answers["k"].value == expected


# ---- resources -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("while True: pass", "cpu"),
        ("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", "cpu"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "cpu"),
        ("9 ** 9 ** 9 ** 9", "cpu"),
        ("import os\nfor _ in range(3): os.fork()\nwhile True: pass", "cpu"),
        ("import time\nwhile True: time.sleep(100)", "idle"),
        ("import threading\nthreading.Lock().acquire() and threading.Event().wait()", "idle"),
        ("import os\nos.read(os.pipe()[0], 1)", "idle"),
    ],
)
def test_a_cell_without_end_ends(source, why):
    """Is a loop ended by its processor time, and a sleep by its idleness?"""
    (done,) = survives(source)
    assert (done.status, done.message) == ("timeout", why)
    assert done.cpu_seconds < 2.5


def test_the_clock_on_the_wall_is_the_backstop():
    """Does a cell that dozes, a little awake all the time, end by the clock?"""
    limits = Limits(cpu_seconds=60, idle_seconds=1000, wall_seconds=2)
    done = go("import time\nwhile True: time.sleep(0.001)", "x = 1", limits=limits)
    assert [(c.status, c.message) for c in done.cells[1:]] == [("timeout", "wall"), ("ok", "")]


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os; os._exit(3)",
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 9)",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.kill(os.getppid(), 9); os._exit(0)",
        "import os; os.kill(-1, 9); os._exit(0)",
        "import os; os.fork() or os.kill(os.getppid(), 9)",
    ],
)
def test_a_cell_that_ends_its_process_costs_itself_alone(source):
    """After exit, abort, a segmentation fault or a kill, of itself, its parent or all: does the notebook go on?"""
    (done,) = survives(source)
    assert done.status == "crashed", done


def test_killing_everything_but_oneself_costs_nothing():
    """If a cell kills every other process it can and goes on, does the notebook?"""
    for source in ("import os; os.kill(-1, 9)", "import os; os.kill(1, 9); os.kill(os.getppid(), 9)"):
        (done,) = survives(source)
        assert done.status == "ok"


@pytest.mark.parametrize(
    "bomb",
    [
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "import os\nwhile True: os.fork()",
    ],
)
def test_a_fork_bomb_is_bounded_and_swept_away(bomb):
    """Does a fork bomb, also one that stops at the first refusal, cost its cell alone, and is nothing of it left in the next?"""
    count = "import os\nalive = len([p for p in os.listdir('/proc') if p.isdigit()])"
    done = go(bomb, count, "x = 1", probes=[Probe("k", "alive")], limits=Limits(cpu_seconds=3))
    assert done.cells[1].status in ("timeout", "crashed", "memory", "raised")
    assert [c.status for c in done.cells[2:]] == ["ok", "ok"]
    assert done.answers["k"].value < 10
    assert done.cpu_seconds < 40


@pytest.mark.parametrize(
    "source",
    [
        "hog = []\nwhile True: hog.append(bytearray(1 << 24))",
        "import numpy as np\nnp.ones(1 << 40)",
        "import os\nhog = []\nfor _ in range(5): os.fork()\nwhile True:\n    try: hog.append(os.urandom(1 << 22))\n    except MemoryError: pass",
    ],
)
def test_memory_is_bounded(source):
    """Does a cell that hogs memory, alone or with many processes, end with that said, and cost itself alone?"""
    limits = Limits(cpu_seconds=20, idle_seconds=5, memory_bytes=200 << 20)
    done = go("before = 1", source, "after = before", probes=[Probe("k", "after")], limits=limits)
    hog = done.cells[2]
    assert hog.status == "memory" or (hog.status, hog.error[-11:]) == ("raised", "MemoryError"), hog
    assert done.answers["k"].value == 1


def test_what_filled_the_memory_is_gone_afterwards():
    """After a cell that ran out of memory, does the notebook go on from before it, with room for the next cells?"""
    limits = Limits(cpu_seconds=20, idle_seconds=5, memory_bytes=300 << 20)
    hog = "hog = []\nwhile True:\n    hog.append(bytearray(10**7))"
    done = go(
        "before = 1",
        hog,
        "left = 'hog' in globals()\nroom = len(bytearray(250 << 20))",
        probes=[Probe("k", "left"), Probe("r", "room")],
        limits=limits,
    )
    assert (done.cells[2].status, done.cells[3].status) == ("memory", "ok"), done.cells
    assert done.answers["k"].value is False and done.answers["r"].value == 250 << 20


@pytest.mark.parametrize("source", ["print('x' * 30_000_000)", "!yes | head -c 30000000", "[0] * 10_000_000"])
def test_output_is_bounded_and_costs_no_marks(source):
    """Does a cell that shows too much go on, with the beginning kept?"""
    done = go(source, "x = 1", probes=[Probe("k", "x")], limits=Limits(output_bytes=200_000))
    assert done.cells[1].status == "ok"
    assert 1000 < sum(len(text_of(c)) for c in done.cells) < 200_000
    assert done.answers["k"].value == 1


def test_an_endless_print_is_a_loop():
    """Is `while True: print(…)` ended by its processor time, with little kept?"""
    (done,) = survives("while True: print('x' * 10_000)")
    assert done.status == "timeout"


def test_disk_is_bounded():
    """Does a cell that writes without end meet a full disk, without a trace in the next submission?"""
    source = "with open('{}/big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))"
    places = [source.format(where) for where in ("/home/student", "/tmp", "/dev/shm")]
    done = go(*places, limits=Limits(cpu_seconds=5, disk_bytes=8 << 20))
    assert [c.error for c in done.cells[1:]] == ["OSError"] * 3
    look = "import os\nseen = [os.listdir(d) for d in ('/home/student', '/tmp', '/dev/shm')]"
    python = (
        [Path(sys.prefix).parts[2]] if sys.prefix.startswith("/tmp/") else []
    )  # the tests' own environment
    assert go(look, probes=[Probe("k", "seen")]).answers["k"].value == [[], python, []]


@pytest.mark.parametrize("place", ["/home/teacher/course/kept", "/tmp/course/kept"])
def test_a_python_in_somebodys_home_can_be_read(place):
    """Does what is mounted below /home or /tmp stay in sight when a submission gets folders of its own there?"""
    trial = str(jail.PACKAGE / "inside" / "namespaces.py")
    command = [*jail._walls(), *jail._system(), *jail._python(()), "--ro-bind", trial, "/trial.py"]
    for missing, code in (("", 0), ("/not/there", 1)):
        inside = [sys.executable, "-S", "/trial.py", place, *([missing] if missing else [])]
        done = subprocess.run(
            [*command, "--ro-bind", "/etc", place, "--", *inside], check=False, capture_output=True
        )
        assert done.returncode == code, done.stderr


def test_the_whole_submission_is_bounded():
    """Are cells left out once the submission has used up all its processor time?"""
    limits = Limits(cpu_seconds=1, total_cpu_seconds=2.5)
    done = go(*["while True: pass"] * 4, limits=limits)
    assert [c.status for c in done.cells[1:]] == ["timeout"] * 3 + ["not run"]


def test_nothing_is_left_running():
    """Does any process of a submission outlive it, even one that left its session and its parent?"""
    mark = f"{os.getpid()}31.4159"
    source = f"""
        import subprocess, os
        if os.fork() == 0:
            os.setsid()
            subprocess.Popen(["sleep", "{mark}"], start_new_session=True)
            os._exit(0)
        subprocess.Popen(["sleep", "{mark}"], start_new_session=True)
        x = 1
    """
    done = go(source, probes=[Probe("k", "x")])
    assert done.answers["k"].value == 1
    lines = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    assert not [line for line in lines if mark.encode() in line]


def _burn(until: float) -> None:
    while time.monotonic() < until:
        pass


def test_the_same_result_on_a_busy_machine():
    """With four processes fighting for the processor: does a cell under its limit pass, and one above it fail?"""
    work = "import time\nwhile time.process_time() < {}: pass\nx = 1"
    busy = [
        multiprocessing.get_context("spawn").Process(target=_burn, args=(time.monotonic() + 25,))
        for _ in range(4)
    ]
    for process in busy:
        process.start()
    try:
        done = go(work.format(0.7), work.format(5), limits=Limits(cpu_seconds=2, idle_seconds=1))
    finally:
        for process in busy:
            process.kill()
    assert [c.status for c in done.cells[1:]] == ["ok", "timeout"]


# ---- what can be seen ------------------------------------------------------------------------------------------------


def test_files_of_the_machine_are_not_there(tmp_path):
    """Are the course, its seed, the lessons' sources, the exercises, homes and other folders out of sight?"""
    secret = tmp_path / "other-student.ipynb"
    secret.write_text("secret")
    homes = [Path.home(), "/root", "/home/" + os.environ.get("USER", "x")]
    paths = [secret, tmp_path, ROOT / "course", ROOT / "lessons", ROOT / ".git", ROOT / "autograder", *homes]
    paths += [
        "/etc/shadow",
        "/etc/ssh",
        "/var",
        "/srv",
        "/mnt",
        "/run",
        "/sys",
        "/proc/1/environ",
        "/proc/1/mem",
    ]
    source = f"""
        import os
        seen = []
        for path in {[str(p) for p in paths]!r}:
            try:
                seen.append((path, os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(9)))
            except OSError:
                pass
        seen = repr(seen)
    """
    seen = ast.literal_eval(go(source, probes=[Probe("k", "seen")]).answers["k"].value)
    pythons = [Path(sys.prefix), Path(sys.base_prefix).resolve(), Path(sys.base_prefix)]
    for path, listing in seen:  # a folder on the way to Python shows that way and nothing else
        below = [p.relative_to(path).parts for p in pythons if p.is_relative_to(path)]
        assert below and set(listing) <= {parts[0] for parts in below if parts}, (path, listing)


@pytest.mark.parametrize(
    "module",
    [
        "autograder.exercises",
        "autograder.exercises.lesson_03",
        "autograder.compare",
        "autograder.grade",
        "course",
    ],
)
def test_the_reference_is_not_there(module):
    """Can a submission import the exercises, with their answers and known mistakes, or the judge?"""
    (done,) = survives(f"import {module}")
    assert done.error == "ModuleNotFoundError"


def test_of_ours_nothing_but_the_kit_is_in_sight():
    """Which files of this project can a submission find, wherever Python and its packages lie?"""
    source = f"""
        import os
        found = sorted({{
            f for top in ("/opt", "/home", "/root", "/srv", {sys.prefix!r}, {sys.base_prefix!r}) for d, _, fs in os.walk(top)
            for f in fs if f.endswith(".py") and {{"autograder", "course", "lessons"}} & set(d.split("/"))}})
    """
    inside = {path.name for path in (ROOT / "autograder" / "inside").glob("*.py")} - {"stub.py"}
    found = go(source, probes=[Probe("k", "found")], limits=Limits()).answers["k"].value
    assert set(found) == inside | {"answers.py", "exercise.py", "worker.py"}


def test_a_folder_inside_pythons_own_can_be_hidden():
    """If this package is installed beside the others, or the course lies there: can it be covered?"""
    folder = Path(pytest.__file__).parent
    sandbox.hide(folder)
    try:
        (done,) = survives(
            f"import os\nassert os.listdir({str(folder)!r}) == []\nopen({str(folder)!r} + '/x', 'w')"
        )
    finally:
        sandbox._hidden.discard(folder)
        sandbox.close()
    assert done.error == "OSError"


def test_the_environment_is_not_passed_on(monkeypatch):
    """Does a secret in the teacher's environment reach a submission, its own or through /proc?"""
    sandbox.close()
    monkeypatch.setenv("HLM_TERM_SEED", "the-seed-of-the-term")
    source = """
        import os, glob
        seen = str(dict(os.environ)) + str([open(p, 'rb').read() for p in glob.glob('/proc/*/environ') if os.access(p, os.R_OK)])
        seen = "the-seed" in seen
    """
    done = go(source, probes=[Probe("k", "seen")])
    sandbox.close()
    assert done.answers["k"].value is False


def test_there_is_no_network():
    """Can a submission reach a server on the machine, by address or by an abstract name, or look up a name?"""
    server, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0hlm-test-{os.getpid()}")
    abstract.listen()
    with server, abstract:
        for control in (server.getsockname(), f"\0hlm-test-{os.getpid()}"):  # from here both can be reached
            family = socket.AF_UNIX if isinstance(control, str) else socket.AF_INET
            with socket.socket(family) as line:
                line.connect(control)
        source = f"""
            import socket
            reached = []
            for family, address in [
                (socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})),
                (socket.AF_UNIX, "\\0hlm-test-{os.getpid()}"),
                (socket.AF_INET, ("192.0.2.1", 80)),
            ]:
                try:
                    socket.socket(family).connect(address)
                    reached.append(address)
                except OSError:
                    pass
            try:
                reached.append(socket.getaddrinfo("example.org", 80))
            except OSError:
                pass
        """
        assert go(source, probes=[Probe("k", "reached")]).answers["k"].value == []


def test_a_submission_has_no_rights():
    """Is it an ordinary user without capabilities, who can make no name space, mount nothing and change no setting?"""
    source = """
        import ctypes, os
        libc = ctypes.CDLL(None)
        status = open("/proc/self/status").read()
        caps = [line.split()[1].strip("0") for line in status.splitlines() if line.startswith("Cap")]
        tries = [libc.unshare(0x10000000), libc.unshare(0x20000), libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)]
        for path in ("/usr/x", "/opt/hlm/x", "/x", "/etc/x", "/dev/x", "/proc/sys/kernel/core_pattern"):
            try:
                open(path, "a").close()
                tries.append(path)
            except OSError:
                tries.append(-1)
        rights = (os.getuid(), set(caps) == {""}, set(tries) == {-1})
    """
    assert go(source, probes=[Probe("k", "rights")]).answers["k"].value == (1000, True, True)


def test_memory_that_no_limit_would_count_cannot_be_made():
    """Are anonymous files and System V segments refused, while shared memory in the bounded folder works?"""
    source = """
        import ctypes, os
        from multiprocessing import shared_memory
        libc = ctypes.CDLL(None)
        made = [libc.shmget(0, 1 << 30, 0o1600), libc.msgget(0, 0o1600)]
        try:
            made.append(os.memfd_create("x"))
        except PermissionError:
            made.append(-1)
        block = shared_memory.SharedMemory(create=True, size=1000)
        block.unlink()
    """
    done = go(source, probes=[Probe("k", "made")])
    assert (done.cells[1].status, done.answers["k"].value) == ("ok", [-1] * 3), done


def test_no_open_file_leads_out():
    """Does a submission inherit any descriptor beyond its standard three?"""
    source = """
        import os
        seen = sorted({os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")})
    """
    seen = go(source, probes=[Probe("k", "seen")]).answers["k"].value
    assert set(seen) <= {"/dev/null"} | {s for s in seen if s.startswith("/proc/")}, seen


def test_hidden_inputs_are_sent_after_every_cell_has_run():
    """When the grader is asked what to probe, is the notebook's run complete?"""
    seen = []

    def ask(found, runs):
        seen.append((len(found), [r.status for r in runs]))
        return () if found else [Probe("k", "x")]

    done = run(Job((Cell("x = 1"), Cell("1 / 0")), ask=ask), SHORT)
    assert seen == [(0, ["ok", "raised"]), (1, ["ok", "raised"])]
    assert done.answers["k"].value == 1


def test_data_are_the_students_own():
    """Does `assignment_data` give the set that was sent, whatever student is asked for, and a fresh one each time?"""
    source = """
        from autograder import assignment_data
        from autograder.student_data import assignment_data as other
        a, b = assignment_data("ps02", student="ben"), other("ps02")
        a["x"] = 0
        got = (STUDENT, list(b["x"]))
    """
    import pandas as pd

    done = go(source, probes=[Probe("k", "got")], sets={"ps02": pd.DataFrame({"x": [1, 2]})}, student="anna")
    assert done.answers["k"].value == ("anna", [1, 2])


# ---- calls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("while True: pass", "timeout"),
        ("import time; time.sleep(1000)", "timeout"),
        ("import os; os._exit(0)", "crashed"),
        ("import os; os.kill(os.getppid(), 9); os._exit(0)", "crashed"),
        ("raise KeyError('a hidden 7.25')", "raised"),
        ("import sys; sys.exit()", "raised"),
        ("return f(x)", "raised"),
        ("return bytearray(1 << 36)", "memory"),
        ("return object()", "unreadable"),
        ("return type('float', (float,), {'__class__': float})(2.0)", "unreadable"),
        ("return (n for n in [x])", "unreadable"),
        ("return [0.5] * 10_000_000", "unreadable"),
        ("y = []\n    for _ in range(100_000): y = [y]\n    return y", "unreadable"),
        ("...", "not attempted"),
        ("return ...", "not attempted"),
    ],
)
def test_a_call_that_goes_wrong_says_how(body, problem):
    """For each way in which a call gives no plain value: is it named, and does the next call work?"""
    cell = f"def f(x):\n    if x == 2: return 'fine'\n    {body}"
    bad, good = Probe("bad", "f", {"x": 1}, group="bad"), Probe("good", "f", {"x": 2}, group="good")
    done = go(cell, probes=[bad, good], limits=Limits(cpu_seconds=1, idle_seconds=1, memory_bytes=300 << 20))
    assert done.answers["bad"].problem == problem, done.answers
    assert "7.25" not in done.answers["bad"].detail
    assert done.answers["good"].value == "fine"


def test_each_call_is_made_afresh():
    """Do calls see what earlier calls changed, in their arguments or in global names?"""
    cell = "n = 0\ndef f(x):\n    global n\n    n += 1\n    x.sort()\n    return [n, float(x[0])]"
    ask = [Probe(str(i), "f", {"x": np.array([3.0, 1.0])}) for i in range(2)]
    assert [a.value for a in go(cell, probes=ask).answers.values()] == [[1, 1.0]] * 2


def test_calls_put_together_run_in_one_process():
    """Do calls that are put together share state, and does one that dies take the others along, with that said?"""
    cell = "n = 0\ndef f(x):\n    global n\n    n += 1\n    if x < 0: import os; os._exit(1)\n    return n"
    three = Together(tuple(Probe(str(i), "f", {"x": i}) for i in range(3)))
    dies = Together(tuple(Probe(f"dies{i}", "f", {"x": i}) for i in (1, -1)))
    done = go(cell, probes=[three, dies, Probe("after", "f", {"x": 1})]).answers
    assert [done[str(i)].value for i in range(3)] == [1, 2, 3]
    assert [done[f"dies{i}"].problem for i in (1, -1)] == ["crashed", "crashed"]
    assert done["after"].value == 1


def test_calls_of_one_function_share_their_time():
    """Is a function that never ends tried once, not on every case?"""
    ask = [Probe(str(i), "f", {"x": i}, group="f") for i in range(5)]
    done = go("def f(x):\n    while True: pass", probes=ask)
    assert {a.problem for a in done.answers.values()} == {"timeout"}
    assert done.cpu_seconds < 3


def test_a_stand_in_takes_the_place_of_what_is_missing():
    """Can a function be tried although one that it calls was never written?"""
    stand_ins = {"g": StandIn(5.0, call=True), "k": StandIn(2.0, call=False)}
    ask = Probe("k", "f", {"x": 1.0}, stand_ins=stand_ins)
    assert go("def f(x): return g(x, 'anything') + k + x", probes=[ask]).answers["k"].value == 8.0


def test_a_cell_can_be_run_again_for_one_question():
    """With something standing in: is the value what its cell gives now, and for this question only?"""
    again = Probe("again", "x", stand_ins={"g": StandIn(5.0, call=True)}, source="x = g() + 1")
    done = go("x = g() + 1", "x = 0", probes=[again, Probe("now", "x")])
    assert (done.answers["again"].value, done.answers["now"].value) == (6.0, 0)


def test_a_function_may_print_megabytes():
    """Does output from a call cost anything but time?"""
    done = go("def f(x):\n    print('y' * 20_000_000)\n    return x", probes=[Probe("k", "f", {"x": 1})])
    assert done.answers["k"].value == 1


# ---- the sandbox itself ----------------------------------------------------------------------------------------------


@pytest.fixture
def undetected():
    """Ask again whether there is a sandbox, in the test and after it."""
    sandbox.detect.cache_clear()
    yield
    sandbox.detect.cache_clear()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (None, "apt-get install bubblewrap"),
        (
            "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1",
            "cannot make a sandbox (bwrap: setting up uid",
        ),
        ("exit 1", "no reason given"),
        (
            "echo 'PermissionError: may not read /root/x' >&2; exit 1",
            "of no use: PermissionError: may not read /root/x",
        ),
    ],
)
def test_a_missing_or_broken_sandbox_says_what_to_do(script, sentence, tmp_path, monkeypatch, undetected):
    """Without bubblewrap, or where it fails: does `detect` say what is wrong, and `run` refuse with that?"""
    sandbox.close()
    if script:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sentence in sandbox.detect()
    with pytest.raises(sandbox.SandboxUnavailable) as refused:
        run(Job((Cell("x = 1"),)), SHORT)
    assert sentence in str(refused.value)


def test_a_python_that_lies_in_a_home_folder_itself_is_refused(tmp_path, monkeypatch, undetected):
    """If Python's prefix is somebody's home: is nothing mounted, and is that said?"""
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "anna"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "home"))
    assert "holds a home folder" in sandbox.detect()


def test_a_lost_jail_is_started_again():
    """If the warm process is killed in the middle, is the submission run again from the start?"""
    asked = []

    def ask(found, runs):
        asked.append(1)
        if len(asked) == 1:
            sandbox._jails[(os.getpid(), "bwrap")].process.kill()
        return () if found else [Probe("k", "x")]

    assert run(Job((Cell("x = 1"),), ask=ask), SHORT).answers["k"].value == 1
    assert len(asked) == 3


def test_a_jail_lost_each_time_is_our_failure():
    """Lost three times: is that said as a failure of the sandbox, with what to do?"""

    def ask(found, runs):
        sandbox._jails[(os.getpid(), "bwrap")].process.kill()
        return [Probe("k", "x")]

    with pytest.raises(sandbox.SandboxFailure, match="3 times"):
        run(Job((Cell("x = 1"),), ask=ask), SHORT)


def test_without_walls_only_by_name():
    """Does "process" work where it is asked for, is it marked, and is a wrong name refused?"""
    cells = (Cell("while True: pass"), Cell("import os; os._exit(1)"), Cell("x = 1"))
    done = run(Job(cells, ask=asking(Probe("k", "x"))), SHORT, "process")
    assert ([c.status for c in done.cells], done.answers["k"].value) == (["timeout", "crashed", "ok"], 1)
    assert done.isolation == "process"
    with pytest.raises(ValueError, match='"bwrap" or "process"'):
        run(Job(()), SHORT, "none")


def _python_for_everybody() -> list[str]:
    """Return what to put before a command so that a Python below a closed folder (/root, say) can be run by anybody."""
    closed, words = {}, []
    for place in (Path(sys.prefix), Path(sys.base_prefix).resolve()):
        for parent in reversed(place.parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, set()).add(place)
                break
    for parent, places in closed.items():
        words += ["--perms", "0755", "--tmpfs", str(parent)]
        for place in places:
            steps = [p for p in reversed(place.parents) if p.is_relative_to(parent) and p != parent]
            words += [w for p in steps for w in ("--perms", "0755", "--dir", str(p))]
            words += ["--ro-bind", str(place), str(place)]
    return ["bwrap", "--dev-bind", "/", "/", *words, "--cap-add", "ALL", "--"] if closed else []


@pytest.mark.skipif(os.geteuid() != 0, reason="shows that it works without root, so it starts as root")
def test_it_works_for_an_ordinary_user():
    """Does the jail stand, with its limits, where the teacher is not root?"""
    source = """
        import json
        from autograder.sandbox import *
        from autograder.limits import Limits
        rounds = iter([[Probe("k", "me")]])
        cells = (Cell("while True: pass"), Cell("import os; me = [os.getuid(), len(os.listdir('/proc')) > 5]"))
        done = run(Job(cells, ask=lambda found, runs: next(rounds, ())), Limits(cpu_seconds=1))
        print(json.dumps([done.cells[0].status, done.answers["k"].value]))
    """
    code = textwrap.dedent(source)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "MPLCONFIGDIR": "/tmp/hlm-nobody",
        "TMPDIR": "/tmp",
    }
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    command = [*_python_for_everybody(), *nobody, sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["timeout", [1000, True]]


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {"status": "graded"},
        {"status": ["ok"]},
        {"status": "ok", "outputs": 3, "line": "x", "cpu": "y"},
        {
            "status": "ok",
            "outputs": [None, {"png": "<svg>"}, {"png": 5}, {"text": ["a"]}, {"html": "<script>"}],
        },
        {"status": "raised", "error": "E" * 1000, "message": {"a": 1}, "line": 10**30, "cpu": 1e300},
    ],
)
def test_whatever_is_reported_is_read_without_harm(message):
    """Is every malformed report read as a bounded record of plain values?"""
    read = read_cell(message)
    assert read.shown == () and read.line is None and read.cpu_seconds == 0.0
    assert len(read.error) <= 60 and read.message in ("", "no report")
    assert read_answer(message).problem == "unreadable"
