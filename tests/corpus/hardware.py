"""Submissions that use too much, or shake the interpreter that they run in."""

from __future__ import annotations

from corpus.record import BLANK, MARK, NOT_YET, above, after, answer, at_end, before, odd, wrong

SLOPE = "common_slope = smf.ols('math ~ C(school) + homework', my_pupils).fit().params['homework']"
HEAD = "def partial_means(mean, n, sigma, tau, mu):\n    "
WAITED, LOOPS, MEMORY = "it waited and did nothing", "a loop that does not end", "more memory"
FORKS = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
THREADS = "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,)).start()"
SURVIVOR = f"import subprocess\nsubprocess.Popen(['sh', '-c', 'sleep 600 # {MARK}'], start_new_session=True)"
DOUBLE_FORK = f"import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        open('{MARK}', 'w').close()\n        time.sleep(600)\n    os._exit(0)"
DEAF = "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
TRACE = "import sys\ndef spoil(frame, event, arg):\n    raise RuntimeError('traced')\nsys.settrace(spoil)"
HOOK = "import sys, builtins\nclass No:\n    def find_spec(self, *a): raise ImportError('no more imports')\nsys.meta_path.insert(0, No())\ndef refuse(*a, **k): raise ImportError('none')\nbuiltins.__import__ = refuse"
MODULES = "import sys\nfor name in list(sys.modules):\n    if name.split('.')[0] in ('json', 'numpy', 'autograder', 'IPython', 'socket'):\n        del sys.modules[name]"
CLOSE = "import os\nos.closerange(0, 1024)"
LIMITS = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))"
FIGURES = "import matplotlib.pyplot as plt\nfor i in range(30):\n    plt.figure(figsize=(12, 12), dpi=150); plt.imshow(np.random.rand(300, 300)); plt.show()"
THREAD_LEFT = "import threading, time\ndef spoil():\n    while True:\n        globals()['partial_means'] = 0\n        time.sleep(0.01)\nthreading.Thread(target=spoil, daemon=True).start()"
ATEXIT = f"import atexit, weakref\natexit.register(lambda: open('/tmp/{MARK}', 'w').write('x'))\natexit.register(lambda: 1 / 0)"

RESOURCES = (
    wrong("resources-loop", "a loop for ever", "common_slope", "while True:\n    pass", says=(LOOPS,)),
    wrong("resources-loop-when-called", "a function that never ends", "partial_means", HEAD + "while True: pass", says=(LOOPS,)),
    wrong("resources-sleep", "sleeps for ever", "common_slope", "import time\ntime.sleep(10**6)", says=(WAITED,)),
    wrong("resources-sleep-when-called", "a function that sleeps", "partial_means", HEAD + "import time; time.sleep(10**6)", says=(WAITED,)),
    wrong("resources-deadlock", "waits for a lock that it holds", "common_slope", "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", says=(WAITED,)),
    wrong("resources-memory", "a list without end", "common_slope", "x = []\nwhile True:\n    x.append(bytearray(10**7) if len(x) % 2 else bytes(10**7))", says=(MEMORY,)),
    wrong("resources-huge-array", "an array of a terabyte", "common_slope", "common_slope = np.ones((10**6, 10**5)).mean()", says=(MEMORY,)),
    wrong("resources-memory-when-called", "a function that asks for too much", "partial_means", HEAD + "return np.ones((10**5, 10**5))", says=(MEMORY,)),
    wrong("resources-fork-bomb", "a fork bomb", "common_slope", FORKS),
    wrong("resources-thread-bomb", "threads without end", "common_slope", THREADS),
    odd("resources-output", "prints ten megabytes", after("common_slope", "print('x' * 10**7)")),
    odd("resources-endless-output", "prints for ever in a cell of its own", above("partial_means", "while True:\n    print('again and again')")),
    odd("resources-figures", "thirty large figures", above("common_slope", FIGURES)),
    odd("resources-disk", "fills the disk", above("common_slope", "with open('big', 'wb') as f:\n    while True:\n        f.write(bytes(10**6))"), at_end("for i in range(50000): open(f'f{i}', 'w')")),
    wrong("resources-recursion", "calls itself", "partial_means", HEAD + "return partial_means(mean, n, sigma, tau, mu)", says=("keeps calling itself",)),
    wrong("resources-one-long-step", "one step that cannot be interrupted", "common_slope", "common_slope = len(str(7 ** 10**9))", says=(LOOPS,)),
    wrong("resources-answer-huge", "ten million numbers", "common_slope", "common_slope = np.arange(10**7) * 1.0"),
    wrong("resources-answer-deep", "a list in a list in a list", "common_slope", "common_slope = []\nfor i in range(5000):\n    common_slope = [common_slope]"),
    wrong("resources-answer-itself", "a list that holds itself", "common_slope", "common_slope = []\ncommon_slope.append(common_slope)"),
    wrong("resources-waits-for-child", "waits for a program that does not end", "common_slope", "!sleep 10000", says=(WAITED,)),
)  # fmt: skip

