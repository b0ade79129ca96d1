"""Checks of the source tree that no compiler makes: the rules in RULES, each a function of a Tree.

Run as a program it checks the repository that it lies in, or the directory given, prints one line a
finding ("file:line: rule: what to do") and exits with 1 when there are any. rules_test.py proves on
small bad trees that each rule can fail.
"""

import ast
import os
import pathlib
import re
import sys

from cpp_text import CppFile, functions

LINE_CHARS_MAX = 100
FILE_LINES_MAX = 800
TEST_FILE_LINES_MAX = 1500
FUNCTION_LINES_MAX = 100

TOP_LEVEL = {
    ".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore",
    "CMakeLists.txt", "CMakePresets.json", "README.md",
    "client", "daemon", "ledger", "ops", "protocol", "tests",
}
# Left by git, builds and editors; never committed.
IGNORED = {".git", "build", "__pycache__", ".cache", ".vscode", ".idea"}
# Data for tests is as long and wide as it needs to be.
DATA_SUFFIXES = {".txt", ".csv", ".jsonl", ".json", ".bin", ".hex", ".mdb"}
TODO_KINDS = {"format", "perf", "upstream"}

STANDARD = set("""
    algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine
    csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque
    exception execution filesystem forward_list fstream functional future initializer_list iomanip
    ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex
    new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore
    set shared_mutex span sstream stack stdexcept stop_token streambuf string string_view
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
    utility valarray variant vector version
    """.split())
POSIX = re.compile(r"(sys|arpa|net|netinet|linux)/|"
                   r"(dirent|errno|fcntl|getopt|malloc|netdb|poll|pthread|pwd|sched|signal|spawn"
                   r"|stdio|stdlib|string|syslog|termios|time|unistd|wait)\.h$")
PACKAGES = {
    "capnp": "capnp/", "kj": "kj/", "uv": "uv.h", "lmdb": "lmdb.h", "openssl": "openssl/",
    "spdlog": "spdlog/", "fmt": "fmt/", "toml": "toml++/", "cli11": "CLI/", "json": "nlohmann/",
    "date": "date/", "systemd": "systemd/", "catch2": "catch2/", "rapidcheck": "rapidcheck",
    "gmp": "gmpxx.h", "libpq": "libpq-fe.h", "sqlite": "sqlite3.h", "hiredis": "hiredis/",
}
# What only tests include.
TEST_PACKAGES = {"catch2", "rapidcheck", "gmp", "libpq", "sqlite", "hiredis"}
# The arrows of the design: what each folder may include. The longest matching folder counts; every
# folder may include itself and the standard library.
LEDGER = {"ledger/base", "ledger/model", "ledger/core", "ledger/audit", "ledger/store",
          "ledger/replay"}
ARROWS = {
    "ledger/base": set(),
    "ledger/model": {"ledger/base"},
    "ledger/core": {"ledger/model", "ledger/base"},
    "ledger/audit": {"ledger/base", "openssl"},
    "ledger/store": {"ledger/model", "ledger/base", "lmdb", "posix"},
    "ledger/replay": LEDGER | {"posix"},
    "protocol": {"ledger/model", "ledger/base", "capnp", "kj", "openssl"},
    "daemon": LEDGER | {"protocol", "posix"}
              | set(PACKAGES) - {"lmdb"} - TEST_PACKAGES,
    "client/include/daybook": set(),
    "client": {"client/include/daybook", "protocol", "ledger/model", "ledger/base", "ledger/audit",
               "kj", "capnp", "uv", "posix", "cli11", "json", "fmt", "toml", "date"},
    "tests": LEDGER | {"protocol", "daemon", "client", "client/include/daybook", "posix"}
             | set(PACKAGES) - {"lmdb"},
}
GENERATED = {"ledger/base/version.h"}

