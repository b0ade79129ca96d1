"""64 processes race for the 1 000 credits, or the money, of one customer, and are killed at random.

They hold, settle for less, the same and more, use, extend, release, and forget; or consume out of
leases. After some answers one of them is killed with SIGKILL and starts again with its files; the
daemon too. It ends when all is used or held. Then the log is gone through from its first event,
beside the ledger's own verification: no hold was given that was not there, what is left plus what
was used is what was granted, every hold ended once, and every answer that a client had is in the
log.

DAYBOOK_SEED repeats a run's choices, but not the timing; DAYBOOK_CLIENTS changes their number.
"""

import decimal
import os
import pathlib
import random
import selectors
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daybook  # noqa: E402

CLIENTS = int(os.environ.get("DAYBOOK_CLIENTS", "64"))
KILLS = CLIENTS
DAEMON_KILLS = 3
KILL_AFTER = 10  # lines
GRANTED = 1_000
BLOCK = 8        # of a lease
ENDLESS = 1_000_000_000
# What prints nothing for so long has hung.
HUNG_S = 120
CATALOG = """
[[features]]
code = "work"

[[plans]]
code = "credits"
model = "credits"
interval = "month"
alerts = { rules = [] }
prices = [{ currency = "USD", base = 10 }]
features = [{ feature = "work", creditsPerUnit = 1 }]

[[plans]]
code = "wallet"
model = "balance"
atZero = "block"
interval = "month"
alerts = { rules = [] }
prices = [{ currency = "USD", base = 1000 }]
features = [{ feature = "work", prices = [{ currency = "USD", unitPrice = 1 }] }]
"""


class Racer:
    """One process, and what it printed."""

    def __init__(self, number, arguments):
        self.number = number
        self.is_killed = False
        self.lines = []
        self.rest = b""
        self.process = subprocess.Popen(
            [daybook.required("DAYBOOK_APP", "the program built from app.cc"),
             *map(str, arguments)],
            stdout=subprocess.PIPE, env=daybook.clean_environment())

    def read(self):
        """Gives how many lines came; None at the end."""
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            self.process.stdout.close()
            self.process.wait()
            return None
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.lines += [line.decode() for line in lines]
        return len(lines)

    def kill(self):
        self.is_killed = True
        self.process.kill()


class Auditor:
    """What one customer has, by the log alone. Amounts are of credits, or money."""

    def __init__(self, granted):
        self.left = decimal.Decimal(granted)
        self.held = {}
        self.ended = []
        self.exceeded = 0
        self.keys = []

    def available(self):
        return self.left - sum(self.held.values())

    def fold(self, event):
        [(kind, body)] = event["body"].items()
        if "key" in event:
            self.keys.append(event["key"])
        number = body.get("number")
        if kind == "holdPlaced":
            assert number not in self.held and number not in self.ended, event
            self.held[number] = sum(daybook.exact(item.get("price")) for item in body["items"])
            assert self.available() >= 0, f"held more than there was: {event}"
        elif kind == "holdUsed":
            price = daybook.exact(body["usage"].get("price"))
            assert price <= self.held[number], event
            self.held[number] -= price
            self.left -= price
        elif kind == "holdSettled":
            price = sum(daybook.exact(usage.get("price")) for usage in body["usages"])
            self.exceeded += max(price - self.held[number], 0)
            self.left -= price
            self._end(number)
        elif kind in ("holdReleased", "holdExpired"):
            self._end(number)
        else:
            assert kind in ("holdExtended", "customerCreated", "subscribed", "periodStarted",
                            "invoiceClosed", "creditsGranted"), event
        assert self.available() >= -self.exceeded, event

    def _end(self, number):
        del self.held[number]
        self.ended.append(number)


class RaceTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        self.random = random.Random(self.seed)
        print(f"seed {self.seed}", flush=True)

    def customer(self, plan):
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", plan)
        if plan == "credits":
            self.ledger.run("grant", "acme", GRANTED)

    def begin(self, number, arguments):
        racer = Racer(number, arguments)
        self.addCleanup(racer.process.wait)
        self.addCleanup(racer.process.kill)
        return racer

    def race(self, arguments_of):
        """`arguments_of(number)` are those of each client. Gives all that there were."""
        racers = []
        running = selectors.DefaultSelector()
        self.addCleanup(running.close)

        def begin(number):
            racers.append(self.begin(number, arguments_of(number)))
            running.register(racers[-1].process.stdout, selectors.EVENT_READ, racers[-1])

        for number in range(CLIENTS):
            begin(number)
        kills, daemon_kills, progress = 0, 0, 0
        while running.get_map():
            ready = running.select(HUNG_S)
            self.assertTrue(ready, f"seed {self.seed}: nothing is heard of anybody")
            for key, _ in ready:
                count = key.data.read()
                if count is not None:
                    progress += count
                    continue
                running.unregister(key.fileobj)
                self.assertIn(key.data.process.returncode, (-9, 0) if key.data.is_killed else (0,),
                              f"seed {self.seed}")
                # Whoever is done comes back as long as there is somebody to kill.
                progress += KILL_AFTER
                if key.data.is_killed or kills < KILLS:
                    begin(key.data.number)
            alive = [key.data for key in running.get_map().values() if not key.data.is_killed]
            self.random.shuffle(alive)
            while alive and kills < KILLS and progress >= kills * KILL_AFTER:
                alive.pop().kill()
                kills += 1
            if daemon_kills < DAEMON_KILLS and kills > daemon_kills * KILLS // DAEMON_KILLS:
                self.ledger.kill()
                self.ledger.start()
                daemon_kills += 1
        self.assertEqual((kills, daemon_kills), (KILLS, DAEMON_KILLS), f"seed {self.seed}")
        return racers

    def check(self):
        """Gives what the log says."""
        # What killed clients held and nobody knows of expires.
        self.ledger.run("clock", "set", "2026-01-01T01:00:00Z")
        auditor = Auditor(GRANTED)
        for event in self.ledger.json_lines("log", "--customer", "acme", "--limit", ENDLESS):
            auditor.fold(event)
        self.assertEqual(auditor.held, {}, f"seed {self.seed}: not ended")
        self.assertEqual(len(auditor.keys), len(set(auditor.keys)), f"seed {self.seed}")
        balance = self.ledger.balance("acme")
        shown = balance.get("availableMoney") or balance["credits"]["available"]
        self.assertEqual(daybook.exact(shown), auditor.left, f"seed {self.seed}")
        used = daybook.exact(self.ledger.feature("acme", "work")["used"])
        self.assertEqual(used + auditor.left, GRANTED, f"seed {self.seed}")
        self.ledger.verify()
        print(f"used {used}, left {auditor.left}, holds {len(auditor.ended)},"
              f" settled above what was held {auditor.exceeded}", flush=True)
        return auditor

    def race_for_holds(self, plan):
        self.customer(plan)
        racers = self.race(lambda number: ["hold", self.ledger.address, "acme", "work",
                                           self.random.randrange(2 ** 32)])
        auditor = self.check()
        answered = [line for racer in racers for line in racer.lines if line != "dry"]
        self.assertLessEqual(set(answered), set(auditor.keys), f"seed {self.seed}")

    def race_with_leases(self, plan):
        self.customer(plan)
        folder = self.ledger.folder
        racers = self.race(lambda number: ["lease", self.ledger.address, folder / f"{number}.spool",
                                           "acme", "work", BLOCK,
                                           folder / f"{number}.lease"])
        auditor = self.check()
        self.assertEqual(auditor.exceeded, 0, f"seed {self.seed}")
        shown = sum(max((int(line) for line in racer.lines if line.isdigit()), default=0)
                    for racer in racers)
        # Nothing was counted past its hold, or lost.
        self.assertEqual({line for racer in racers for line in racer.lines
                          if not line.isdigit()}, {"dry"}, f"seed {self.seed}")
        used = GRANTED - auditor.left
        # A unit may be consumed and not yet printed when its client is killed.
        self.assertTrue(shown <= used <= shown + KILLS, f"seed {self.seed}: {shown}, {used}")

    def test_holds_of_credits(self):
        self.race_for_holds("credits")

    def test_holds_of_a_balance_that_blocks(self):
        self.race_for_holds("wallet")

    def test_leases_of_credits(self):
        self.race_with_leases("credits")

    def test_leases_of_a_balance_that_blocks(self):
        self.race_with_leases("wallet")


if __name__ == "__main__":
    daybook.main()
