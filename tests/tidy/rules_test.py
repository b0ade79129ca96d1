"""Proves that every rule of tidy.py can fail, and that it does not fail on what is right.

Each case is a change to a small tree that obeys all rules; it says which findings must come of it.
"""

import os
import pathlib
import tempfile
import unittest

import tidy

GOOD_TREE = {
    "CMakeLists.txt": "add_subdirectory(ledger)\n",
    "ledger/base/CMakeLists.txt": "add_library(base decimal.cc)\n",
    "ledger/base/decimal.h": "// Decimals.\n#pragma once\n\n#include <cstdint>\n",
    "ledger/base/decimal.cc": '#include "ledger/base/decimal.h"\n',
    "ledger/base/limits.h": "// Limits.\n#pragma once\n\n"
                            "inline constexpr std::size_t kKeyBytesMax = 128;  // outcome\n",
    "ledger/model/outcome.h": "// Outcomes.\n#pragma once\n\n"
                              "enum class Outcome : int {\n  ok = 0,\n  // Form.\n"
                              "  bad = 7,  // x\n};\n",
    "protocol/common.capnp": "enum Outcome {\n  ok @0;  # fine @5\n  bad @7;\n}\n",
    "protocol/event.capnp": "@0xb4dd1b9ee0a6d6f2;\nstruct Event {\n  position @0 :UInt64;\n"
                            "  body :union {\n    opened @1 :Opened;  # first\n    used @2 :Used;\n"
                            "  }\n}\n",
    "tests/CMakeLists.txt": "daybook_test(unit/decimal_test.cc LIBRARIES base)\n",
    "tests/golden/outcomes.txt": "0 ok\n7 bad\n",
    "tests/golden/events.txt": "1 opened\n2 used\n",
    "tests/unit/decimal_test.cc": '#include "ledger/base/limits.h"\n\n'
                                  "static_assert(kKeyBytesMax == 128);\n",
}

