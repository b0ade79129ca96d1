"""Clients race for one customer's credits through leases, and are killed: nobody overspends.

A promotional grant of 1 000 credits pays for single units of one feature. Clients that keep a file
and a spool are killed at random and started again, the daemon too; in the end every unit that a
client was given is in the ledger, once, and nothing more was given than was granted.

DAYBOOK_SEED repeats a run's choices, DAYBOOK_CLIENTS changes their number (default: 6).
"""

import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daybook  # noqa: E402

CLIENTS = int(os.environ.get("DAYBOOK_CLIENTS", "6"))
GRANTED = 1_000
CATALOG = """
[[features]]
code = "work"

[[plans]]
code = "credits"
name = "Credits"
model = "credits"
interval = "month"
prices = [{ currency = "USD", base = 10 }]

[[plans.features]]
feature = "work"
creditsPerUnit = 1
"""
ENDS = ("holdSettled", "holdReleased", "holdExpired")
ENDLESS = 1_000_000_000


class LeaseTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        print(f"seed: {self.seed}", flush=True)
        self.random = random.Random(self.seed)
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "credits")
        self.ledger.run("grant", "acme", GRANTED)

    def begin(self, number):
        folder = self.ledger.folder
        return subprocess.Popen(
            [daybook.required("DAYBOOK_APP", "the program built from app.cc"), "lease",
             self.ledger.address, str(folder / f"{number}.spool"), "acme", "work", "40",
             str(folder / f"{number}.lease")],
            stdout=subprocess.PIPE, text=True, env=daybook.clean_environment())

    @staticmethod
    def consumed(process, lines=None):
        """What it printed as consumed: up to `lines` of it, or all until its end."""
        count = 0
        for line in process.stdout:
            if line.endswith("\n") and line != "dry\n":
                count = int(line)
            if line == "dry\n" or (lines is not None and count >= lines):
                break
        return count

    def test_clients_that_are_killed_never_overspend_and_lose_nothing(self):
        shown = 0
        for _ in range(4):
            processes = [self.begin(number) for number in range(CLIENTS)]
            for process in processes:
                self.consumed(process, self.random.randrange(1, 20))
            if self.random.random() < 0.5:
                self.ledger.kill()
                self.ledger.start()
            for process in processes:
                process.kill()
                rest = process.stdout.read().split("\n")
                shown += max([int(line) for line in rest[:-1] if line != "dry"], default=0)
                process.stdout.close()
                process.wait()
        for process in [self.begin(number) for number in range(CLIENTS)]:
            shown += self.consumed(process)
            process.stdout.close()
            self.assertEqual(process.wait(), 0, f"seed {self.seed}")
        balance = self.ledger.balance("acme")["credits"]
        held = daybook.exact(balance.get("held"))
        # Holds of clients that were killed before they knew of them expire.
        self.ledger.run("clock", "set", "2026-01-01T01:00:00Z")
        balance = self.ledger.balance("acme")["credits"]
        left = daybook.exact(balance["available"])
        used = daybook.exact(self.ledger.feature("acme", "work")["used"])
        print(f"shown {shown}, used {used}, left {left}, held until the end {held}", flush=True)
        self.assertGreaterEqual(left, 0, f"seed {self.seed}")
        self.assertEqual(daybook.exact(balance.get("debt")), 0, f"seed {self.seed}")
        # A unit may be consumed and not yet printed when its client is killed.
        self.assertGreaterEqual(used, shown, f"seed {self.seed}: consumed and not recorded")
        self.assertLessEqual(used, shown + 4 * CLIENTS, f"seed {self.seed}: recorded twice")
        self.assertEqual(used + left, GRANTED, f"seed {self.seed}")
        self.check_each_hold_ended_once()
        self.ledger.verify()

    def check_each_hold_ended_once(self):
        events = self.ledger.json_lines("log", "--limit", ENDLESS)
        placed = [event["holdPlaced"]["number"] for event in events if "holdPlaced" in event]
        ended = [event[kind]["number"] for event in events for kind in ENDS if kind in event]
        self.assertEqual(sorted(map(int, ended)), sorted(map(int, placed)), f"seed {self.seed}")


if __name__ == "__main__":
    daybook.main()
