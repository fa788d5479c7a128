#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants drawn over all of src, and whether the tests catch them.

    tests/mutants/drawn.py draw [-n N] [-s SEED]            lists them
    tests/mutants/drawn.py judge -d DIRECTORY [-n N] [-s SEED] [--part I/N] [--minutes M] [--only STAGE]
    tests/mutants/drawn.py judge -d OTHER --again DIRECTORY...   what survived there, in today's tree
    tests/mutants/drawn.py report -d DIRECTORY...           caught and survived, by folder

A mutant is one fault: an operator exchanged (< and <=, + and -, * and /, && and ||, == and !=), a
constant changed, a statement dropped, a condition negated, two arguments swapped, MIN for MAX, TRUE
for FALSE. They are drawn by seed, from each folder as many as its share of the lines, at least six.
Not drawn: what only frees memory, asserts, declares, or is a text.

Judging works on a copy of the sources in DIRECTORY, built once with the library as a shared object,
so that a mutant costs one file compiled and one link, whatever number of tests there are. Before any
mutant the unit tests are run and timed; a mutant then meets the test of its file's name, the unit tests, the
fastest and those of its folder first, and then the command-line tests of its folder, until one fails.
With `--only unit` these last wait, with `--only near` those that are not the file's own: a call without
takes up what that one left. Verdicts are kept, the last one of a mutant counts, and a second call goes
on where the first ended; what survives is told in DIRECTORY/SURVIVORS.txt as it comes. The report takes
several directories, the later ones' verdicts before the earlier ones'.
What changes nothing that anyone could see is in tests/mutants/equivalent, argued, and is not counted.
"""
import argparse
import fcntl
import fnmatch
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))

# Which tests see a folder's faults, beside those of the same name and the general ones below.
TESTS = {
    "base": "base text strangers output scenario report radio learning sweep campaign",
    "text": "text scenario strangers radio availability output",
    "des": "des resource shared fair server transfer instants fleet",
    "radio": "radio channel doppler surroundings tr38901 transfer fair availability",
    "llm": "llm families memory measured headline",
    "energy": "energy measured scenario policy",
    "policy": "policy variants joint headline expect load plugin measured tables",
    "sim": "sim transfer fleet server fair joint load variants footprint nothing shared channel instants",
    "scenario": "scenario lesson learning sweep text surroundings measured nothing bad-input commands examples",
    "expect": "expect headline sensitivity",
    "learning": "learning learn pretrain tokens course lesson",
    "output": "output strangers report results sweep library",
    "campaign": "campaign sweep shards results library kills cluster expect lesson learning sensitivity",
    "analysis": "analysis report headline plots page reproduce explain expect sensitivity export",
    "cmd": "usage commands bad-input results sweep report explain expect shards completion validate "
           "plots reproduce untrusted strangers learn answers",
}
# Of a file's own, beside those of its name or a part of it: they come before the folder's.
NEAR = {
    "chart": "plots", "figure": "plots", "screen": "told sensitivity", "screen-figure": "told sensitivity",
    "figure-data": "plots", "deciding": "report",
    "claims": "reproduce", "claims-text": "reproduce", "explanation": "explain", "calibration-rows": "calibrate",
    "calibration-fit": "calibrate", "calibration-steps": "calibrate", "calibration-layers": "calibrate",
    "calibration": "calibrate", "emit": "told untrusted", "execution": "sweep results", "extension": "extend",
    "merge": "shards", "parameters": "told", "record": "export", "progress": "manners", "vary": "told sensitivity",
    "store": "sweep results", "ordered": "sweep", "arguments": "usage commands report", "compare": "told report",
    "help": "usage", "interrupt": "results", "link": "commands", "list": "told commands", "new": "commands tours",
    "plan": "told shards", "plot": "told plots", "rate": "commands", "shard": "shards", "shortage": "untrusted",
    "table": "usage commands", "database": "places", "database-read": "export results",
    "database-runs": "shards results", "directory": "results places", "csv": "results", "summary": "commands", "text-table": "commands",
    "unit": "commands", "course": "learning", "trainer": "learn", "shape": "learn", "adapters": "learn",
    "json": "learn", "resolve": "commands plugin", "resolve-device": "bad-input", "resolve-radio": "commands",
    "sensitivity": "told", "report": "told", "validate": "told", "source": "bad-input", "sweep": "sweep", "import": "shards",
}
GENERAL = ["check-sim", "check-property", "answers", "results", "commands"]
LEFT_OUT = {"house", "layers", "manual", "readme", "guide", "install", "instructions", "cluster",
            "kills", "faults", "scenarios", "contract"}
SLOWEST_S = 60  # a test that takes longer on the pristine tree is left out
SLOW_UNIT_S = 3  # a unit test that takes longer waits for the second stage,
SCRIPT_S = 20  # what a command-line test is taken to need
QUICK_UNIT_S = .3  # and one of another folder that takes longer than this

# --- drawing --------------------------------------------------------------------------------------

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
         "+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=",
         "++": "--"}
WORDS = {"MIN": "MAX", "MAX": "MIN", "TRUE": "FALSE", "FALSE": "TRUE", "fmin": "fmax", "fmax": "fmin",
         "floor": "ceil", "ceil": "floor", "continue": "break"}
HARMLESS = re.compile(r"\b(g_free|g_object_unref|\w+_unref|\w+_free|\w*close|g_clear_\w+|free|g_assert\w*|"
                      r"\w+_clear|munmap|G_STATIC_ASSERT|_Static_assert|\w+_end|g_error)\s*\(")


def blank(text):
    """The text with comments, strings, and preprocessor lines as blanks of the same length."""
    def cover(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', cover, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", cover, text, flags=re.M)


def bodies(code):
    """The spans of function bodies: lines of '{' and '}' at the left edge."""
    for match in re.finditer(r"^\{\n(.*?)^\}", code, flags=re.S | re.M):
        yield match.start(1), match.end(1)


def candidates(path):
    """(offset, old, new, kind) of every mutant of a file."""
    text = open(os.path.join(TOP, path)).read()
    code = blank(text)
    found = []
    for start, end in bodies(code):
        body = code[start:end]
        for m in re.finditer(r"[^\n]+", body):
            line, at = m.group(0), start + m.start()
            if re.search(r"\bg_assert|STATIC_ASSERT|g_set_error|g_error|cs_diagnostics_|^\s*(static )?const ", line):
                continue
            for op in re.finditer(r" (<=|>=|==|!=|&&|\|\||[-+*/]=|[-+*/<>]) |(\+\+)", line):
                old = op.group(1) or op.group(2)
                place = at + (op.start(1) if op.group(1) else op.start(2))
                if old == "*" and re.search(r"\b(char|void|gpointer|Cs\w+|[A-Z]\w+) $", line[:op.start(1)]):
                    continue
                if old == "++" and "for (" in line:
                    continue
                found.append((place, old, SWAPS[old], "operator"))
            for w in re.finditer(r"\b(%s)\b" % "|".join(WORDS), line):
                found.append((at + w.start(), w.group(0), WORDS[w.group(0)], "word"))
            for n in re.finditer(r"(?<![\w.])(\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w.\]])", line):
                old = n.group(1)
                new = {"0": "1", "1": "2", "0.0": "1.0", "1.0": "2.0"}.get(old)
                if new is None:
                    new = str(int(old) + 1) if old.isdigit() else "(1.1 * %s)" % old
                found.append((at + n.start(), old, new, "constant"))
            whole = re.match(r"(\s+)((?:[\w>.\[\]()*-]+ [-+*/|&]?= .*|\w+\(.*\)));$", line)
            before = code[:at].rstrip()
            if whole and not HARMLESS.search(line) and before[-1:] in ";{}" and \
                    not re.match(r"\s+(return|g_auto|guint|gint|double|char|gboolean|Cs\w+ )", line) and \
                    line.count("(") == line.count(")"):
                found.append((at + len(whole.group(1)), line.strip(), ";", "dropped"))
            cond = re.match(r"\s+if \((.*)\)( \{)?$", line)
            if cond and line.count("(") == line.count(")"):
                place = at + cond.start(1)
                condition = text[place:place + len(cond.group(1))]
                found.append((place, condition, "!(%s)" % condition, "negated"))
            for call in re.finditer(r"\b\w+\(([a-z_]\w*), ([a-z_]\w*)([,)])", line):
                if call.group(1) != call.group(2):
                    old = "%s, %s" % (call.group(1), call.group(2))
                    found.append((at + call.start(1), old, "%s, %s" % (call.group(2), call.group(1)), "swapped"))
    return [(offset, text[offset:offset + len(old)], new, kind) for offset, old, new, kind in found
            if text[offset:offset + len(old)] == old or kind in ("dropped", "negated")]


def draw(n, seed):
    rng = random.Random(seed)
    folders = {}
    for folder in sorted(os.listdir(os.path.join(TOP, "src"))):
        base = os.path.join(TOP, "src", folder)
        if os.path.isdir(base):
            files = sorted(f for f in os.listdir(base) if f.endswith(".c") or f.endswith("-body.h"))
            folders[folder] = [os.path.join("src", folder, f) for f in files]
    lines = {k: sum(len(open(os.path.join(TOP, f)).readlines()) for f in v) for k, v in folders.items()}
    total = sum(lines.values())
    drawn = []
    for folder, files in folders.items():
        own = max(6, round(n * lines[folder] / total))
        pool = [(f,) + c for f in files for c in candidates(f)]
        by_kind = {}
        for entry in pool:
            by_kind.setdefault(entry[4], []).append(entry)
        kinds = sorted(by_kind)
        chosen = []
        while len(chosen) < own and any(by_kind.values()):
            kind = kinds[rng.randrange(len(kinds))]
            if by_kind[kind]:
                chosen.append(by_kind[kind].pop(rng.randrange(len(by_kind[kind]))))
        drawn += chosen
    rng.shuffle(drawn)
    while len(drawn) > n:  # the least shares have made them more
        drawn.pop()
    return drawn


def show(mutant):
    path, offset, old, new, kind = mutant
    line = open(os.path.join(TOP, path)).read()[:offset].count("\n") + 1
    return "%s:%d: %s: %s -> %s" % (path, line, kind, " ".join(old.split()), " ".join(new.split()))


def line_of_code(mutant):
    """The mutant's line without its margins, and the column in it."""
    path, offset = mutant[:2]
    text = open(os.path.join(TOP, path)).read()
    start = text.rfind("\n", 0, offset) + 1
    line = text[start:text.find("\n", offset)]
    return line.strip(), offset - start - (len(line) - len(line.lstrip()))


