"""All that measures runs, for moments, and says what it should; stopped half way it leaves nothing.

    smoke_test.py BUILD

No figure is judged. Peers that are not installed are left out.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import report
import servers

BUILD = pathlib.Path(sys.argv.pop()).resolve()
RUN = pathlib.Path(__file__).with_name("run.py")


class SmokeTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        # PostgreSQL's user looks for its data below.
        self.folder.chmod(0o711)
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o711)

    def start(self, *flags):
        return subprocess.Popen(
            [sys.executable, "-B", RUN, "--build", BUILD, "--output", self.folder / "output",
             "--directory", self.data, "--smoke", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def assertNothingLeft(self):
        self.assertEqual(list(self.data.iterdir()), [])
        until = time.monotonic() + 30
        while self.processes() and time.monotonic() < until:
            time.sleep(0.1)  # what was killed is on its way out
        self.assertEqual(self.processes(), [])

    def processes(self):
        mine = str(self.data).encode()
        found = []
        for process in pathlib.Path("/proc").iterdir():
            try:
                if process.name.isdigit() and mine in (process / "cmdline").read_bytes():
                    found.append(process.name)
            except OSError:
                pass  # it has just ended
        return found

    def check_row(self, row):
        self.assertLessEqual(row["least"], row["median"], row)
        self.assertLessEqual(row["median"], row["most"], row)
        self.assertGreater(row["least"], 0, row)
        self.assertGreaterEqual(row["count"], 1, row)
        if "against" in row:
            self.assertGreater(row["ratio"], 0, row)
        if "target" in row:
            self.assertIn(row["met"], (True, False, None), row)

    def test_a_run_measures_every_row(self):
        run = self.start()
        printed, progress = run.communicate()
        self.assertEqual(run.returncode, 0, progress)
        self.assertNothingLeft()
        output = self.folder / "output"
        results = json.loads((output / "results.json").read_text(encoding="utf-8"))
        self.assertEqual([row["name"] for row in results["rows"]], [row[0] for row in report.ROWS])
        for row in results["rows"]:
            self.check_row(row)
            self.assertIn(row["name"], printed)
        events = [point["events"] for point in results["points"]]
        self.assertEqual(events, sorted(set(events)))
        self.assertGreaterEqual(events[-1], results["sizes"]["large_events"])
        there = [name for name in servers.PEERS if servers.peer_is_there(BUILD, name)]
        self.assertEqual(results["peers"], there)
        for peer in results["compared"]:
            for word in ("singly", "batch"):
                self.assertGreater(peer[word]["ratio"], 0, peer)
        for part in ("decide and apply: credits", "price of one event: package",
                     "draw: from half, of 1000 grants", "hash: leaf appended to the tree",
                     "keys: looked up, in batches", "replay, hashes verified"):
            self.assertIn(f"core: {part}", results["figures"])
        for known in ("machine", "file system", "compiler", "libraries"):
            self.assertTrue(results["conditions"][known], known)
        self.assertEqual((output / "report.md").read_text(encoding="utf-8").strip(),
                         printed.strip())

    def test_stopped_half_way_it_leaves_nothing(self):
        for how, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            run = self.start("--no-peers")
            for line in run.stderr:
                if "] daemon, round 1" in line:
                    break
            os.kill(run.pid, how)
            run.communicate()
            self.assertEqual(run.returncode, status)
            self.assertNothingLeft()


if __name__ == "__main__":
    unittest.main()