KERNEL = (
    wrong("kernel-exit", "ends the process", "common_slope", "import os\nos._exit(0)"),
    wrong("kernel-exit-when-called", "a function that ends the process", "partial_means", HEAD + "import os; os._exit(0)"),
    wrong("kernel-kill-self", "kills itself", "common_slope", "import os\nos.kill(os.getpid(), 9)"),
    odd("kernel-kill-parent", "kills its parent first", before("partial_means", "import os\ntry: os.kill(os.getppid(), 9)\nexcept OSError: pass")),
    wrong("kernel-kill-all", "kills all that it can", "common_slope", "import os\nos.kill(-1, 9)", to=BLANK),
    wrong("kernel-segfault", "reads address 0", "common_slope", "import ctypes\nctypes.string_at(0)"),
    odd("kernel-abort", "aborts in a cell of its own", above("common_slope", "import os\nos.abort()")),
    odd("kernel-import-fails", "an import that does not exist", above("common_slope", "import tensorflow_that_is_not_there\nfrom helpers import *")),
    odd("kernel-close-all", "closes every descriptor", above("common_slope", CLOSE), before("partial_means", CLOSE)),
    odd("kernel-no-stdout", "takes the streams away", above("common_slope", "import sys\nsys.stdout = sys.stderr = None\nsys.stdin = 3"), at_end("import sys\nsys.stdout.close()")),
    odd("kernel-atexit", "something for the end", above("common_slope", ATEXIT)),
    odd("kernel-deaf", "ignores every signal", above("common_slope", DEAF)),
    wrong("kernel-deaf-loop", "ignores every signal and loops", "common_slope", DEAF + "while True:\n    try:\n        while True: pass\n    except BaseException: pass", says=(LOOPS,)),
    odd("kernel-trace", "a trace function that raises", above("common_slope", TRACE)),
    odd("kernel-import-hook", "no imports any more", above("mse_three_ways", HOOK)),
    odd("kernel-modules", "throws modules away", above("mse_three_ways", MODULES)),
    odd("kernel-thread-left", "a thread that goes on overwriting a later answer", after("common_slope", THREAD_LEFT)),
    odd("kernel-process-left", "a program that goes on", above("common_slope", SURVIVOR)),
    odd("kernel-daemon", "a process that leaves its family", above("common_slope", DOUBLE_FORK)),
    odd("kernel-limits", "takes its own limits away", at_end(LIMITS), above("read_the_shrinkage", LIMITS), ps="ps03"),
    odd("kernel-shell-patched", "changes the shell", above("mse_three_ways", "get_ipython().run_cell = lambda *a, **k: None\nget_ipython().user_ns_hidden.clear()\nget_ipython().ast_node_interactivity = 'none'")),
    odd("kernel-transformer", "changes what later cells say", above("mse_three_ways", "get_ipython().input_transformers_cleanup.append(lambda lines: ['1/0\\n'])")),
    odd("kernel-alarm", "an alarm that rings later", above("common_slope", "import signal\nsignal.signal(signal.SIGALRM, lambda *a: 1 / 0)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)")),
    odd("kernel-forks-on", "goes on in two processes", before("partial_means", "import os\nos.fork()")),
    odd("kernel-exception-odd", "raises what is no error", above("common_slope", "class E(BaseException):\n    def __str__(self): raise SystemExit\nraise E()"), answer("partial_means", "raise KeyboardInterrupt"),
        tasks={"partial_means": NOT_YET}),
)  # fmt: skip
