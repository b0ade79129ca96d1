"""Holds through real processes: set aside, settled, expired and raced, over restarts and kill -9;
the ledger verifies, and replays to the same balance.
"""

import subprocess
import threading

import daybook

CATALOG = """
features = [{ code = "images" }, { code = "calls" }]

[[plans]]
code = "studio"
model = "credits"
credits = 1000
alerts = { rules = [] }
prices = [{ currency = "USD", base = 49 }]
features = [
  { feature = "images", creditsPerUnit = 2 },
  { feature = "calls", creditsPerUnit = 1 },
]
"""

CALLERS = 8


class HoldsTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "studio")

    def credits(self):
        return self.ledger.balance("acme")["credits"]

    def hold(self, key, *items, **options):
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return self.ledger.json("hold", "acme", *items, "--key", key, *arguments)["receipt"]

    def keys(self):
        return [hold["key"] for hold in self.ledger.json_lines("holds", "acme")]

    def test_a_hold_survives_restarts_and_is_settled_by_its_key(self):
        receipt = self.hold("job", "images=300", "calls=100")
        self.assertEqual([item["price"] for item in receipt["items"]], ["600", "100"])
        self.assertEqual((self.credits()["available"], self.credits()["held"]), ("300", "700"))
        self.assertIn("insufficientCredits",
                      self.ledger.refused("hold", "acme", "images=151", "--key", "other"))
        self.ledger.kill()
        self.ledger.start()
        self.assertEqual(self.keys(), ["job"])
        self.ledger.run("use", "acme", "job", "images=100")
        self.ledger.restart()
        self.assertEqual(self.credits()["held"], "500")
        said = self.ledger.run("settle", "acme", "job", "images=150", "--key", "done")
        self.assertIn("settled at position", said)
        again = self.ledger.json("settle", "acme", "job", "images=150", "--key", "done")["receipt"]
        self.assertTrue(again["duplicate"])
        self.assertIn("holdEnded", self.ledger.refused("release", "acme", "job"))
        self.assertEqual(self.credits()["available"], "500")
        self.ledger.verify()

    def test_a_hold_expires_on_the_ledgers_clock_and_is_settled_as_plain_usage(self):
        now = self.ledger.status()["now"]
        self.assertEqual(self.hold("job", "images=10")["holdExpiry"],
                         str(int(now) + 300 * 10 ** 9))
        self.ledger.run("extend", "acme", "job", "--ttl", "10m")
        self.ledger.run("clock", "set", "2026-01-01T00:09:59Z")
        self.assertEqual(self.keys(), ["job"])
        self.ledger.run("clock", "set", "2026-01-01T00:10:00Z")
        self.assertEqual(self.keys(), [])
        receipt = self.ledger.json("settle", "acme", "job", "images=20")["receipt"]
        self.assertTrue(receipt["holdExpired"])
        self.assertEqual(self.credits()["available"], "960")
        self.ledger.verify()

    def test_callers_that_race_hold_no_more_than_there_is_and_each_hold_ends_once(self):
        """Each holds 200 of the 1 000 credits; of two ways to end a hold one comes first."""
        placed, ended = [], []

        def begin(*arguments):
            return self.ledger.begin(*arguments, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)

        def race(number):
            key = f"job-{number}"
            if begin("hold", "acme", "images=100", "--key", key).wait() != daybook.OK:
                return
            placed.append(key)
            ends = [begin("settle", "acme", key, "images=50"), begin("release", "acme", key)]
            ended.append(sorted(end.wait() for end in ends))

        callers = [threading.Thread(target=race, args=(number,)) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        self.assertGreaterEqual(len(placed), 5)
        self.assertEqual(ended, [[daybook.OK, daybook.REFUSED]] * len(placed))
        self.assertEqual(self.keys(), [])
        credits = self.credits()
        used = [feature for feature in self.ledger.balance("acme")["features"]
                if feature["feature"] == "images"][0]["used"]
        self.assertEqual(int(credits["available"]) + 2 * int(used), 1000)
        self.ledger.verify()


if __name__ == "__main__":
    daybook.main()
