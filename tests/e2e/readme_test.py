"""What README.md shows works: its tour as it stands, and its client program."""

import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from daybook import REPOSITORY, clean_environment, execute, program

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CLIENT = sys.argv.pop(1)  # the built program of readme_client.cc


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


class Readme(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copy(REPOSITORY / "ops/config/demo-catalog.toml", self.folder / "catalog.toml")
        (self.folder / "calls.csv").write_text(
            "time,org,calls\n2026-01-01T00:00:00Z,acme,500\n2026-01-01T00:00:00Z,acme,250\n",
            encoding="utf-8")

    def test_the_tour_runs_as_it_stands(self):
        self.assertEqual(re.findall(r"record acme calls (\d+)", README), ["12000", "12000", "700"])
        tour = "".join(blocks("sh")).split("&\n", 1)
        script = "\n".join([
            "set -euo pipefail",
            "trap 'kill %1; wait' EXIT",
            tour[0] + "2> daybookd.log &",
            "until grep -q 'ready at' daybookd.log; do kill -0 %1; done",
            tour[1],
            f"daybook balance acme --json > balance.json; {CLIENT}",
        ])
        folder = str(pathlib.Path(program("daybook")).parent)
        environment = clean_environment() | {"PATH": f"{folder}:{os.environ['PATH']}"}
        done = execute(["bash", "-c", script], environment=environment, cwd=self.folder)
        self.assertIn("already recorded", done.stdout)
        self.assertIn("INV-000006", done.stdout)
        for part in ("nothing was recorded", "usage mistake voided", "prorationCredit",
                     "payment of INV-000001 recorded", "creditNoteClosed", "late-usage"):
            self.assertIn(part, done.stdout)
        self.assertEqual(done.stdout.count("verified: all of it is right"), 2)
        self.assertRegex(done.stdout, r"recorded at \d+, left 9997\n")

    def test_the_client_program_is_the_one_that_is_compiled(self):
        compiled = (REPOSITORY / "tests/e2e/readme_client.cc").read_text(encoding="utf-8")
        self.assertEqual(compiled.split("\n", 1)[1], blocks("cpp")[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