# (rule, path, line of the finding, content of the path or None to remove it)
BAD = [
    ("include-arrows", "ledger/core/a.h", 4,
     '// A.\n#pragma once\n\n#include "ledger/store/store.h"\n'),
    ("include-arrows", "ledger/base/a.h", 3, "// A.\n#pragma once\n#include <fmt/core.h>\n"),
    ("include-arrows", "ledger/base/a.h", 3, "// A.\n#pragma once\n#include <unistd.h>\n"),
    ("include-arrows", "ledger/model/a.h", 3, "// A.\n#pragma once\n#include <capnp/message.h>\n"),
    ("include-arrows", "protocol/a.h", 3, "// A.\n#pragma once\n#include <uv.h>\n"),
    ("include-arrows", "daemon/a.h", 3, '// A.\n#pragma once\n#include "client/src/session.h"\n'),
    ("include-arrows", "daemon/a.h", 3, "// A.\n#pragma once\n#include <lmdb.h>\n"),
    ("include-arrows", "tests/support/a.h", 3, "// A.\n#pragma once\n#include <lmdb.h>\n"),
    ("include-arrows", "client/src/a.h", 3, '// A.\n#pragma once\n#include "ledger/core/a.h"\n'),
    ("include-arrows", "client/include/daybook/a.h", 3,
     "// A.\n#pragma once\n#include <kj/async.h>\n"),
    ("include-arrows", "client/include/daybook/a.h", 3,
     '// A.\n#pragma once\n#include "ledger/base/decimal.h"\n'),
    ("include-arrows", "ledger/base/a.h", 3, '// A.\n#pragma once\n#include "decimal.h"\n'),
    ("include-arrows", "ledger/base/a.h", 3,
     '// A.\n#pragma once\n#include "ledger/base/none.h"\n'),
    ("include-arrows", "ledger/base/a.h", 3, "// A.\n#pragma once\n#  include <mystery.hpp>\n"),
    ("include-arrows", "ledger/other/a.h", 1, "// A.\n#pragma once\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\n#include <chrono>\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\nint now = std::chrono::now();\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\nlong now = time(nullptr);\n"),
    ("pure-words", "ledger/model/a.h", 3, "// A.\n#pragma once\n#include <mutex>\n"),
    ("pure-words", "ledger/model/a.h", 3, "// A.\n#pragma once\nthread_local int x;\n"),
    ("pure-words", "ledger/model/a.h", 3, "// A.\n#pragma once\nint x = rand();\n"),
    ("pure-words", "ledger/model/a.h", 3, "// A.\n#pragma once\n#include <random>\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\n#include <iostream>\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\nvoid f() { std::printf(x); }\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\n#include <locale>\n"),
    ("pure-words", "ledger/core/a.h", 3, "// A.\n#pragma once\nbool x = isalpha(y);\n"),
    ("no-floats", "ledger/core/a.h", 3, "// A.\n#pragma once\ndouble x;\n"),
    ("no-floats", "ledger/model/a.h", 3, "// A.\n#pragma once\nstd::vector<float> x;\n"),
    ("no-floats", "ledger/base/a.h", 3, "// A.\n#pragma once\nauto x = 0.5;\n"),
    ("no-floats", "ledger/base/a.h", 3, "// A.\n#pragma once\nauto x = 1'000.25;\n"),
    ("no-floats", "ledger/base/a.h", 3, "// A.\n#pragma once\nauto x = 1e12;\n"),
    ("unordered-iteration", "ledger/core/a.h", 4,
     "// A.\n#pragma once\nstd::unordered_map<std::string, std::vector<int>> names_;\n"
     "void f() { for (const auto& [k, v] : names_) use(k); }\n"),
    ("unordered-iteration", "ledger/core/a.h", 4,
     "// A.\n#pragma once\nstd::unordered_set<int> ids;\n"
     "void f() { for (int id : state.ids) use(id); }\n"),
    ("unordered-iteration", "ledger/core/a.h", 5,
     "// A.\n#pragma once\nusing Index = std::unordered_set<int>;\nIndex index_;\n"
     "auto x = index_.begin();\n"),
    ("unordered-iteration", "ledger/model/a.h", 4,
     "// A.\n#pragma once\nconst std::unordered_map<int, int>& byId();\n"
     "void f() { for (auto& entry : x.byId()) use(entry); }\n"),
    ("listed-sources", "tests/unit/lost_test.cc", 1, "static_assert(true);\n"),
    ("listed-sources", "tests/e2e/lost_test.sh", 1, "true\n"),
    ("listed-sources", "ledger/base/lost.cc", 1, "static_assert(true);\n"),
    ("line-length", "ledger/base/a.h", 1, f"// {'x' * 98}\n#pragma once\n"),
    ("line-length", "README.md", 2, f"# Daybook\n{'x ' * 50}x\n"),
    ("line-length", "ops/demo.conf", 1, f"{'x' * 101}\n"),
    ("file-length", "ledger/base/a.h", 1, "// A.\n#pragma once\n" + "int x;\n" * 799),
    ("file-length", "tests/support/a.h", 1, "// A.\n#pragma once\n" + "int x;\n" * 1499),
    ("function-length", "ledger/base/a.h", 4,
     "// A.\n#pragma once\nclass A {\n  int f(int x) const {\n" + "    x;\n" * 99 + "  }\n};\n"),
    ("function-length", "ledger/base/a.h", 5,
     "// A.\n#pragma once\nnamespace a {\nstruct X { int a; };\n"
     "X::X() : a{1}, b{2} {\n" + "  x();\n" * 99 + "}\n}\n"),
    ("function-length", "tests/support/a.h", 3,
     '// A.\n#pragma once\nTEST_CASE("a { brace") {\n' + "  x();\n" * 99 + "}\n"),
    ("function-length", "tests/tidy/a.py", 1, "def f():\n" + "    x()\n" * 100),
    ("todo-kind", "ledger/base/a.h", 3, "// A.\n#pragma once\n// TO" "DO: later\n"),
    ("todo-kind", "ledger/base/a.h", 3, "// A.\n#pragma once\n// TO" "DO(someone): later\n"),
    ("todo-kind", "protocol/a.capnp", 1, "# FIX" "ME\n"),
    ("whitespace", "protocol/a.capnp", 1, "struct A { } \n"),
    ("whitespace", "protocol/a.capnp", 1, "\tx\n"),
    ("whitespace", "protocol/a.capnp", 1, "x"),
    ("whitespace", "protocol/a.capnp", 3, "x\n\n"),
    ("header-opening", "ledger/base/a.h", 1, "#pragma once\n"),
    ("header-opening", "ledger/base/a.h", 1, "// A.\n"),
    ("outcome-numbers", "tests/golden/outcomes.txt", 1, None),
    ("outcome-numbers", "tests/golden/outcomes.txt", 3, "0 ok\n7 bad\n8 gone\n"),
    ("outcome-numbers", "tests/golden/outcomes.txt", 2, "0 ok\n7 bad \n"),
    ("outcome-numbers", "ledger/model/outcome.h", 3,
     "// O.\n#pragma once\nenum class Outcome { ok = 0, worse = 7 };\n"),
    ("outcome-numbers", "ledger/model/outcome.h", 5,
     "// O.\n#pragma once\nenum class Outcome {\n  ok = 0, bad = 7,\n  fresh = 9 };\n"),
    ("outcome-numbers", "ledger/model/outcome.h", 3,
     "// O.\n#pragma once\nenum class Outcome { ok = 0, bad = 7, next };\n"),
    ("outcome-numbers", "ledger/model/outcome.h", 3,
     "// O.\n#pragma once\nenum class Outcome { ok = 0, fine = 0, bad = 7 };\n"),
    ("outcome-numbers", "ledger/model/outcome.h", 1, "// O.\n#pragma once\n"),
    ("outcome-numbers", "protocol/common.capnp", 3, "enum Outcome {\n  ok @0;\n  bed @7;\n}\n"),
    ("outcome-numbers", "protocol/common.capnp", 4,
     "enum Outcome {\n  ok @0;\n  bad @7;\n  fresh @8;\n}\n"),
    ("event-numbers", "tests/golden/events.txt", 1, None),
    ("event-numbers", "tests/golden/events.txt", 2, "1 opened\n3 gone\n2 used\n"),
    ("event-numbers", "tests/golden/events.txt", 3, "1 opened\n2 used\n1 again\n"),
    ("event-numbers", "protocol/event.capnp", 1,
     "struct Event { body :union { used @1 :Used; } }\n"),
    ("event-numbers", "protocol/event.capnp", 2,
     "struct Event { body :union { opened @1 :A; used @2 :B;\n  fresh @3 :C; } }\n"),
    ("event-numbers", "protocol/event.capnp", 1, None),
    ("reached-limits", "ledger/base/limits.h", 4,
     "// L.\n#pragma once\ninline constexpr std::size_t kKeyBytesMax = 128;\n"
     "inline constexpr std::int64_t kMoneyMax = 1'000;\n"),
    ("reached-limits", "ledger/base/limits.h", 1, "// L.\n#pragma once\n"),
    ("machine-paths", "ops/a.conf", 1, "data = /ho" "me/me/data\n"),
    ("machine-paths", "ledger/base/a.h", 1, "// See /wo" "rk/notes.\n#pragma once\n"),
    ("executable-bits", "ops/build", 1, "#!/usr/bin/env bash\n"),
    ("top-level", "notes.md", 1, "x\n"),
]

