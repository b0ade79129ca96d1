"""Real traffic comes to the same totals as gawk and bc give, to the last digit.

Both traces for a customer on each consumption model, and a small set with a customer's column,
cached tokens and prices that need rounding: usage, draws, balances and invoice lines.
"""

import pathlib
import unittest

import daybook
import totals
import traces
from daybook import exact


def line_of(invoice, kind, feature=""):
    for line in invoice["lines"]:
        if line["type"] == kind and line.get("feature", "") == feature:
            return line
    raise AssertionError(f"{invoice['label']} has no line {kind} {feature}")


@unittest.skipUnless(traces.present(), f"SKIPPED: the traces are not in {traces.FOLDER}")
class TracesTest(daybook.LedgerTest):
    start = traces.START

    def setUp(self):
        super().setUp()
        traces.sell(self.ledger)
        self.expected = {}
        for feature, path in traces.FILES.items():
            self.expected[feature] = traces.Expected(path)
            for customer in traces.CUSTOMERS:
                summary = self.ledger.json(*traces.import_arguments(feature, customer))
                self.assertEqual(summary["recorded"], self.expected[feature].events)
        self.code = self.expected["code"].cost
        self.conv = self.expected["conv"].cost

    def check_usage(self, customer):
        for feature, expected in self.expected.items():
            balance = self.ledger.feature(customer, feature)
            self.assertEqual(int(balance["events"]), expected.events)
            self.assertEqual(int(balance["tokens"]["input"]), expected.input)
            self.assertEqual(int(balance["tokens"]["output"]), expected.output)
            self.assertEqual(exact(balance["used"]), expected.cost)

    def closing_invoice(self, customer):
        """The invoice of the month, and that its total is the sum of its lines."""
        invoice = self.ledger.invoices(customer)[-1]
        self.assertEqual(invoice["type"], "renewal")
        (total,) = totals.bc(" + ".join(line["amount"] for line in invoice["lines"]))
        self.assertEqual(exact(invoice["total"]), total)
        return invoice

    def check_line(self, invoice, kind, feature, amount):
        line = line_of(invoice, kind, feature)
        self.assertEqual(exact(line["exact"]), amount)
        (cents,) = totals.bc(f"cents({amount})")
        self.assertEqual(exact(line["amount"]), cents)

    def check_metered(self):
        self.check_usage("metered")
        (beyond,) = totals.bc(f"max(0, {self.code} - {traces.INCLUDED})")
        self.assertGreater(beyond, 0, "the trace must reach beyond what is included")
        self.assertEqual(exact(self.ledger.feature("metered", "code")["charge"]), beyond)
        self.assertEqual(exact(self.ledger.feature("metered", "conv")["charge"]), self.conv)
        return {"code": beyond, "conv": self.conv}

    def check_credits(self):
        self.check_usage("credits")
        (spent,) = totals.bc(f"({self.code} + {self.conv}) * {traces.CREDITS_PER_USD}")
        plan, pack = totals.bc(
            f"min({spent}, {traces.PLAN_CREDITS})", f"max(0, {spent} - {traces.PLAN_CREDITS})")
        self.assertEqual(traces.draws_of(self.ledger, "credits"), [plan, pack])
        credits = self.ledger.balance("credits")["credits"]
        left = totals.bc(f"{traces.PLAN_CREDITS} - {plan}", f"{traces.PACK_CREDITS} - {pack}")
        self.assertEqual([exact(credits["plan"]), exact(credits["purchased"])], left)
        return left[1]

    def check_balance(self):
        self.check_usage("balance")
        money = traces.BASE + traces.TOP_UP
        amount, code, conv = totals.bc(
            f"{money} - ({self.code} + {self.conv})", f"max(0, {self.code} - {money})",
            f"min({self.conv}, max(0, {self.code} + {self.conv} - {money}))")
        self.assertLess(amount, 0, "the trace must reach beyond the balance")
        self.assertEqual(exact(self.ledger.balance("balance")["money"]["amount"]), amount)
        for feature, cost in (("code", self.code), ("conv", self.conv)):
            self.assertEqual(exact(self.ledger.feature("balance", feature)["charge"]), cost)
        return {"code": code, "conv": conv}

    def test_balances_and_invoices_are_those_of_bc(self):
        overage = self.check_metered()
        pack_left = self.check_credits()
        negative = self.check_balance()
        # The open customer's next invoice is the one that will close.
        upcoming = self.ledger.json("upcoming", "metered")["invoice"]
        self.ledger.run("clock", "set", traces.CLOSE_AT)

        invoice = self.closing_invoice("metered")
        self.assertEqual(upcoming["lines"], invoice["lines"])
        for feature, amount in overage.items():
            self.check_line(invoice, "overage", feature, amount)
        self.check_line(invoice, "planBase", "", 99)

        invoice = self.closing_invoice("credits")
        self.assertEqual([line["type"] for line in invoice["lines"]], ["planBase"])
        credits = self.ledger.balance("credits")["credits"]
        self.assertEqual(exact(credits["plan"]), traces.PLAN_CREDITS)
        self.assertEqual(exact(credits["purchased"]), pack_left)

        invoice = self.closing_invoice("balance")
        for feature, amount in negative.items():
            if amount:
                self.check_line(invoice, "balanceOverage", feature, amount)
        self.assertEqual(exact(self.ledger.balance("balance")["money"]["amount"]), traces.BASE)

        for customer in traces.CUSTOMERS:
            for feature in traces.FILES:
                self.assertEqual(int(self.ledger.feature(customer, feature)["events"]), 0)
        self.ledger.verify()


