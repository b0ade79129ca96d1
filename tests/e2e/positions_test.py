"""Reading one's own writes: a receipt's position, taken to another connection."""

import subprocess

import daybook

CATALOG = """
features = [{ code = "calls" }]

[[plans]]
code = "pro"
model = "metered"
prices = [{ currency = "USD", base = 49 }]

[[plans.features]]
feature = "calls"
included = 1000
prices = [{ currency = "USD", unitPrice = "0.01" }]
"""


class PositionsTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        for customer in ("acme", "other"):
            self.ledger.run("customer", "create", customer)
            self.ledger.run("subscribe", customer, "pro")

    def used(self, customer, position):
        """What its balance says on a connection of its own, asked to reflect `position`."""
        balance = self.ledger.json("balance", customer, "--min-position", str(position))["balance"]
        feature, = balance["features"]
        return int(balance["asOf"]), int(feature["used"])

    def test_a_write_is_in_what_another_connection_reads_after_it(self):
        """While a third one keeps the commits coming."""
        rows = self.ledger.folder / "rows.csv"
        with rows.open("w") as file:
            file.write("customer,count\n")
            file.writelines(f"other,{i % 7 + 1}\n" for i in range(20_000))
        load = self.ledger.begin("import", str(rows), "--feature", "calls", "--customer-column",
                                 "customer", "--quantity-column", "count",
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for number in range(1, 26):
            receipt = self.ledger.json("record", "acme", "calls", "3")["receipt"]
            position = int(receipt["position"])
            as_of, used = self.used("acme", position)
            self.assertGreaterEqual(as_of, position)
            self.assertEqual(used, 3 * number)
        self.assertEqual(load.wait(), daybook.OK)
        self.ledger.kill()
        self.ledger.start()
        self.assertEqual(self.used("acme", position)[1], 75)

    def test_a_position_of_a_log_that_is_not_this_one_is_refused(self):
        end = int(self.ledger.status()["position"])
        self.assertEqual(self.used("acme", end), (int(self.ledger.balance("acme")["asOf"]), 0))
        for command in (("balance", "acme"), ("invoices",), ("invoices", "--customer", "acme"),
                        ("customer", "list"), ("plan", "list"), ("record", "acme", "calls", "1"),
                        ("hold", "acme", "calls=1"), ("customer", "create", "third"),
                        ("cancel", "acme")):
            said = self.ledger.refused(*command, "--min-position", str(end + 1))
            self.assertIn(f"unknownPosition: {end + 1}", said)
        rows = self.ledger.folder / "rows.csv"
        rows.write_text("customer,feature,quantity\nacme,calls,1\nacme,calls,2\n")
        said = self.ledger.run("import", str(rows), "--customer-column", "customer",
                               "--feature-column", "feature", "--quantity-column", "quantity",
                               "--min-position", str(end + 1), exit_code=daybook.REFUSED)
        self.assertIn("unknownPosition", said)
        self.assertEqual(int(self.ledger.status()["position"]), end)


if __name__ == "__main__":
    daybook.main()
