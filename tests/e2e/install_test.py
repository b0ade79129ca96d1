"""What `cmake --install` gives is enough: examples built against it, by CMake and by pkg-config.

The tree is installed into a folder of its own, with its own copy of the examples, and everything is
used from there: the programs, the library, its headers and its package files.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import daybook

BUILD = sys.argv.pop(1)
CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"


class InstallTest(daybook.unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prefix = cls.folder / "installed"
        cls.build = cls.folder / "build"
        daybook.execute(["cmake", "--install", BUILD, "--prefix", str(cls.prefix)])
        examples = cls.prefix / "share/daybook/examples"
        daybook.execute(["cmake", "-G", "Ninja", "-S", examples, "-B", cls.build,
                         f"-DCMAKE_PREFIX_PATH={cls.prefix}"])
        daybook.execute(["cmake", "--build", cls.build])

    def setUp(self):
        os.environ["DAYBOOK_BIN"] = str(self.prefix / "bin")
        self.ledger = daybook.Ledger()
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.ledger.apply(CATALOG)
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")

    def example(self, name, *arguments, exit_code=daybook.OK, folder=None):
        program = (folder or self.build) / name
        return daybook.execute([program, self.ledger.address, *map(str, arguments)],
                               exit_code).stdout

    def used(self):
        return daybook.exact(self.ledger.feature("acme", "calls")["used"])

    def test_record_counts_a_key_once_and_says_what_is_refused(self):
        self.assertRegex(self.example("record", "acme", "calls", 3, "k1"), r"^recorded at \d+")
        self.assertRegex(self.example("record", "acme", "calls", 3, "k1"), r"^already recorded")
        self.assertEqual(self.used(), 3)
        refused = self.example("record", "acme", "calls", 4, "k1", exit_code=1)
        self.assertRegex(refused, "^refused: keyReused")

    def test_check_answers_without_recording(self):
        before = self.ledger.position()
        self.assertRegex(self.example("check", "acme", "calls", 3), "^yes, for ")
        refused = self.example("check", "acme", "unheard-of", 3, exit_code=1)
        self.assertRegex(refused, "^(no|refused): unknownFeature")
        self.assertEqual(self.ledger.position(), before)

    def test_spool_keeps_usage_while_the_daemon_is_away(self):
        spool = self.ledger.folder / "usage.spool"
        self.ledger.kill()
        self.assertEqual(self.example("spool", spool, "acme", "calls", 50),
                         "counted 0, left in the spool 50\n")
        self.ledger.start()
        self.assertEqual(self.example("spool", spool, "acme", "calls", 0),
                         "counted 50, left in the spool 0\n")
        self.assertEqual(self.used(), 50)

    def test_guard_asks_and_lets_through_up_to_a_cap_while_the_daemon_is_away(self):
        spool = self.ledger.folder / "guard.spool"
        self.assertEqual(self.example("guard", spool, "acme", "calls", 5),
                         "yes\nleft in the spool 0\n")
        self.ledger.kill()
        self.assertEqual(self.example("guard", spool, "acme", "calls", 5),
                         "let through\nleft in the spool 1\n")
        self.assertEqual(self.example("guard", spool, "acme", "calls", 0, exit_code=1),
                         "no: unreachable\n")
        self.ledger.start()
        self.assertEqual(self.example("guard", spool, "acme", "calls", 5),
                         "yes\nleft in the spool 0\n")
        self.assertEqual(self.used(), 3)

    def test_hold_sets_aside_and_settles_for_what_was_used(self):
        self.assertEqual(self.example("hold", "acme", "calls", 100, 60),
                         "held 100\nsettled for 60\n")
        self.assertEqual(self.used(), 60)
        self.assertEqual(self.ledger.json_lines("holds", "acme"), [])
        refused = self.example("hold", "acme", "unheard-of", 1, 1, exit_code=1)
        self.assertRegex(refused, "^refused: unknownFeature")

    def test_lease_uses_what_it_holds_and_gives_back_the_rest(self):
        self.assertRegex(self.example("lease", self.ledger.folder, "acme", "calls", 20, 50),
                         "^used 50, ")
        self.assertEqual(self.used(), 50)
        self.assertEqual(self.ledger.json_lines("holds", "acme"), [])

    def test_watch_goes_on_where_the_last_run_was(self):
        place = self.ledger.folder / "place"
        self.ledger.run("alerts", "acme", "--set", "usage:calls=2")
        self.ledger.run("record", "acme", "calls", 3)
        self.assertRegex(self.example("watch", place, 1), r"^acme: INV-000001 over [\d.]+\n$")
        self.assertEqual(self.example("watch", place, 1), "acme: calls reached 3\n")

    def test_pkg_config_is_enough_to_build(self):
        environment = daybook.clean_environment()
        [package] = self.prefix.glob("lib/**/pkgconfig")
        environment["PKG_CONFIG_PATH"] = str(package)
        flags = daybook.execute(["pkg-config", "--cflags", "--libs", "daybook"],
                                environment=environment).stdout.split()
        source = self.prefix / "share/daybook/examples/record.cc"
        daybook.execute(["c++", "-std=c++20", source, "-o", self.folder / "record", *flags])
        self.assertRegex(self.example("record", "acme", "calls", 1, "k1", folder=self.folder),
                         "^recorded at")

    def test_headers_need_the_standard_library_only(self):
        for header in sorted((self.prefix / "include/daybook").glob("*.h")):
            done = subprocess.run(
                ["c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c++",
                 "-I", self.prefix / "include", "-"],
                input=f'#include "daybook/{header.name}"\n', capture_output=True, text=True,
                check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_programs_completions_and_unit_are_there(self):
        for path in ("bin/daybook", "bin/daybookd", "share/daybook/config/daybookd.toml",
                     "share/daybook/protocol/daybook.capnp",
                     "share/zsh/site-functions/_daybook",
                     "share/fish/vendor_completions.d/daybook.fish"):
            self.assertTrue((self.prefix / path).is_file(), path)
        daybook.execute(["bash", "-n", self.prefix / "share/bash-completion/completions/daybook"])
        unit = (self.prefix / "lib/systemd/system/daybookd.service").read_text(encoding="utf-8")
        self.assertIn(f"ExecStart={self.prefix}/bin/daybookd ", unit)


if __name__ == "__main__":
    daybook.main()
