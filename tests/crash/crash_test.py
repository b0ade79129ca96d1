"""kill -9 at random moments of an import, restart, import again: nothing is lost, nothing doubled.

Rows of both traces (of a small set in the repository where they are absent) for a customer on each
consumption model. Each ledger is killed several times during its import and imported again from the
file's beginning every time; at the end balances and invoices equal those of a ledger that was never
killed. After every restart

- every event that anybody was shown before is there,
- the tree extends those that were acknowledged: by consistency proofs, and at the end by replaying
  the log to their sizes, which gives their roots again.

DAYBOOK_SEED repeats a run's choices, DAYBOOK_KILLS changes the number of kills (default: 50).
"""

import csv
import json
import os
import pathlib
import random
import select
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import daybook  # noqa: E402
import merkle  # noqa: E402
import traces  # noqa: E402

KILLS = int(os.environ.get("DAYBOOK_KILLS", "50"))
KILLS_PER_LEDGER = 10
ATTEMPTS = 3 * KILLS        # a kill that comes too late does not count
JITTER_S = 0.004            # of the kill after the event that sets it off
SETTLED_S = 60

IMPORT = ("--customer-column", "customer", "--feature-column", "feature", "--model", "swift",
          "--batch", "50", "--in-flight", "4", *traces.COLUMNS)


def rows():
    """(time, input, output, feature) of what is imported."""
    files = traces.FILES
    if not traces.present():
        print(f"the traces are not in {traces.FOLDER}: a small set stands in for them")
        files = {"conv": pathlib.Path(daybook.__file__).with_name("requests.csv")}
    for feature, path in files.items():
        with open(path, newline="", encoding="ascii") as file:
            for row in csv.DictReader(file):
                for _ in range(1 if traces.present() else 30):
                    yield (row["TIMESTAMP"], row["ContextTokens"], row["GeneratedTokens"], feature)