def found_again(shown, code, column, old, new):
    """The mutant of an earlier tree in this one: the nearest line of the same code, or None."""
    path, number, kind = re.match(r"([^:]+):(\d+): (\w+):", shown).groups()
    if not os.path.exists(os.path.join(TOP, path)):
        return None
    start, best = 0, None
    for i, line in enumerate(open(os.path.join(TOP, path)).read().split("\n")):
        if line.strip() == code and (best is None or abs(i + 1 - int(number)) < best[0]):
            best = abs(i + 1 - int(number)), start + len(line) - len(line.lstrip()) + column
        start += len(line) + 1
    return best and (path, best[1], old, new, kind)


# --- judging --------------------------------------------------------------------------------------

def run(command, cwd, log, cpu_s=None, env=None):
    """The exit status; 124 where it took more than `cpu_s` of processor time, or six times as long by the clock."""
    def limit_cpu():
        if cpu_s:
            resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s) + 5))
    timeout = 6 * cpu_s if cpu_s else None
    with open(log, "w") as out:
        try:
            return subprocess.run(command, cwd=cwd, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                  timeout=timeout, env=env, preexec_fn=limit_cpu).returncode
        except subprocess.TimeoutExpired:
            return 124


class Tree:
    """A copy of the sources with the library as a shared object."""

    def __init__(self, directory):
        self.root = os.path.join(directory, "tree")
        self.build = os.path.join(self.root, "build")
        self.log = os.path.join(directory, "log")
        self.directory = directory

    def make(self, *targets):
        return run(["make", "-s", "-j2", *targets], self.build, self.log, env=self.environment())

    def prepare(self):
        """Builds the tree, or copies one that another part has built."""
        if os.path.exists(os.path.join(self.directory, "ready")):
            return
        shutil.rmtree(self.root, ignore_errors=True)
        parts = os.path.dirname(self.directory)
        with open(os.path.join(parts, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ready = [part for part in sorted(os.listdir(parts)) if os.path.exists(os.path.join(parts, part, "built"))]
            if ready:
                subprocess.run(["cp", "-a", os.path.join(parts, ready[0], "pristine"), self.root], check=True)
            else:
                self.make_tree()
                # Copied before any mutant: the parts that come later take it from here.
                subprocess.run(["cp", "-a", self.root, os.path.join(self.directory, "pristine")], check=True)
                open(os.path.join(self.directory, "built"), "w").close()
        open(os.path.join(self.directory, "ready"), "w").close()

    def make_tree(self):
        skip = shutil.ignore_patterns(".git", "build", "build-long", "*.o")
        shutil.copytree(TOP, self.root, symlinks=True, ignore=skip)
        os.makedirs(self.build, exist_ok=True)
        # What the compiler refuses with the warnings that the house builds with is no mutant.
        configure = ["../configure", "-q", "CFLAGS=-O1 -fPIC -Werror=incompatible-pointer-types "
                     "-Werror=int-conversion -Werror=uninitialized -Werror=array-bounds "
                     "-Werror=aggressive-loop-optimizations"]
        if run(configure, self.build, self.log) != 0 or self.make("build-identity.h") != 0 or \
                self.make("libcardsim.a") != 0:
            sys.exit("the build fails: see " + self.log)
        # From here on what asks for the archive gets the shared object.
        os.rename(os.path.join(self.build, "libcardsim.a"), os.path.join(self.build, "objects.a"))
        if self.link() != 0:
            sys.exit("the shared object does not link: see " + self.log)
        with open(os.path.join(self.build, "libcardsim.a"), "w") as script:
            script.write("INPUT(libcardsim.so)\n")
        if self.make("-o", "libcardsim.a", *self.unit_tests(), "cardsim", "tests/faults/shim.so") != 0 or \
                self.make("-o", "libcardsim.a", "all") != 0:
            sys.exit("the tests do not link: see " + self.log)

    def unit_tests(self):
        text = open(os.path.join(self.root, "Makefile.am")).read()
        return sorted(set(re.findall(r"tests/(?:unit|property)/check-[\w]+(?= |\n)", text)))

    def link(self):
        pkg = subprocess.run(["pkg-config", "--libs", "glib-2.0", "gsl", "sqlite3", "json-glib-1.0",
                              "gmodule-2.0"], capture_output=True, text=True).stdout.split()
        return run(["gcc", "-shared", "-o", "libcardsim.so", "-Wl,-soname,libcardsim.so", "-Wl,--whole-archive", "objects.a",
                    "-Wl,--no-whole-archive", *pkg, "-lm"], self.build, self.log)

    def environment(self):
        return dict(os.environ, CS_TEST_SRCDIR=self.root, CS_TEST_BUILDDIR=self.build, CK_FORK="no",
                    CARDSIM_DATADIR=self.root, CK_VERBOSITY="silent", LD_LIBRARY_PATH=self.build)

    def test(self, name, limit):
        path = os.path.join(self.root, name) if name.endswith(".sh") else os.path.join(self.build, name)
        command = ["bash", path] if name.endswith(".sh") else [path]  # as make check does
        return run(command, self.build, self.log, cpu_s=limit, env=self.environment())

    def times(self):
        """How long each unit test takes on the pristine tree, of those that pass: measured where not yet
        known. Command-line tests are not measured; whether one passes there is asked when it fails."""
        kept = os.path.join(self.directory, "times")
        rows = [line.rstrip("\n").split("\t") for line in open(kept)] if os.path.exists(kept) else []
        with open(kept, "a") as out:
            for name in self.unit_tests():
                if name not in [row[0] for row in rows]:
                    started = time.monotonic()
                    state = "passes" if self.test(name, SLOWEST_S) == 0 else "fails"
                    rows.append([name, "%.2f" % (time.monotonic() - started), state])
                    out.write("\t".join(rows[-1]) + "\n")
                    out.flush()
        times = {name: float(seconds) for name, seconds, state in rows if state == "passes"}
        for f in sorted(os.listdir(os.path.join(self.root, "tests/cli"))):
            if f.endswith(".sh") and f != "lib.sh" and f[:-3] not in LEFT_OUT:
                times["tests/cli/" + f] = SCRIPT_S
        return times

    def passes_without(self, name):
        """Whether a command-line test passes on the pristine tree; kept for all parts."""
        if not name.endswith(".sh"):
            return True
        parts = os.path.dirname(self.directory)
        kept = os.path.join(parts, "scripts")
        rows = dict(line.split() for line in open(kept)) if os.path.exists(kept) else {}
        if name not in rows:
            built = [part for part in os.listdir(parts) if os.path.exists(os.path.join(parts, part, "built"))]
            pristine = Tree(self.directory)
            pristine.root = os.path.join(parts, built[0], "pristine")
            pristine.build = os.path.join(pristine.root, "build")
            rows[name] = "passes" if pristine.test(name, 4 * SLOWEST_S) == 0 else "fails"
            with open(kept, "a") as out:
                out.write("%s %s\n" % (name, rows[name]))
        return rows[name] == "passes"

    def object_of(self, path):
        """The object that a source is compiled into; a body is of the files that include it."""
        if path.endswith(".c"):
            return [path[:-2] + ".o"]
        folder = os.path.dirname(path)
        return [os.path.join(folder, f[:-2] + ".o") for f in os.listdir(os.path.join(self.root, folder))
                if f.endswith(".c") and os.path.basename(path) in open(os.path.join(self.root, folder, f)).read()]

    def rebuild(self, path):
        """Compiles what the changed source is part of; put_back() undoes it."""
        objects = self.object_of(path)
        self.kept = []
        for name in objects + (["cardsim"] if path.startswith("src/cmd/") else ["libcardsim.so"]):
            name = os.path.join(self.build, name)
            if os.path.exists(name):
                os.rename(name, name + ".pristine")
                self.kept.append(name)
        if self.make(*objects) != 0:
            return False
        if path.startswith("src/cmd/"):
            return self.make("-o", "libcardsim.a", "cardsim") == 0
        return run(["ar", "r", "objects.a", *objects], self.build, self.log) == 0 and self.link() == 0

    def put_back(self, path):
        for name in self.kept:
            os.replace(name + ".pristine", name)
            os.utime(name)
        if not path.startswith("src/cmd/"):
            run(["ar", "r", "objects.a", *self.object_of(path)], self.build, self.log)


def tests_of(path, times):
    """(stage, test), stages 0 to 2 the first one, in the order in which a mutant of the file meets them."""
    folder, stem = path.split("/")[1], os.path.basename(path).rsplit(".", 1)[0]
    wanted = set(TESTS.get(folder, "").split()) | {folder}

    def rank(name):
        short = os.path.basename(name).replace(".sh", "")
        bare = short.replace("check-", "", 1)
        unit = "/check-" in name
        if bare == stem or bare in stem.split("-") or (unit and bare == folder):
            return (0 if times[name] < 3 * SLOW_UNIT_S else 3) if unit else 3
        if not unit and bare in NEAR.get(stem, "").split():
            return 3
        if bare in wanted or short in GENERAL:
            return (1 if times[name] < SLOW_UNIT_S else 4) if unit else 4
        # Whatever else is a unit test: what a folder's faults show in is not always foreseen.
        return (2 if times[name] < QUICK_UNIT_S else 5) if unit else None
    ranked = [(rank(name), times[name], name) for name in times if rank(name) is not None]
    # No unit test holds a command.
    return [(r, name) for r, _, name in sorted(ranked) if not (folder == "cmd" and "/check-" in name)]


def equivalents():
    """[file, line of code, old, new], patterns of the shell, of what tests/mutants/equivalent argues away."""
    lines = open(os.path.join(TOP, "tests/mutants/equivalent")).read().splitlines()
    return [line.split("\t")[:4] for line in lines if line and not line.startswith("#")]


def is_equivalent(mutant):
    path, _, old, new, _ = mutant
    own = [path, line_of_code(mutant)[0], " ".join(old.split()), " ".join(new.split())]
    return any(all(fnmatch.fnmatchcase(ours, pattern.replace("[", "[[]")) for ours, pattern in zip(own, row))
               for row in equivalents())


def judge_one(tree, mutant, tests, times):
    path, offset, old, new, _ = mutant
    if not tests:
        return "survived", ""
    target = os.path.join(tree.root, path)
    pristine = open(target).read()
    try:
        open(target, "w").write(pristine[:offset] + new + pristine[offset + len(old):])
        if not tree.rebuild(path):
            return "stillborn", ""
        for name in tests:
            status = tree.test(name, max(20, 5 * times[name]))
            if status != 0 and tree.passes_without(name):
                return "caught", name + (" (by time)" if status in (124, -signal.SIGXCPU) else "")
        return "survived", ""
    finally:
        open(target, "w").write(pristine)
        tree.put_back(path)


def verdicts_in(directories):
    """By mutant as shown, the row of its last verdict: shown, verdict, test, column, code, old, new."""
    rows = {}
    for directory in directories:
        for part in sorted(os.listdir(directory)):
            path = os.path.join(directory, part, "verdicts")
            if os.path.exists(path):
                for line in open(path):
                    row = line.rstrip("\n").split("\t")
                    rows[row[0]] = row
    return rows


def to_judge(args):
    """(name, mutant) of what is drawn, or of what survived elsewhere."""
    if not args.again:
        return [(show(mutant), mutant) for mutant in draw(args.number, args.seed)]
    survivors = sorted(row for row in verdicts_in(args.again).values() if row[1].startswith("survived"))
    return [(row[0], found_again(row[0], row[4], int(row[3]), row[5], row[6])) for row in survivors]


# By verdict, the last stage behind a mutant; by --only, the verdicts that it takes up.
STAGES_BEHIND = {"survived-unit": 2, "survived-near": 3}
UNDECIDED = {"unit": [""], "near": ["", "survived-unit"], None: ["", "survived-unit", "survived-near"]}


def judge(args):
    part, parts = (int(x) for x in args.part.split("/"))
    directory = os.path.abspath(os.path.join(args.directory[0], "part-%d" % part))
    os.makedirs(directory, exist_ok=True)
    tree = Tree(directory)
    tree.prepare()
    globals()["TOP"] = tree.root  # work on the sources meanwhile does no harm
    times = tree.times()
    end = time.monotonic() + 60 * args.minutes
    for i, (name, mutant) in enumerate(to_judge(args)):
        known = verdicts_in(args.directory).get(name, ["", ""])[1]
        if args.folders and name.split("/")[1] not in args.folders.split(","):
            continue
        if i % parts != part or time.monotonic() > end or known not in UNDECIDED[args.only]:
            continue
        tests = [] if mutant is None else tests_of(mutant[0], times)
        most = {"unit": 2, "near": 3}.get(args.only, 9)
        tests = [test for stage, test in tests if STAGES_BEHIND.get(known, -1) < stage <= most]
        verdict, test = "gone", ""
        if mutant is not None:
            verdict, test = ("equivalent", "") if is_equivalent(mutant) else judge_one(tree, mutant, tests, times)
        if verdict == "survived" and args.only:
            verdict = "survived-" + args.only
        code, column = line_of_code(mutant) if mutant else ("", 0)
        with open(os.path.join(directory, "verdicts"), "a") as out:
            out.write("\t".join([name, verdict, test, str(column), code, *(mutant or ("", "", "", ""))[2:4]]) + "\n")
        if verdict.startswith("survived"):
            with open(os.path.join(args.directory[0], "SURVIVORS.txt"), "a") as out:
                out.write("%s\t%s\tof %s\n" % (name, verdict, " ".join(os.path.basename(t) for t in tests)))


def report(args):
    rows = [row for row in verdicts_in(args.directory).values() if row[1] not in ("stillborn", "equivalent", "gone")]
    folders = sorted({row[0].split("/")[1] for row in rows})
    for row in rows:
        if row[1].startswith("survived"):
            print("%s: %s" % (row[1], row[0]))
    for folder in folders:
        own = [row for row in rows if row[0].split("/")[1] == folder]
        print("figure: drawn mutants of src/%s caught = %d of %d"
              % (folder, sum(row[1] == "caught" for row in own), len(own)))
    caught = sum(row[1] == "caught" for row in rows)
    print("figure: drawn mutants caught = %d of %d" % (caught, len(rows)))
    return 0 if rows and caught >= 0.97 * len(rows) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["draw", "judge", "report"])
    parser.add_argument("-n", "--number", type=int, default=250)
    parser.add_argument("-s", "--seed", type=int, default=1)
    parser.add_argument("-d", "--directory", nargs="+")
    parser.add_argument("--only", choices=["unit", "near"],
                        help="unit tests, or those and the file's own command-line tests: the rest waits for a later call")
    parser.add_argument("--again", nargs="+", help="what survived in these directories, in today's tree")
    parser.add_argument("--folders", help="of src, by commas: the others wait")
    parser.add_argument("--part", default="0/1", help="every N-th mutant, from the I-th")
    parser.add_argument("--minutes", type=float, default=1e6)
    args = parser.parse_args()
    if args.what == "draw":
        for mutant in draw(args.number, args.seed):
            print(show(mutant))
        return 0
    return judge(args) if args.what == "judge" else report(args)


if __name__ == "__main__":
    sys.exit(main())
