"""Watching through real processes: live, over restarts and kill -9 of either side, and beside a
watcher that stands still.
"""

import json
import signal
import subprocess

import daybook

CATALOG = """
features = [{ code = "calls" }]

[[plans]]
code = "pro"
model = "metered"
alerts = { rules = [] }
prices = [{ currency = "USD", base = 99 }]

[[plans.features]]
feature = "calls"
included = 10_000
prices = [{ currency = "USD", unitPrice = "0.01" }]
"""

CUSTOMERS = 24
LEVELS = 12   # alerts of each


class Watching:
    """`daybook watch --json` beside the test."""

    def __init__(self, test, *arguments):
        self.process = test.ledger.begin("--json", "watch", *arguments, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE)
        test.addCleanup(self.end)

    def next(self):
        """The next notice; waits for it."""
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the watch ended: {self.process.stderr.read()}")
        return json.loads(line)

    def until(self, wanted):
        """The notices up to the first one that is wanted."""
        notices = [self.next()]
        while not wanted(notices[-1]):
            notices.append(self.next())
        return notices

    def end(self):
        """kill -9, and the whole notices that it had written till then."""
        if self.process.stdout.closed:
            return []
        self.process.kill()
        out, _ = self.process.communicate()
        return [json.loads(line) for line in out.splitlines(True) if line.endswith("\n")]


def used(notice):
    return notice["balance"]["features"][0]["used"] if "balance" in notice else None


def place(notice):
    """Position and kind, as told_by_log() gives them."""
    return int(notice["position"]), "alertRaised" if "alert" in notice else "invoiceClosed"


class WatchTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.subscribe("acme")

    def subscribe(self, customer):
        self.ledger.run("customer", "create", customer)
        self.ledger.run("subscribe", customer, "pro")

    def record(self, quantity, customer="acme"):
        return int(self.ledger.json("record", customer, "calls", quantity)["receipt"]["position"])

    def told_by_log(self):
        """Position and kind of all that a watch without balances tells, from the log."""
        told = []
        for event in self.ledger.json_lines("log"):
            [kind] = event["body"]
            if kind in ("alertRaised", "invoiceClosed"):
                told.append((int(event["position"]), kind))
        return told

    def test_a_customer_is_watched_live(self):
        watch = Watching(self, "acme")
        first = watch.next()
        self.assertEqual((first["customer"], used(first)), ("acme", "0"))
        self.ledger.run("alerts", "acme", "--set", "usage:calls=10")
        watch.next()
        position = self.record(4)
        [notice] = watch.until(lambda notice: used(notice) == "4")
        self.assertEqual(int(notice["position"]), position)
        self.assertEqual(notice["balance"], self.ledger.balance("acme"))
        self.subscribe("other")
        self.record(7)
        alert, balance = watch.until(lambda notice: used(notice) == "11")
        self.assertEqual((alert["alert"]["value"], alert["alert"]["threshold"]), ("11", "10"))
        self.assertEqual(balance["customer"], "acme")
        self.ledger.run("clock", "set", "2026-02-02")
        notices = watch.until(lambda notice: "invoice" in notice)
        [invoice] = [invoice for invoice in self.ledger.invoices("acme")
                     if invoice["number"] == notices[-1]["invoice"]["number"]]
        self.assertEqual(notices[-1]["invoice"]["lines"], invoice["lines"])

    def test_people_read_a_line_for_each(self):
        self.record(4)
        self.ledger.run("alerts", "acme", "--set", "usage:calls=5")
        self.record(2)
        lines = self.ledger.run("watch", "--all", "--from", 1, "--limit", 3).splitlines()
        self.assertRegex(lines[0], r"^ *\d+  2026-01-01T00:00:00Z  acme  invoice  INV-000001, "
                                   r"99\.00 USD$")
        self.assertRegex(lines[1], r"acme  alert    usage of calls reaches 5: 6 of 5$")
        self.assertRegex(lines[2], r"acme  balance  calls: 6 used of 10000$")
        [line] = self.ledger.run("watch", "acme", "--balance", "--limit", 1).splitlines()
        self.assertRegex(line, "balance  calls: 6 used")

    def test_what_cannot_be_watched_is_named(self):
        self.assertIn("unknownCustomer", self.ledger.refused("watch", "nobody"))
        past = self.ledger.position() + 2
        self.assertIn("unknownPosition", self.ledger.refused("watch", "--all", "--from", past))
        for arguments in ((), ("acme", "--all"), ("--all", "--from", "x")):
            self.ledger.refused("watch", *arguments, exit_code=daybook.USAGE)
        self.ledger.kill()
        self.ledger.refused("watch", "acme", exit_code=daybook.UNREACHABLE)

    def test_a_watch_holds_up_no_stop_and_goes_on_after_it(self):
        watch = Watching(self, "acme", "--balance")
        watch.next()
        status, _ = self.ledger.stop()
        self.assertEqual(status, 0)
        self.assertIn("a watch ended at position", self.ledger.log())
        self.assertNotIn("not done by the deadline", self.ledger.log())
        self.ledger.start()
        self.record(3)
        watch.until(lambda notice: used(notice) == "3")

    def test_nothing_is_missed_or_out_of_order_over_kills_of_daemon_and_watcher(self):
        customers = [f"c{i}" for i in range(CUSTOMERS)]
        rules = [{"kind": "usage", "feature": "calls", "level": str(10 * level), "percent": False}
                 for level in range(1, LEVELS + 1)]
        rows = []
        for customer in customers:
            rows += [{"customer": customer, "createCustomer": {}},
                     {"customer": customer, "subscribe": {"plan": "pro"}},
                     {"customer": customer, "setAlerts": {"alerts": {"rules": rules}}}]
        for _ in range(LEVELS):
            rows += [{"customer": customer,
                      "recordUsage": {"feature": "calls", "quantity": "10"}}
                     for customer in customers]
        path = self.ledger.folder / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

        told = []
        last = 1
        for enough in (5, 60, 150):
            watch = Watching(self, "--all", "--alerts", "--invoices", "--from", last)
            importing = self.ledger.begin("import", path, "--batch", 2, stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL)
            while len(told) < enough:
                told.append(watch.next())
            self.ledger.kill()
            self.assertEqual(importing.wait(), daybook.UNREACHABLE)
            told += watch.end()
            self.ledger.start()
            last = told[-1]["position"]
        watch = Watching(self, "--all", "--alerts", "--invoices", "--from", last)
        self.ledger.run("import", path)
        log = self.told_by_log()
        told += watch.until(lambda notice: place(notice) == log[-1])
        # Whatever was shown was durable: the log has it, through all the kills.
        seen = [place(notice) for notice in told]
        self.assertEqual(seen, sorted(seen))
        self.assertEqual(list(dict.fromkeys(seen)), log)
        self.assertEqual(len(log), 1 + CUSTOMERS * (1 + LEVELS))


class StandingStillTest(daybook.unittest.TestCase):
    def test_a_watcher_that_stands_still_is_dropped_and_nobody_waits_for_it(self):
        self.ledger = daybook.Ledger(top='[limits]\nwrite_timeout = "2s"')
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.ledger.apply(CATALOG)
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")
        still = Watching(self, "acme")
        still.next()
        lively = Watching(self, "acme", "--balance")
        lively.next()
        still.process.send_signal(signal.SIGSTOP)
        count = 0
        while "was not returned within 2000 ms" not in self.ledger.log():
            count += 1
            self.ledger.run("record", "acme", "calls", 1)
            lively.until(lambda notice, count=str(count): used(notice) == count)
        self.ledger.run("record", "acme", "calls", 1)
        lively.until(lambda notice: used(notice) == str(count + 1))
        still.process.send_signal(signal.SIGCONT)
        _, said = still.process.communicate()
        self.assertEqual(still.process.returncode, daybook.UNREACHABLE)
        self.assertIn("the watch ended: slow: a call was not returned within 2000 ms", said)
        self.assertRegex(said, r"--from \d+")


if __name__ == "__main__":
    daybook.main()