def write_file(path):
    """One file for all customers, the rows dealt out in turn. Gives their number."""
    count = 0
    with open(path, "w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(["TIMESTAMP", "ContextTokens", "GeneratedTokens", "feature", "customer"])
        for row in rows():
            writer.writerow([*row, traces.CUSTOMERS[count % len(traces.CUSTOMERS)]])
            count += 1
    return count


class Observer:
    """Another client: follows the log, and asks for position and root again and again."""

    def __init__(self, ledger, after):
        self.ledger = ledger
        self.shown = after
        self.heads = []
        self._follow = ledger.begin("--json", "log", "--follow", "--from", after + 1,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._unread = ""
        self._asking = threading.Thread(target=self._ask)
        self._asking.start()

    def _ask(self):
        """Until the daemon does not answer any more."""
        while True:
            done = subprocess.run(self.ledger.command("--json", "status"), capture_output=True,
                                  text=True, check=False, env=daybook.clean_environment())
            if done.returncode != daybook.OK:
                return
            status = json.loads(done.stdout)["status"]
            self.heads.append((int(status["position"]), daybook.hex_of(status["root"])))

    def wait_for(self, position, process):
        """Until an event at `position` or behind is shown, or the process has ended."""
        events = self._follow.stdout.fileno()
        ended = os.pidfd_open(process.pid)
        try:
            while self.shown < position:
                readable, _, _ = select.select([events, ended], [], [], SETTLED_S)
                assert readable, "neither the import nor the log goes on"
                if events not in readable or not self._read_some():
                    return
        finally:
            os.close(ended)

    def _read_some(self):
        """What is there of the followed log; False at its end."""
        text = os.read(self._follow.stdout.fileno(), 1 << 16).decode()
        *lines, self._unread = (self._unread + text).split("\n")
        if lines:
            self.shown = int(json.loads(lines[-1])["position"])
        return text != ""

    def finish(self):
        """After the kill: what was still on its way."""
        while self._read_some():
            pass
        self._follow.stdout.close()
        self._follow.wait()
        self._asking.join()


class CrashTest(daybook.unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        print(f"seed: {self.seed}", flush=True)
        self.random = random.Random(self.seed)
        self.landed = self.attempts = 0

    def prepare(self):
        """A ledger with customers, its file, and the number of events before the import."""
        ledger = daybook.Ledger(start=traces.START)
        self.addCleanup(ledger.close)
        ledger.start()
        traces.sell(ledger)
        path = ledger.folder / "requests.csv"
        count = write_file(path)
        return ledger, path, count, ledger.position()

    def outcome(self, ledger):
        """Everything that customers see once the month is closed."""
        open_month = [ledger.balance(customer) for customer in traces.CUSTOMERS]
        ledger.run("clock", "set", traces.CLOSE_AT)
        return {"balances": open_month,
                "after": [ledger.balance(customer) for customer in traces.CUSTOMERS],
                "invoices": ledger.invoices()}

    def kill_during_import(self, ledger, path, target):
        """Kills the daemon soon after the log has reached `target`. Gives the observer."""
        observer = Observer(ledger, ledger.position())
        importer = ledger.begin("--json", "import", path, *IMPORT, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        observer.wait_for(target, importer)
        time.sleep(self.random.uniform(0, JITTER_S))
        ledger.kill()
        printed, messages = importer.communicate()
        observer.finish()
        self.attempts += 1
        summary = json.loads(printed)
        if importer.returncode == daybook.UNREACHABLE:
            self.landed += 1
            self.assertFalse(summary["complete"], messages)
        else:
            self.assertEqual(importer.returncode, daybook.OK, messages)
        observer.shown = max(observer.shown, int(summary["position"]))
        return observer

    def check_extends(self, ledger, observer, heads):
        """What was shown is there, and the acknowledged roots come out again."""
        position, root = ledger.tip()
        self.assertGreaterEqual(position, observer.shown, f"seed {self.seed}: an event is gone")
        for size, old_root in observer.heads[-1:]:
            path = [bytes.fromhex(line) for line in ledger.probe("consistency", size, position)]
            old, new = (size, bytes.fromhex(old_root)), (position, bytes.fromhex(root))
            self.assertTrue(merkle.extends(old, new, path), f"seed {self.seed}: size {size}")
            heads.append((size, old_root))

    def root_at(self, ledger, size):
        return daybook.hex_of(ledger.replay("--to", size, "--summary")["head"]["root"])

    def crash_and_finish(self):
        """A ledger that is killed several times, and imported to the end."""
        ledger, path, count, before = self.prepare()
        heads = []
        kills = min(KILLS_PER_LEDGER, KILLS - self.landed)
        for left in range(kills, 0, -1):
            position = ledger.position()
            step = max(1, 2 * (before + count - position) // (left + 1))
            target = position + 1 + self.random.randrange(step)
            observer = self.kill_during_import(ledger, path, target)
            ledger.start()
            self.check_extends(ledger, observer, heads)
        summary = ledger.json("import", path, *IMPORT)
        self.assertEqual(summary["recorded"] + summary["duplicates"], count)
        self.assertEqual(ledger.position(), before + count)
        for size, root in heads:
            self.assertEqual(self.root_at(ledger, size), root, f"seed {self.seed}: size {size}")
        return ledger

    def test_totals_and_invoices_are_as_if_nothing_had_happened(self):
        began = time.monotonic()
        ledger, path, count, _ = self.prepare()
        self.assertEqual(ledger.json("import", path, *IMPORT)["recorded"], count)
        expected = self.outcome(ledger)
        ledger.close()
        while self.landed < KILLS and self.attempts < ATTEMPTS:
            ledger = self.crash_and_finish()
            self.assertEqual(self.outcome(ledger), expected, f"seed {self.seed}")
            ledger.verify()
            ledger.close()
            print(f"{self.landed} of {self.attempts} kills landed during the import,"
                  f" {time.monotonic() - began:.0f} s", flush=True)
        self.assertGreaterEqual(self.landed, KILLS, "too few kills landed during the import")


if __name__ == "__main__":
    daybook.main()
