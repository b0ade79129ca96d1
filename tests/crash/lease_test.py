"""Leases that are killed: nobody overspends, and what was consumed is in the ledger, once.

The clients keep a file and a spool. First each is stopped at one step of a lease after the other:
killed there, or the daemon is, or both; then the next client goes on with its files. Second the
hold ends before that, and somebody else spends what it held: only then, and only for what was
consumed before, a debt is left, which is counted as such. Third clients race for one customer's
credits, and are killed at random, the daemon too.

DAYBOOK_SEED repeats a run's choices, DAYBOOK_CLIENTS changes their number (default: 6),
DAYBOOK_ROUNDS that of their lives (default: 4).
"""

import os
import pathlib
import random
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daybook  # noqa: E402

CLIENTS = int(os.environ.get("DAYBOOK_CLIENTS", "6"))
ROUNDS = int(os.environ.get("DAYBOOK_ROUNDS", "4"))
BLOCK = 40
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
# LeaseStep of client/src/lease_engine.h, in its order.
STEPS = ("asked", "placed", "opened", "extended", "intended", "spooled", "reported", "closed",
         "ended", "freed")
# A hold is extended after half of its time to live: for a client whose clock is so fast, soon.
EXTENDED_SPEED = 100
ENDS = ("holdSettled", "holdReleased", "holdExpired")
ENDLESS = 1_000_000_000


def holds_in(events, kinds):
    """Customer and number of the hold of each event of these kinds."""
    return sorted((event["customer"], int(event["body"][kind]["number"]))
                  for event in events for kind in kinds if kind in event["body"])


class Client:
    """One process, and what it printed."""

    def __init__(self, ledger, customer, files, *stop):
        self.consumed = 0
        self.past_by_key = {}
        self.lost = []
        self.is_dry = False
        self.process = subprocess.Popen(
            [daybook.required("DAYBOOK_APP", "the program built from app.cc"), "lease",
             ledger.address, str(ledger.folder / f"{files}.spool"), customer, "work", str(BLOCK),
             str(ledger.folder / f"{files}.lease"), *map(str, stop)],
            stdout=subprocess.PIPE, text=True, env=daybook.clean_environment())

    @property
    def past(self):
        """Units counted after their hold had ended; what is sent twice has one key."""
        return sum(self.past_by_key.values())

    def _note(self, line):
        if not line.endswith("\n"):
            return
        word, *rest = line.split()
        if word == "dry":
            self.is_dry = True
        elif word == "past":
            self.past_by_key[rest[0]] = int(rest[1])
        elif word == "lost":
            self.lost.append(rest)
        else:
            self.consumed = int(word)

    def read(self, count):
        """Until it has consumed so many, or all that there is."""
        while self.consumed < count and not self.is_dry:
            line = self.process.stdout.readline()
            if not line:
                return
            self._note(line)

    def wait_stopped(self):
        """Until it is stopped, or has ended. Says which."""
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return True
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return False

    def end(self):
        """Reads what is left, and gives the exit status."""
        for line in self.process.stdout:
            self._note(line)
        self.process.stdout.close()
        return self.process.wait()

    def kill(self):
        self.process.kill()
        self.end()


class LeaseTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        self.random = random.Random(self.seed)

    def customer(self, name, credits):
        self.ledger.run("customer", "create", name)
        self.ledger.run("subscribe", name, "credits")
        self.ledger.run("grant", name, credits)
        return name

    def client(self, customer, files, *stop):
        client = Client(self.ledger, customer, files, *stop)
        # Whatever fails, nothing is left running.
        self.addCleanup(client.process.wait)
        self.addCleanup(client.process.kill)
        return client

    def amounts(self, customer):
        """Credits used, debt, available and held, exactly."""
        credits = self.ledger.balance(customer)["credits"]
        return [daybook.exact(self.ledger.feature(customer, "work")["used"]),
                *(daybook.exact(credits.get(name)) for name in ("debt", "available", "held"))]

    def finish(self, client, message=""):
        self.assertEqual(client.end(), 0, message)
        self.assertTrue(client.is_dry, message)
        self.assertEqual(client.lost, [], message)

    def check_each_hold_ended_once(self):
        events = self.ledger.json_lines("log", "--limit", ENDLESS)
        self.assertEqual(holds_in(events, ENDS), holds_in(events, ("holdPlaced",)),
                         f"seed {self.seed}")
        self.ledger.verify()

    def stopped_at(self, customer, step, sign):
        """A client with that customer's files, at that step or past its end."""
        speed = EXTENDED_SPEED if step == "extended" else 1
        return self.client(customer, customer, STEPS.index(step), int(sign), speed)

    def test_a_client_killed_at_any_step_leaves_neither_debt_nor_loss(self):
        for step in STEPS:
            customer = self.customer(f"killed-{step}", 100)
            first = self.stopped_at(customer, step, signal.SIGKILL)
            self.assertEqual(first.end(), -signal.SIGKILL, step)
            second = self.client(customer, customer)
            self.finish(second, step)
            self.check_whole(customer, step, first, second)
        self.check_each_hold_ended_once()

    def test_a_daemon_killed_at_any_step_leaves_neither_debt_nor_loss(self):
        for step in STEPS:
            for goes_on in (True, False):
                customer = self.customer(f"stopped-{step}-{goes_on}", 100)
                first = self.stopped_at(customer, step, signal.SIGSTOP)
                self.assertTrue(first.wait_stopped(), step)
                self.ledger.kill()
                if goes_on:
                    first.process.send_signal(signal.SIGCONT)
                else:
                    first.kill()
                self.ledger.start()
                if goes_on:
                    self.finish(first, step)
                second = self.client(customer, customer)
                self.finish(second, step)
                self.check_whole(customer, step, first, second)
        self.check_each_hold_ended_once()

    def check_whole(self, customer, step, first, second):
        used, debt, available, held = self.amounts(customer)
        self.assertEqual((used + available, debt, held), (100, 0, 0), step)
        self.assertEqual((first.past, second.past), (0, 0), step)
        # A unit may be consumed and not yet printed when its client is killed.
        shown = first.consumed + second.consumed
        self.assertIn(used - shown, (0, 1), step)

    def test_usage_reported_after_its_hold_ended_is_counted_in_full_and_as_such(self):
        hours = 0
        for step in ("opened", "intended", "spooled", "reported"):
            customer = self.customer(f"late-{step}", 100)
            first = self.stopped_at(customer, step, signal.SIGSTOP)
            self.assertTrue(first.wait_stopped(), step)
            recorded = self.amounts(customer)[0]
            first.kill()
            hours += 1
            self.ledger.run("clock", "set", f"2026-01-01T{hours:02}:00:00Z")
            _, _, available, held = self.amounts(customer)
            self.assertEqual((recorded + available, held), (100, 0), step)
            self.ledger.run("record", customer, "work", available)
            second = self.client(customer, customer)
            self.finish(second, step)
            used, debt, available, held = self.amounts(customer)
            # A report may have reached the ledger while the client was stopped.
            self.assertEqual((used, available, held), (100 + second.past, -second.past, 0), step)
            self.assertEqual(debt, second.past, step)
            self.assertEqual(second.consumed, 0, step)
            print(f"{step}: {debt} credits of debt", flush=True)
        self.check_each_hold_ended_once()

    def test_clients_that_are_killed_at_random_never_overspend_and_lose_nothing(self):
        granted = 1_000
        print(f"seed: {self.seed}", flush=True)
        self.customer("acme", granted)
        shown, killed = 0, 0
        for _ in range(ROUNDS):
            clients = [self.client("acme", number) for number in range(CLIENTS)]
            for client in clients:
                client.read(self.random.randrange(1, 20))
            if self.random.random() < 0.5:
                self.ledger.kill()
                self.ledger.start()
            for client in clients:
                client.kill()
                shown += client.consumed
                killed += 1
                self.assertEqual(client.past, 0, f"seed {self.seed}")
        clients = [self.client("acme", number) for number in range(CLIENTS)]
        for client in clients:
            self.finish(client, f"seed {self.seed}")
            shown += client.consumed
            self.assertEqual(client.past, 0, f"seed {self.seed}")
        held = self.amounts("acme")[-1]
        # A hold is left to its time only if its client's last words reached the daemon after those
        # of the next client.
        self.ledger.run("clock", "set", "2026-01-01T01:00:00Z")
        used, debt, left, _ = self.amounts("acme")
        print(f"shown {shown}, used {used}, left {left}, held until the end {held}", flush=True)
        self.assertEqual(debt, 0, f"seed {self.seed}")
        self.assertEqual(used + left, granted, f"seed {self.seed}")
        self.assertGreaterEqual(used, shown, f"seed {self.seed}: consumed and not recorded")
        self.assertLessEqual(used, shown + killed, f"seed {self.seed}: recorded twice")
        self.check_each_hold_ended_once()


if __name__ == "__main__":
    daybook.main()
