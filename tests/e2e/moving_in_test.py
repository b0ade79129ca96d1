"""The example of protocol/COMING-FROM.md, as a reader would run it: a customer moves in in
mid-period, and nothing is charged twice.
"""

import json
import re

import daybook
from daybook import REPOSITORY, LedgerTest

PAGE = REPOSITORY / "protocol" / "COMING-FROM.md"


def example():
    """The command on the page, on one line."""
    block = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    return json.loads(block)


class MovingIn(LedgerTest):
    start = "2026-01-02"
    catalog = """
        [[features]]
        code = "calls"
        [[features]]
        code = "team"
        type = "seats"

        [[plans]]
        code = "pro"
        prices = [{ currency = "USD", base = "99" }]
        [[plans.features]]
        feature = "calls"
        included = "10000"
        prices = [{ currency = "USD", unitPrice = "0.01" }]
        [[plans.features]]
        feature = "team"
        included = "5"
        prices = [{ currency = "USD", unitPrice = "25" }]
        """

    def setUp(self):
        super().setUp()
        self.ledger.run("import", "-", exit_code=daybook.OK, text_in=json.dumps(example()) + "\n")

    def test_the_customer_goes_on_where_it_was(self):
        balance = self.ledger.balance("acme")
        self.assertEqual("active", balance["state"])
        self.assertEqual("8120", self.ledger.feature("acme", "calls")["used"])
        self.assertEqual("12.5", balance["customerCredit"])
        self.assertEqual([], self.ledger.invoices("acme"))

    def test_the_first_invoice_is_the_next_renewal(self):
        self.ledger.run("record", "acme", "calls", "2000")
        # The anchor is 2025-12-15 00:00 UTC, 01:00 in Paris.
        self.ledger.run("clock", "set", "2026-01-15T01:00:00Z")
        invoice = self.ledger.invoices("acme")[0]
        lines = [(line["type"], line["amount"]) for line in invoice["lines"]]
        self.assertEqual([("planBase", "99"), ("seats", "25"), ("overage", "1.2"),
                          ("customerCredit", "-12.5")], lines)


if __name__ == "__main__":
    daybook.main()