# The same, where the finding is in another place: its path and line, then the change.
BAD_ELSEWHERE = [
    ("reached-limits", "ledger/base/limits.h", 4,
     "tests/unit/decimal_test.cc", "// kKeyBytesMax\n"),
    ("event-numbers", "tests/golden/events.txt", 2, "protocol/event.capnp",
     "struct Event { body :union { opened @1 :A; } }\n"),
    ("outcome-numbers", "tests/golden/outcomes.txt", 2, "ledger/model/outcome.h",
     "// O.\n#pragma once\nenum class Outcome { ok = 0 };\n"),
    ("top-level", "src", 1, "src/a.capnp", "x\n"),
]

# (path, content): nothing of this may be found, by any rule.
GOOD = [
    ("ledger/core/a.h", '// A double clock.\n#pragma once\n\n#include "ledger/base/decimal.h"\n'
                        'constexpr auto kText = "float 0.5 time(nullptr) rand()";\n'
                        "/* std::chrono */ int downtime(int update_time);\n"
                        "std::unordered_map<int, int> index;\n"
                        "bool f() { return index.find(1) != index.end(); }\n"
                        "int g(std::vector<int> order) { for (int x : order) f(x); }\n"
                        "int n = 1'000'000; int m = 0x1e5; char c = 'e'; auto v = x.time;\n"),
    ("ledger/base/a.h", '// A.\n#pragma once\n\n#include "ledger/base/version.h"\n'),
    ("protocol/a.h", '// A.\n#pragma once\n\n#include <capnp/message.h>\n#include <kj/common.h>\n\n'
                     '#include "ledger/model/outcome.h"\n#include "protocol/event.capnp.h"\n'),
    ("ledger/store/a.h", "// A.\n#pragma once\n\n#include <fcntl.h>\n#include <lmdb.h>\n"),
    ("ledger/base/a.h",
     "// A.\n#pragma once\nnamespace a {\n" + "int f() {\n  g();\n}\n" * 100 + "}\n"),
    ("ledger/base/a.h", "// A.\n#pragma once\nint f() {\n" + "  x();\n" * 98 + "}\n"),
    ("README.md", f"| {'x' * 120} |\nhttps://example.org/{'x' * 100}\n"),
    ("tests/golden/long.jsonl", f"{'x' * 200} \n"),
    ("ledger/base/a.h", "// A.\n#pragma once\n// TO" "DO(perf): measure it.\n"),
    ("ops/a.conf", "path = ${root}/wo" "rk/data\nurl = https://example.org/home/page\n"),
]