# Prices and a margin whose products do not end within 12 digits.
SWIFT = {"input": "3.141592653589", "output": "14.999999999999", "cacheRead": "0.333333333333"}
DEEP = {"input": "14.285714285714", "output": "71.428571428571", "cacheRead": "1.666666666667"}
MARGIN = "17.356789123457"
RATE = "123.456789012345"
REQUESTS = pathlib.Path(__file__).with_name("requests.csv")


def model(name, prices):
    fields = ", ".join(f'{field} = "{price}"' for field, price in prices.items())
    return f'{{ provider = "acme-ai", model = "{name}", {fields} }}'


def tokens_plan(code, model_name, extra=""):
    return f"""
[[plans]]
code = "{code}"
model = "{model_name}"
prices = [{{ currency = "USD", base = 10 }}]
{extra}
features = [{{ feature = "chat", prices = [
  {{ currency = "USD", scheme = "tokens", marginPercent = "{MARGIN}" }}] }}]
"""


ROUNDING_CATALOG = f"""
features = [{{ code = "chat" }}]

[[priceBooks]]
currency = "USD"
models = [{model("swift", SWIFT)}, {model("deep", DEEP)}]
{tokens_plan("northwind", "metered")}
{tokens_plan("fabrikam", "balance")}
[[plans]]
code = "contoso"
model = "credits"
credits = 1000000
prices = [{{ currency = "USD", base = 10 }}]
features = [{{ feature = "chat", creditsPerMoney = "{RATE}", marginPercent = "{MARGIN}" }}]
"""


class RoundingTest(daybook.LedgerTest):
    """Each event's price is rounded once, to 12 digits, half away from zero."""

    catalog = ROUNDING_CATALOG
    start = traces.START

    def costs(self):
        """What each customer's rows cost, by bc."""
        # $4 input with cached ones, $5 cached, $6 output; the ledger subtracts the cached ones.
        rows = totals.gawk(
            """split($3 == "deep" ? deep : swift, price, " ")
            c = sprintf("r((%s*%s + %s*%s + %s*%s) * (1 + margin / 100) / 1000000)",
                        $4 - $5, price[1], $6, price[2], $5, price[3])
            printf "c = %s; n[%d] += 1; t[%d] += c; k[%d] += r(c * rate)\\n",
                   c, index("ncf", substr($2, 1, 1)), index("ncf", substr($2, 1, 1)),
                   index("ncf", substr($2, 1, 1))""", REQUESTS,
            swift=" ".join(SWIFT.values()), deep=" ".join(DEEP.values()))
        printed = totals.bc(f"margin = {MARGIN}", f"rate = {RATE}", *rows,
                            "n[1]", "n[2]", "n[3]", "t[1]", "k[2]", "t[3]")
        names = ("northwind", "contoso", "fabrikam")
        return dict(zip(names, printed[:3])), dict(zip(names, printed[3:]))

    def test_rows_that_need_rounding_come_to_the_same_totals(self):
        events, cost = self.costs()
        for customer in events:
            self.ledger.run("customer", "create", customer)
            self.ledger.run("subscribe", customer, customer)
        self.ledger.run("clock", "set", traces.RECORD_AT)
        summary = self.ledger.json(
            "import", REQUESTS, "--customer-column", "Customer", "--model-column", "Model",
            "--cache-read-column", "CachedTokens", "--feature", "chat", *traces.COLUMNS)
        self.assertEqual(summary["recorded"], 600)
        for customer, count in events.items():
            self.assertEqual(int(self.ledger.feature(customer, "chat")["events"]), count)

        self.assertEqual(exact(self.ledger.feature("northwind", "chat")["charge"]),
                         cost["northwind"])
        self.assertEqual(exact(self.ledger.balance("contoso")["credits"]["plan"]),
                         totals.bc(f"1000000 - {cost['contoso']}")[0])
        self.assertEqual(exact(self.ledger.balance("fabrikam")["money"]["amount"]),
                         totals.bc(f"10 - {cost['fabrikam']}")[0])
        self.ledger.run("clock", "set", traces.CLOSE_AT)
        line = line_of(self.ledger.invoices("northwind")[-1], "overage", "chat")
        self.assertEqual(exact(line["exact"]), cost["northwind"])
        self.assertEqual(exact(line["amount"]), totals.bc(f"cents({cost['northwind']})")[0])
        self.ledger.verify()


if __name__ == "__main__":
    daybook.main()
