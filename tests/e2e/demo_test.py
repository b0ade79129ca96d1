"""The first tour, ops/demo, does what it says; when a step fails it says so and leaves nothing."""

import os
import pathlib
import shutil
import tempfile
import unittest

from daybook import OK, REPOSITORY, clean_environment, execute, program

# Passes everything on, but for the command that shall fail.
FAILING = """#!/bin/sh
if [ "$1" = {command} ]; then echo "broken on purpose" >&2; exit 3; fi
exec {program} "$@"
"""


class DemoTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def demo(self, *flags, exit_code=OK):
        environment = clean_environment() | {"TMPDIR": str(self.temporary)}
        return execute([REPOSITORY / "ops" / "demo", "--no-packages", *flags], exit_code,
                       environment=environment)

    def assertNothingLeft(self):
        """Neither a folder nor a daemon in it."""
        self.assertEqual(list(self.temporary.iterdir()), [])
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                where = os.readlink(process / "cwd")
            except OSError:
                continue
            self.assertFalse(where.startswith(str(self.temporary)), process)

    def test_the_tour_shows_what_it_promises(self):
        shown = self.demo("--bin", str(pathlib.Path(program("daybook")).parent)).stdout
        for part in ("$ daybook balance acme", "already recorded", "no: insufficientCredits",
                     "INV-000008", "157.00 USD", "24.35 USD", "$ daybook replay ledger"):
            self.assertIn(part, shown)
        self.assertEqual(shown.count("verified: all of it is right"), 2)
        self.assertNothingLeft()

    def test_a_step_that_fails_fails_the_tour(self):
        broken = self.folder / "bin"
        broken.mkdir()
        (broken / "daybookd").symlink_to(program("daybookd"))
        for command in ("topup", "verify", "check"):
            wrapper = broken / "daybook"
            wrapper.write_text(FAILING.format(command=command, program=program("daybook")))
            wrapper.chmod(0o755)
            done = self.demo("--bin", str(broken), exit_code=None)
            self.assertNotEqual(done.returncode, OK, command)
            self.assertIn("broken on purpose", done.stderr)
            self.assertIn("ops/demo failed", done.stderr)
            self.assertNothingLeft()

    def test_help_and_wrong_flags(self):
        self.assertIn("--bin DIR", self.demo("--help").stdout)
        self.assertNotEqual(self.demo("--frobnicate", exit_code=None).returncode, OK)
        self.assertNotEqual(self.demo("--bin", "/no/such/folder", exit_code=None).returncode, OK)


if __name__ == "__main__":
    unittest.main(verbosity=2)