class TidyTest(unittest.TestCase):
    def findings(self, changes):
        """The findings of the good tree with `changes`: path -> content, or None to remove it."""
        with tempfile.TemporaryDirectory() as root:
            for path, content in {**GOOD_TREE, **changes}.items():
                if content is None:
                    continue
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content, encoding="utf-8")
            return tidy.check(root)

    def test_the_good_tree_has_no_findings(self):
        self.assertEqual(self.findings({}), [])

    def test_bad_trees_are_found_at_their_line(self):
        cases = [(rule, path, line, path, content) for rule, path, line, content in BAD]
        for rule, path, line, changed, content in cases + BAD_ELSEWHERE:
            with self.subTest(rule=rule, changed=changed, content=content):
                found = [finding[:3] for finding in self.findings({changed: content})]
                self.assertIn((rule, path, line), found)

    def test_near_misses_are_not_found(self):
        for path, content in GOOD:
            with self.subTest(path=path, content=content):
                found = [finding for finding in self.findings({path: content})
                         if finding[0] != "listed-sources"]
                self.assertEqual(found, [])

    def test_every_rule_has_a_bad_tree(self):
        self.assertEqual({case[0] for case in BAD}, set(tidy.RULES))

    def test_a_bit_without_interpreter_line_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root, "README.md")
            file.write_text("x\n", encoding="utf-8")
            os.chmod(file, 0o755)
            self.assertIn("executable-bits", [finding[0] for finding in tidy.check(root)])


if __name__ == "__main__":
    unittest.main()
