"""Daemon and client are killed while usage is recorded through a spool: each event counts once.

In each round the daemon is killed under load, the client goes on without it and is killed too, at
random; sometimes the spool's end is torn off as well, as when the machine fails: the client then
records again from the first event that the spool is not known to have. In the end everything is
started again, and every event that was recorded is in the log exactly once.

DAYBOOK_SEED repeats a run's choices, DAYBOOK_ROUNDS changes their number (default: 12).
"""

import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daybook  # noqa: E402

ROUNDS = int(os.environ.get("DAYBOOK_ROUNDS", "12"))
LOAD = 4_000          # events of one round, at most
TORN_BYTES = 300      # at most
TORN_EVENTS = 5       # in the spool an event takes more than 64 bytes
ENDLESS = 1_000_000_000
CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"


class App:
    """The client process, and how far it came."""

    def __init__(self, ledger, spool, first, to):
        self.process = subprocess.Popen(
            [daybook.required("DAYBOOK_APP", "the program built from app.cc"), "record",
             ledger.address, str(spool), "acme", "calls", str(first), str(to)],
            stdout=subprocess.PIPE, text=True, env=daybook.clean_environment())
        self.next = first

    def read_until(self, number):
        """Until the event before `number` is taken."""
        while self.next < number:
            self.next = int(self._line()) + 1

    def _line(self):
        line = self.process.stdout.readline()
        assert line, f"the app ended with {self.process.wait()}"
        return line

    def kill(self):
        """Gives the first number that is not known to be taken."""
        self.process.kill()
        rest = self.process.stdout.read().split("\n")
        for line in rest[:-1]:
            self.next = int(line) + 1
        self.process.stdout.close()
        self.process.wait()
        return self.next

    def finish(self):
        """After the last event: what was counted and what was not."""
        line = self._line()
        while not line.startswith("done"):
            line = self._line()
        self.process.stdout.close()
        assert self.process.wait() == 0
        return [int(word) for word in line.split()[1:]]


class SpoolTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        print(f"seed: {self.seed}", flush=True)
        self.random = random.Random(self.seed)
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")
        self.spool = self.ledger.folder / "usage.spool"

    def check_counted(self, count):
        keys = [event["key"] for event in self.ledger.json_lines("log", "--limit", ENDLESS)
                if event.get("key", "").startswith("e-")]
        self.assertEqual(len(keys), len(set(keys)), f"seed {self.seed}: a key is there twice")
        self.assertEqual(set(keys), {f"e-{number}" for number in range(count)},
                         f"seed {self.seed}")
        self.assertEqual(daybook.exact(self.ledger.feature("acme", "calls")["used"]), count)

    def test_an_app_without_a_daemon_loses_nothing(self):
        self.ledger.kill()
        app = App(self.ledger, self.spool, 0, ENDLESS)
        app.read_until(LOAD)
        count = app.kill()
        self.assertGreater(self.spool.stat().st_size, count * 32)
        self.ledger.start()
        counted, refused = App(self.ledger, self.spool, count, count).finish()
        self.assertEqual(refused, 0)
        # What was taken and not yet printed at the kill is in the spool as well.
        self.assertGreaterEqual(counted, count)
        self.check_counted(counted)
        self.ledger.verify()

    def test_whatever_is_killed_when_every_event_counts_once(self):
        first = 0
        for number in range(ROUNDS):
            app = App(self.ledger, self.spool, first, ENDLESS)
            app.read_until(first + self.random.randrange(1, LOAD))
            daemon_first = self.random.random() < 0.7
            if daemon_first:
                self.ledger.kill()
                app.read_until(app.next + self.random.randrange(1, LOAD))
            killed_at = app.kill()
            if not daemon_first:
                self.ledger.kill()
            if self.random.random() < 0.5:
                size = self.spool.stat().st_size
                torn = min(self.random.randrange(TORN_BYTES), size - 24)
                os.truncate(self.spool, size - torn)
                killed_at = max(first, killed_at - TORN_EVENTS)
            first = killed_at
            self.ledger.start()
            print(f"round {number}: {first} events,"
                  f" spool of {self.spool.stat().st_size} bytes", flush=True)
        last = first + 100
        app = App(self.ledger, self.spool, first, last)
        _, refused = app.finish()
        self.assertEqual(refused, 0, f"seed {self.seed}")
        self.check_counted(last)
        self.ledger.verify()


if __name__ == "__main__":
    daybook.main()