PURE = ("ledger/core/", "ledger/model/")
FLOATLESS = PURE + ("ledger/base/",)
IMPURE_HEADERS = {
    "clock": "chrono ctime time.h sys/time.h",
    "thread": "atomic barrier condition_variable execution future latch mutex pthread.h"
              " semaphore shared_mutex stop_token thread",
    "random": "random",
    "iostream": "cstdio fstream iomanip ios iosfwd iostream istream ostream sstream stdio.h"
                " streambuf syncstream filesystem",
    "locale": "cctype clocale codecvt ctype.h cwctype locale locale.h regex",
}
IMPURE_WORDS = {
    "clock": r"chrono|clock_gettime|gettimeofday|localtime\w*|gmtime\w*|mktime|strftime",
    "thread": r"thread_local|jthread|pthread_\w+|mutex|atomic\w*|std::thread",
    "random": r"random_device|mt19937\w*|s?rand(?=\s*\()|minstd_rand\w*|\w+_distribution",
    "iostream": r"cout|cerr|clog|cin|\w*printf|[io]?f?stringstream|[io]fstream|[io]stream|getenv",
    "locale": r"setlocale|std::locale|isalpha|isalnum|isspace|isupper|islower|isprint|toupper"
              r"|tolower",
}


class Tree:
    """The files below one root. Paths are relative to it, with slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = []
        for folder, names, files in os.walk(self.root):
            names[:] = sorted(set(names) - IGNORED)
            for name in sorted(set(files) - {".git"}):  # a file in a linked work tree
                self.paths.append((pathlib.Path(folder) / name).relative_to(self.root).as_posix())
        self._texts = {}
        self._cpp = {}

    def text(self, path):
        """The text of a file; None when it is not there or is not UTF-8."""
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                self._texts[path] = None
        return self._texts[path]

    def cpp(self, path):
        if path not in self._cpp:
            self._cpp[path] = CppFile(self.text(path) or "")
        return self._cpp[path]

    def cpp_paths(self, under=("",)):
        return [path for path in self.paths
                if path.endswith((".h", ".cc")) and path.startswith(tuple(under))]

    def texts(self):
        """Every file written by hand that is text, with its lines."""
        for path in self.paths:
            pure = pathlib.PurePath(path)
            if pure.suffix in DATA_SUFFIXES and pure.name != "CMakeLists.txt":
                continue
            text = self.text(path)
            if text is not None and "\0" not in text:
                yield path, text.split("\n")


def layer_of(path):
    layers = [layer for layer in ARROWS if path.startswith(layer + "/")]
    return max(layers, key=len, default=None)


def target_of(include, quoted):
    """What an include reaches: a layer, a package, "standard", "posix", or None when unknown."""
    if include.startswith("daybook/"):
        return "client/include/daybook"
    if quoted:
        return layer_of(include)
    for package, prefix in PACKAGES.items():
        if include.startswith(prefix):
            return package
    if include in STANDARD:
        return "standard"
    return "posix" if POSIX.match(include) else None


def include_exists(tree, include):
    if include in GENERATED:
        return True
    if include.startswith("daybook/"):
        include = "client/include/" + include
    if include.endswith(".capnp.h"):
        include = include[:-len(".h")]
    return (tree.root / include).is_file()


def include_arrows(tree):
    """Includes follow the design's table of folders; paths start at the repository's root."""
    for path in tree.cpp_paths():
        layer = layer_of(path)
        if layer is None:
            yield path, 1, "no folder of the design: move it into one, or give it arrows in tidy.py"
            continue
        for line, include, quoted in tree.cpp(path).includes:
            target = target_of(include, quoted)
            if target is None:
                yield path, line, (f"cannot tell what {include} is: write own headers from the"
                                   " repository's root, or name the package in tidy.py")
            elif target not in ARROWS[layer] | {layer, "standard"}:
                yield path, line, (f"{layer} may not include {include} ({target}): move the code,"
                                   " or pass what it needs as an argument")
            elif (quoted or include.startswith("daybook/")) and not include_exists(tree, include):
                yield path, line, f"there is no {include}"


def pure_words(tree):
    """No clock, thread, chance, stream or locale in the core and the model."""
    for path in tree.cpp_paths(PURE):
        file = tree.cpp(path)
        for line, include, _ in file.includes:
            for kind, headers in IMPURE_HEADERS.items():
                if include in headers.split():
                    yield path, line, f"{kind} ({include}): pass the result in as an argument"
        for kind, words in IMPURE_WORDS.items():
            for line, word in file.find(rf"(?<![\w.])(?:{words})\b"):
                yield path, line, f"{kind} ({word}): pass the result in as an argument"
        for line, word in file.find(r"(?<![\w.])(?:std::)?time\s*\(\s*(?:0|NULL|nullptr|&)"):
            yield path, line, f"clock ({word}): pass the result in as an argument"


def no_floats(tree):
    """No floating point near money."""
    pattern = (r"(?<![\w.])(?:float|double|strto[fd]|sto[fd]|atof)\b"
               r"|(?<![\w.'])(?:\d[\d']*\.\d*|\.\d+)(?:[eE][+-]?\d+)?[fFlL]?(?![\w.])"
               r"|(?<![\w.'])\d[\d']*[eE][+-]?\d+")
    for path in tree.cpp_paths(FLOATLESS):
        for line, word in tree.cpp(path).find(pattern):
            yield path, line, f"floating point ({word}): use Decimal, Wide or integers"


def unordered_iteration(tree):
    """Unordered containers are looked up in, never walked: their order differs between runs."""
    paths = tree.cpp_paths(PURE)
    names = set()
    for path in paths:
        names |= tree.cpp(path).unordered_names()
    for path in paths:
        file = tree.cpp(path)
        found = file.find(r"for\s*\([^;()]*(?:\([^()]*\)[^;()]*)*:[^;{]*\bunordered_\w+")
        for name in sorted(names):
            word = re.escape(name)
            found += file.find(rf"for\s*\([^;]*?[^:]:(?!:)[^;{{]*?\b{word}\s*(?:\(\s*\))?\s*\)")
            found += file.find(rf"\b{word}\s*(?:\(\s*\))?\s*(?:\.|->)\s*c?r?begin\s*\(")
            found += file.find(rf"\bc?begin\s*\(\s*[\w.>()-]*\b{word}\s*(?:\(\s*\))?\s*\)")
        for line, _ in sorted(set(found)):
            yield path, line, "walks an unordered container: use an ordered one, or sort first"


def cmake_words(tree):
    """The file names that CMake lists name, as paths from the root."""
    words = set()
    for path in tree.paths:
        if pathlib.PurePath(path).name != "CMakeLists.txt":
            continue
        folder = pathlib.PurePath(path).parent
        code = re.sub(r"#.*", "", tree.text(path) or "")
        for word in re.findall(r"[\w./+-]+\.(?:cc|py|sh)\b", code):
            words.add(os.path.normpath(folder / word))
    return words


def listed_sources(tree):
    """Every source and every test is named in a CMake list: what is not built is not checked."""
    words = cmake_words(tree)
    for path in tree.paths:
        if path.endswith((".cc", "_test.py", "_test.sh")) and path not in words:
            yield path, 1, "no CMakeLists.txt names it: add it to the list of its folder"


def line_length(tree):
    """Lines fit the screen. Tables and links in Markdown cannot be broken."""
    for path, lines in tree.texts():
        for number, line in enumerate(lines, 1):
            if len(line) <= LINE_CHARS_MAX:
                continue
            if path.endswith(".md") and (line.startswith("|") or "://" in line):
                continue
            yield path, number, f"{len(line)} characters: break it at {LINE_CHARS_MAX}"


def file_length(tree):
    """One file, one idea."""
    for path, lines in tree.texts():
        limit = TEST_FILE_LINES_MAX if path.startswith("tests/") else FILE_LINES_MAX
        count = len(lines) - (lines[-1] == "")
        if not path.endswith(".md") and count > limit:
            yield path, 1, f"{count} lines, {limit} allowed: split it by subject"


def function_length(tree):
    """A function fits a screen."""
    for path in tree.paths:
        spans = []
        if path.endswith((".h", ".cc")):
            spans = functions(tree.cpp(path).code)
        elif path.endswith(".py"):
            spans = [(node.name, node.lineno, node.end_lineno)
                     for node in ast.walk(ast.parse(tree.text(path)))
                     if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        for name, first, last in spans:
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield path, first, (f"{name} has {last - first + 1} lines, {FUNCTION_LINES_MAX}"
                                    " allowed: split it")


def todo_kind(tree):
    """What is left open says of which kind it is."""
    kinds = ", ".join(sorted(TODO_KINDS))
    words = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
    good = re.compile(r"TO" r"DO\((\w+)\): \S")
    for path, lines in tree.texts():
        for number, line in enumerate(lines, 1):
            for match in words.finditer(line):
                kind = good.match(line, match.start())
                if kind is None or kind[1] not in TODO_KINDS:
                    yield path, number, f"write TO" f"DO(kind): text, with a kind of {kinds}"


def whitespace(tree):
    """No tabs, no trailing blanks, one newline at the end."""
    for path, lines in tree.texts():
        for number, line in enumerate(lines, 1):
            if "\t" in line or line != line.rstrip():
                yield path, number, "a tab or a trailing blank: remove it"
        if lines[-1] != "" or lines[-2:] == ["", ""]:
            yield path, len(lines), "the file ends with exactly one newline"


def header_opening(tree):
    """A header opens with its contract and is read once."""
    for path in tree.cpp_paths():
        if not path.endswith(".h"):
            continue
        text = tree.text(path)
        if not text.startswith("// "):
            yield path, 1, "open with a comment: purpose, units, errors, ownership, threads"
        if not re.search(r"^#pragma once$", text, re.MULTILINE):
            yield path, 1, "no #pragma once"


def compare_numbers(path, found, golden_path, golden):
    """Two maps of number -> (name, line): the golden one never changes, only grows."""
    for number, (name, line) in sorted(golden.items()):
        if number not in found:
            yield golden_path, line, f"{number} {name} is gone from {path}: numbers are for ever"
        elif found[number][0] != name:
            yield path, found[number][1], (f"{number} is {name} in {golden_path}, not"
                                           f" {found[number][0]}: numbers are never reused")
    for number, (name, line) in sorted(found.items()):
        if number not in golden:
            yield path, line, f"add the line '{number} {name}' to {golden_path}"


def golden_numbers(tree, path, found, golden_path):
    if not found:
        yield path, 1, "no numbered names found: has the form changed? Adapt tidy.py"
    golden = {}
    text = tree.text(golden_path)
    if text is None:
        yield golden_path, 1, "missing: one line 'number name' for each"
        return
    for line, entry in enumerate(text.splitlines(), 1):
        match = re.fullmatch(r"(\d+) (\w+)", entry)
        if match is None or int(match[1]) in golden:
            yield golden_path, line, "not one new 'number name'"
        else:
            golden[int(match[1])] = (match[2], line)
    numbers = {}
    for line, number, name in found:
        if number in numbers:
            yield path, line, f"{name} and {numbers[number][0]} share the number {number}"
        numbers[number] = (name, line)
    if numbers:
        yield from compare_numbers(path, numbers, golden_path, golden)


def outcome_numbers(tree):
    """The numbers of outcomes are stored outside: they never change."""
    path = "ledger/model/outcome.h"
    file = tree.cpp(path)
    found = []
    for first, body in file.blocks(r"enum class Outcome\b[^{;]*\{"):
        for match in re.finditer(r"(\w+)\s*(?:=\s*(\d+))?\s*(?:,|$)", body):
            line = first + body.count("\n", 0, match.start(1))
            if match[2] is None:
                yield path, line, f"{match[1]}: give it its number"
            else:
                found.append((line, int(match[2]), match[1]))
    golden_path = "tests/golden/outcomes.txt"
    yield from golden_numbers(tree, path, found, golden_path)
    schema = "protocol/common.capnp"
    found = ordinals(tree, schema, r"\benum Outcome\s*\{")
    yield from golden_numbers(tree, schema, found, golden_path)


def ordinals(tree, path, opening):
    """(line, ordinal, name) of what the first block of a schema that opens so holds."""
    text = re.sub(r"#.*", "", tree.text(path) or "")
    for first, body in CppFile(text).blocks(opening):
        return [(first + body.count("\n", 0, match.start(1)), int(match[2]), match[1])
                for match in re.finditer(r"(\w+)\s*@(\d+)\s*[:;]", body)]
    return []


def event_numbers(tree):
    """The ordinals of events are on disk: they never change."""
    path = "protocol/event.capnp"
    found = ordinals(tree, path, r"\bunion\s*\{")
    yield from golden_numbers(tree, path, found, "tests/golden/events.txt")


def reached_limits(tree):
    """Every limit has a test that names it."""
    path = "ledger/base/limits.h"
    limits = tree.cpp(path).find_groups(r"\bconstexpr\s+[\w:]+\s+(k\w+)\s*=")
    if not limits:
        yield path, 1, "no limits found: has the form changed? Adapt tidy.py"
    words = set()
    for test in tree.cpp_paths(["tests/"]):
        words |= set(re.findall(r"\bk\w+", tree.cpp(test).code))
    for line, name in limits:
        if name not in words:
            yield path, line, f"no test reaches {name}: name it in one"


def machine_paths(tree):
    """Nothing knows the machine that it was written on."""
    pattern = re.compile(r"(?<![\w.$})/-])/(?:home|root|Users|work)/[A-Za-z0-9_]")
    for path, lines in tree.texts():
        for number, line in enumerate(lines, 1):
            if pattern.search(line):
                yield path, number, "a path of one machine: make it relative, or an argument"


def executable_bits(tree):
    """What starts with an interpreter line can be run, and nothing else can."""
    for path in tree.paths:
        text = tree.text(path)
        script = text is not None and text.startswith("#!")
        if bool(os.stat(tree.root / path).st_mode & 0o100) != script:
            yield path, 1, ("chmod +x it: it is a script" if script
                            else "chmod -x it: it has no interpreter line")


def top_level(tree):
    """The top holds what the design names and what tools demand to find there."""
    for name in sorted({path.split("/")[0] for path in tree.paths}):
        if name not in TOP_LEVEL:
            yield name, 1, "does not belong at the top: move it into a folder"


RULES = {
    "include-arrows": include_arrows,
    "pure-words": pure_words,
    "no-floats": no_floats,
    "unordered-iteration": unordered_iteration,
    "listed-sources": listed_sources,
    "line-length": line_length,
    "file-length": file_length,
    "function-length": function_length,
    "todo-kind": todo_kind,
    "whitespace": whitespace,
    "header-opening": header_opening,
    "outcome-numbers": outcome_numbers,
    "event-numbers": event_numbers,
    "reached-limits": reached_limits,
    "machine-paths": machine_paths,
    "executable-bits": executable_bits,
    "top-level": top_level,
}


def check(root):
    """Every finding below `root`, as (rule, path, line, message)."""
    tree = Tree(root)
    return [(rule, *finding) for rule, function in RULES.items() for finding in function(tree)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    findings = check(root)
    for rule, path, line, message in findings:
        print(f"{path}:{line}: {rule}: {message}")
    print(f"tidy: {len(findings)} findings of {len(RULES)} rules")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
