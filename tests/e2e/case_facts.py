"""What a case expects, read from its ledger: one method `see_<what>` for each word of the
collection, with underlines for dots. Each gives the value in the form that the cases have it in.
"""

import decimal

from case_books import exact, instant, lines_of, plain, quantity_of, text_of, total_of

RATE_UNITS = 10_000           # of one unit of the currency, where a case counts in them
LINES = {"plan_base": ["planBase"], "feature_overage": ["overage", "balanceOverage"],
         "balance_overage": ["balanceOverage"], "feature_seats": ["seats"],
         "discount": ["discount"]}
INVOICES = {"balance_topup": "balanceTopUp", "credit_purchase": "creditPurchase"}
# Names of alerts, as the sources' webhooks have them.
NOTICES = {"80": "quota.threshold_reached", "100": "quota.exceeded"}


class Unmapped(AssertionError):
    """The case says something that is not known here."""


class Facts:
    """Reads self.books; self.answers holds the last answer of each instant and customer, self.cost
    the parts of the last event's token cost."""

    def found(self, expectation):
        """What the ledger has for it, in the form of its value."""
        what = expectation["what"].replace(".", "_")
        reader = getattr(self, "see_" + what, None)
        if reader is None:
            raise Unmapped(expectation["what"])
        if expectation["at"] != "-":
            self.books.move_clock(expectation["at"])
        return reader(self.customer_of(expectation), expectation)

    def answer(self, customer, expectation):
        return self.answers[expectation["at"], customer]

    def invoices(self, customer, expectation):
        """Those of that instant, or since the event before."""
        at = instant(expectation["at"])
        before = [instant(event["at"]) for event in self.case["events"]
                  if instant(event["at"]) < at]
        return [invoice for invoice in self.books.invoices(customer)
                if max(before, default=-1) < int(invoice["date"]) <= at]

    def invoice(self, customer, expectation):
        invoices = self.invoices(customer, expectation)
        if "invoice_type" in expectation:
            wanted = INVOICES[expectation["invoice_type"]]
            invoices = [invoice for invoice in invoices if invoice["type"] == wanted]
        return invoices[-1] if invoices else {"lines": []}

    def see_invoice_exists(self, customer, expectation):
        return bool(self.invoices(customer, expectation))

    def see_invoice_total(self, customer, expectation):
        return total_of(self.invoice(customer, expectation))

    def see_invoice_total_before_credit(self, customer, expectation):
        return total_of(self.invoice(customer, expectation)) + self.see_credit_note_total(
            customer, expectation)

    see_invoice_fees = see_invoice_total_before_credit

    def see_credit_note_total(self, customer, expectation):
        """Unused time is credited on the invoice."""
        return self.see_proration_credit(customer, expectation)

    def see_invoice_line(self, customer, expectation):
        invoice = self.invoice(customer, expectation)
        lines = lines_of(invoice, LINES[expectation["line_type"]], expectation.get("feature"))
        if expectation.get("charge") == "advance":
            lines = [line for line in lines if int(line["from"]) >= instant(expectation["at"])]
        elif expectation.get("charge") == "true_up":
            lines = [line for line in lines if int(line["from"]) < instant(expectation["at"])]
        assert len(lines) <= 1, lines
        if not lines:
            return decimal.Decimal()
        if "quantity" in expectation and lines[0]["type"] == "overage":
            beyond = exact(lines[0]["quantity"]) - exact(lines[0].get("included"))
            assert beyond == exact(expectation["quantity"]), beyond
        return exact(lines[0]["exact" if expectation.get("unit") == "exact" else "amount"])

    def see_invoice_line_absent(self, customer, expectation):
        invoice = self.invoice(customer, expectation)
        found = lines_of(invoice, LINES[expectation["value"]])
        return found or expectation["value"]

    def see_invoice_credit_amount(self, customer, expectation):
        lines = lines_of(self.invoice(customer, expectation), ["customerCredit"])
        return sum(exact(line["amount"]) for line in lines)

    def see_proration_credit(self, customer, expectation):
        """Of the base, of seats, or of both."""
        lines = lines_of(self.invoice(customer, expectation), ["prorationCredit"])
        component = expectation.get("component")
        lines = [line for line in lines
                 if component is None or bool(line.get("feature")) == (component == "seats")]
        return -sum(exact(line["amount"]) for line in lines)

    def see_proration_charge(self, customer, expectation):
        invoice = self.invoice(customer, expectation)
        return sum(exact(line["amount"]) for line in lines_of(invoice, ["planBase"]))

    def see_usage_accepted(self, customer, expectation):
        return self.answer(customer, expectation).ok

    def see_usage_period_total(self, customer, _):
        return exact(self.balance_features(customer)[0]["used"])

    def balance_features(self, customer):
        return self.books.balance(customer)["features"]

    def see_usage_overage_units(self, customer, expectation):
        feature = self.books.feature(customer, expectation["feature"])
        return max(exact(feature["used"]) - exact(feature.get("included")), decimal.Decimal())

    def see_usage_adjustment(self, customer, expectation):
        return quantity_of(self.answer(customer, expectation).part("usageRecorded"))

    def see_usage_event_count(self, customer, _):
        return len(self.books.recorded(customer, "usageRecorded"))

    def see_usage_attached_total(self, customer, _):
        recorded = self.books.recorded(customer, "usageRecorded")
        return sum((quantity_of(body) for _, body in recorded), decimal.Decimal())

    def see_credits_plan(self, customer, _):
        return exact(self.books.credits(customer).get("plan"))

    def see_credits_purchased(self, customer, _):
        return exact(self.books.credits(customer).get("purchased"))

    def see_credits_expired(self, customer, expectation):
        expired = self.books.recorded(customer, "creditsExpired")
        return sum((exact(body["amount"]) for _, body in expired
                    if int(body["expiry"]) == instant(expectation["at"])), decimal.Decimal())

    def see_balance_current(self, customer, _):
        return self.books.money(customer)

    def see_balance_current_rate_units(self, customer, _):
        return self.books.money(customer) * RATE_UNITS

    def see_cost_total(self, customer, expectation):
        return exact(self.answer(customer, expectation).part("usageRecorded")["price"]) * RATE_UNITS

    def see_subscription_status(self, customer, _):
        return self.books.balance(customer).get("state", "none")

    def see_subscription_plan(self, customer, _):
        return self.books.balance(customer)["terms"]["plan"]

    def see_period_start(self, customer, _):
        return text_of(self.books.balance(customer)["periodFrom"])

    def see_period_end(self, customer, _):
        return text_of(self.books.balance(customer)["billingTo"])

    def see_scheduled_change_effective_at(self, customer, _):
        balance = self.books.balance(customer)
        return text_of(balance["billingTo"]) if "change" in balance else None

    def see_feature_allowed(self, customer, expectation):
        return bool(self.books.check(customer, expectation["feature"]).get("allowed"))

    def see_seats_recurring_extra(self, customer, _):
        """What the seats beyond the included ones cost from the next billing period on."""
        invoice = self.books.upcoming(customer) or {"lines": []}
        running = int(self.books.balance(customer)["periodTo"])
        return sum((exact(line["amount"]) for line in lines_of(invoice, ["seats"])
                    if int(line["from"]) >= running), decimal.Decimal())

    def see_quota_current(self, customer, expectation):
        return self.books.seats(customer, expectation["feature"])

    def see_command_error(self, customer, expectation):
        return not self.answer(customer, expectation).ok and expectation["value"]

    def see_notice_fired(self, customer, expectation):
        """The alerts of that instant, by the names of the source."""
        return [f"{NOTICES[plain(exact(body['rule']['level']))]}:{body['rule']['feature']}:"
                f"{plain(exact(body['value']))}"
                for at, body in self.books.recorded(customer, "alertRaised")
                if at == instant(expectation["at"])]


for _part in ("input", "output", "cache_read", "cache_write", "subtotal", "margin"):
    setattr(Facts, f"see_cost_{_part}", lambda self, *_, part=_part: self.cost[part])
