"""Cases that are calculations: prices, periods, slices of time. Each is wrapped into a ledger with
one plan, and read from the ledger like any other.

A function takes the case and gives what is found for each expectation, in order.
"""

import decimal

from case_books import (INTERVALS, Books, exact, instant, lines_of, plain, quantity_of, text_of,
                        total_of)
from case_world import first_of_next_month

SECOND = 10**9
DAY = 86_400 * SECOND


def sell(books, features, plan, **more):
    """Publishes one plan with these features, for 0 a month unless said."""
    books.catalog["features"] = features
    books.catalog["plans"] = [{"code": "p", "prices": [{"currency": "USD", "base": "0"}]} | plan]
    books.catalog.update(more)
    books.publish()


def subscribe(books, customer="c", **how):
    books.do(customer, "createCustomer", {})
    return books.do(customer, "subscribe", {"plan": "p"} | how)


# ---- prices


def tier(given):
    return {"upTo": given["up_to"] or "", "unitPrice": given.get("unit", "0"),
            "flatFee": given.get("flat", "0")}


def price_of(given):
    price = {"currency": "USD"}
    model = given["model"]
    if model == "unit":
        price["unitPrice"] = given["unit"]
    elif model in ("graduated", "volume"):
        price |= {"scheme": model, "tiers": [tier(one) for one in given["tiers"]]}
    elif model == "package":
        price |= {"scheme": "package", "packageSize": given["size"],
                  "packagePrice": given["amount"]}
    elif model == "percentage":
        price |= {"scheme": "percentage", "ratePercent": given["rate_pct"],
                  "feePerEvent": given.get("fixed", "0")}
        for name, field in (("min_per_tx", "eventMinimum"), ("max_per_tx", "eventMaximum")):
            if name in given:
                price[field] = given[name]
    for name, field in (("min_amount", "minimumCharge"), ("max_amount", "maximumCharge")):
        if name in given:
            price[field] = given[name]
    return price


def amounts_of(event):
    """The transactions of a percentage price, one by one."""
    if "amounts" in event:
        return [decimal.Decimal(amount) for amount in event["amounts"]]
    totals = [decimal.Decimal(total) for total in ["0", *event["running_total"], event["total"]]]
    amounts = [after - before for before, after in zip(totals, totals[1:])]
    assert len(amounts) == event["count"]
    return amounts


def prices(case):
    """Every probe is a customer of its own; what it is charged is read from its invoice."""
    given = case["given"]["price"]
    groups = next((len(event["quantities"]) for event in case["events"]
                   if event["kind"] == "rate.buckets"), 0)
    sold = {"feature": "u", "included": given.get("free_total", "0"), "prices": [price_of(given)]}
    if groups:
        sold |= {"dimension": "group", "variants": [
            {"value": str(group), "prices": [price_of(given)]} for group in range(groups)]}
    found = {}
    with Books("2026-01-01") as books:
        sell(books, [{"code": "u"}], {"features": [sold]})
        for event in case["events"]:
            found[event["at"]] = rate(books, event)
        books.move_clock("2026-02-01")
        for probe, price in found.items():
            if price is None:
                found[probe] = sum((exact(line["exact"]) for invoice in books.invoices(probe)
                                    for line in invoice["lines"]), decimal.Decimal())
    return [found[expectation["at"]] for expectation in case["expect"]]


def rate(books, event):
    """Gives the price where it is the event's own, else None: the invoice has it."""
    customer = event["at"]
    subscribe(books, customer)

    def use(quantity, *properties):
        usage = {"feature": "u", "quantity": plain(quantity), "properties": list(properties)}
        return books.do(customer, "recordUsage", usage).part("usageRecorded")

    if event["kind"] == "rate.buckets":
        for group, quantity in enumerate(event["quantities"]):
            use(quantity, {"name": "group", "value": str(group)})
    elif event["kind"] == "rate.transactions":
        for amount in amounts_of(event):
            use(amount)
    elif "previously_rated" in event:
        use(event["previously_rated"])
        return exact(use(event["quantity"])["price"])
    else:
        use(event["quantity"])
    return None


def token_prices(case):
    """A feature for each margin; its price is that of the event."""
    per_million = case["given"]["price_per_million"]
    margins = {event["at"]: str(event.get("markup_pct", "0")) for event in case["events"]}
    found = {}
    with Books("2026-01-01") as books:
        sell(books, [{"code": f"margin{margin}"} for margin in margins.values()],
             {"features": [{"feature": f"margin{margin}",
                            "prices": [{"currency": "USD", "scheme": "tokens",
                                        "marginPercent": margin}]}
                           for margin in margins.values()]},
             priceBooks=[{"currency": "USD", "models": [{"provider": "custom", "model": "foo"}
                                                         | per_million]}])
        subscribe(books)
        for event in case["events"]:
            tokens = {"model": "foo", "input": str(event["input_tokens"]),
                      "output": str(event["output_tokens"])}
            answer = books.do("c", "recordUsage", {"feature": f"margin{margins[event['at']]}",
                                                   "tokens": tokens})
            found[event["at"]] = exact(answer.part("usageRecorded")["price"])
    return [found[expectation["at"]] for expectation in case["expect"]]


def book_prices(case):
    """Prices per token, as prices per million of a book that is published and read again."""
    per_token = [decimal.Decimal(price) for price in case["given"]["per_token_usd"]]
    with Books("2026-01-01") as books:
        books.catalog["priceBooks"] = [{"currency": "USD", "models": [
            {"provider": "any", "model": f"m{n}", "input": plain(price * 1_000_000), "output": "0"}
            for n, price in enumerate(per_token)]}]
        books.publish()
        models = books.ledger.json("catalog", "show")["priceBooks"][0]["models"]
    return [exact(model["input"]) * 10_000
            for model in sorted(models, key=lambda model: model["model"])]


# ---- rounding and credits


def rounded(case):
    """An amount, as the line of an invoice."""
    with Books("2026-01-01") as books:
        price = {"currency": "USD", "unitPrice": case["given"]["amount"]}
        sell(books, [{"code": "u"}], {"features": [{"feature": "u", "prices": [price]}]})
        subscribe(books)
        books.do("c", "recordUsage", {"feature": "u"})
        books.move_clock("2026-02-01")
        return [total_of(books.invoices("c")[-1])]


def prorated(case):
    """A part of a full period at its end: a stub before the anchor."""
    service = case["given"]["service_period"]
    with Books(service["start"]) as books:
        sell(books, [], {"prices": [{"currency": "USD", "base": case["given"]["amount"]}]})
        subscribe(books, anchor=str(instant(service["end"])))
        return [total_of(books.invoices("c")[-1])]


def plan_change(case):
    """A plan of twice the credit, left in the middle of its 30 days for one of the charge."""
    wanted = case["expect"][0]["value"]
    with Books("2026-04-01") as books:
        old = {"code": "old", "prices": [{"currency": "USD",
                                          "base": plain(2 * decimal.Decimal(wanted["credit"]))}]}
        new = {"code": "new", "prices": [{"currency": "USD", "base": wanted["charge"]}]}
        books.catalog["plans"] = [old, new]
        books.publish()
        books.do("c", "createCustomer", {})
        books.do("c", "subscribe", {"plan": "old"})
        books.move_clock("2026-04-16")
        books.do("c", "changePlan", {"plan": "new"})
        invoice = books.invoices("c")[-1]
        part = {kind: sum(exact(line["amount"]) for line in lines_of(invoice, [kind]))
                for kind in ("planBase", "prorationCredit")}
        return [{"credit": -part["prorationCredit"], "charge": part["planBase"],
                 "total_charged": total_of(invoice)}]


def cancel_rows(case):
    """The rows are kinds of relationship; only free plans are one of ours."""
    with Books("2026-04-01") as books:
        books.catalog["features"] = [{"code": "u"}]
        free = {"feature": "u", "included": "1000", "overage": "block"}
        books.catalog["plans"] = [
            {"code": "free", "free": True, "prices": [{"currency": "USD"}], "features": [free]},
            {"code": "paid", "prices": [{"currency": "USD", "base": "99"}]}]
        books.publish()
        rows = case["given"]["rows"]
        for row in rows:
            books.do(row, "createCustomer", {})
            books.do(row, "subscribe", {"plan": "free" if row == "free" else "paid"})
        books.move_clock(case["events"][0]["at"])
        for row in rows:
            books.do(row, "cancel", {"when": "periodEnd"})
        return [books.balance(row)["state"] for row in rows]


# ---- periods


def next_monday(at):
    days = (instant(at) // DAY + 3) % 7     # the epoch was a Thursday; Monday is 0
    return instant(at) + (7 - days) * DAY


def periods(case):
    """Rows have a ledger each; all that is expected is read from the invoices of the base price."""
    rows = case["given"].get("rows", [case["given"]])
    found = []
    for number, row in enumerate(rows):
        wanted = [e for e in case["expect"] if "rows" not in case["given"]
                  or e["what"].endswith(f"[{number}]")]
        found += periods_of(row, wanted)
    return found


def periods_of(row, wanted):
    with Books(row["anchor"]) as books:
        sell(books, [], {"interval": INTERVALS[row["interval"]],
                         "prices": [{"currency": "USD", "base": "1"}]})
        how = {}
        if row.get("billing_time") == "calendar":
            is_week = row["interval"] == "weekly"
            ahead = next_monday(row["anchor"]) if is_week else first_of_next_month(row["anchor"])
            how = {"anchor": str(ahead)}
        subscribe(books, **how)
        return [period_fact(books, row, expectation) for expectation in wanted]


def period_fact(books, row, expectation):
    what = expectation["what"].partition("[")[0]
    if what.startswith("billing.dates"):
        books.move_clock(expectation["value"][-1])
        days = [text_of(invoice["date"])[:10] for invoice in books.invoices("c")]
        if what == "billing.dates_in_2023":
            return [day for day in days if day.startswith("2023")]
        return [day for day in days if day != row["anchor"][:10]]
    at = instant(expectation["at"])
    books.move_clock(at)
    if what == "billing.due":
        return bool(books.dated("c", at))
    running = [line for invoice in books.invoices("c")
               for line in lines_of(invoice, ["planBase"])
               if int(line["from"]) <= at < int(line["to"])]
    return text_of(running[0]["from" if what == "period.start" else "to"])


# ---- slices of time that are invoiced one after another

WEEK = 7 * DAY


class Slices:
    """Each slice is a week of a weekly plan; instants keep their slice and their order."""

    def __init__(self, case):
        self.case = case
        self.given = case["given"]["slices"]
        self.books = Books("2026-01-01")
        self.totals = {}     # by slice

    def __enter__(self):
        self.books.__enter__()
        return self

    def sell(self):
        sell(self.books, [{"code": "u"}],
             {"interval": "week",
              "features": [{"feature": "u", "prices": [price_of(self.case["given"]["price"])]}]})

    def __exit__(self, *trouble):
        self.books.__exit__(*trouble)

    def slice_of(self, at):
        return next(n for n, one in enumerate(self.given)
                    if instant(one["start"]) <= at < instant(one["end"]))

    def week(self, number):
        return instant("2026-01-01") + number * WEEK

    def moved(self, at):
        """Where an instant of the case lies here; the end of a slice is that of its week."""
        for number, one in enumerate(self.given):
            if at == instant(one["end"]):
                return self.week(number + 1)
        number = self.slice_of(at)
        return self.week(number) + (at - instant(self.given[number]["start"])) // 2

    def use(self, customer, quantity, number, at):
        """At `at`, of slice `number`. What is negative sets a lower total."""
        before = self.totals.get((customer, number), decimal.Decimal())
        total = self.totals[customer, number] = before + quantity
        usage = {"feature": "u", "quantity": plain(quantity), "at": str(at)}
        if quantity < 0:
            usage |= {"quantity": plain(total), "set": True}
        self.books.do(customer, "recordUsage", usage)

    def happen(self, event):
        self.books.move_clock(self.moved(instant(event["at"])))
        if event["kind"] == "usage.record":
            at = instant(event.get("occurred_at", event["at"]))
            self.use("c", decimal.Decimal(event["quantity"]), self.slice_of(at), self.moved(at))

    def invoice(self, customer, at):
        dated = self.books.dated(customer, at)
        return dated[-1] if dated else {"lines": []}

    def see(self, expectation):
        invoice = self.invoice("c", self.moved(instant(expectation["at"])))
        if expectation["what"] == "invoice.total":
            return total_of(invoice)
        lines = lines_of(invoice, ["lateAdjustment"])
        return [exact(line["amount"]) for line in lines] if len(lines) != 1 \
            else exact(lines[0]["amount"])


def slices(case):
    with Slices(case) as world:
        world.sell()
        subscribe(world.books)
        for event in case["events"]:
            world.happen(event)
        return [world.see(expectation) for expectation in case["expect"]]


def slice_branches(case):
    """A branch is a list of the total so far of the first slice, as known at each close."""
    found = []
    with Slices(case) as world:
        world.sell()
        branches = case["given"]["branches"]
        for branch in branches:
            subscribe(world.books, branch)
        longest = max(len(totals) for totals in branches.values())
        for number in range(longest):
            for branch, totals in branches.items():
                if number < len(totals):
                    quantity = decimal.Decimal(totals[number]) - decimal.Decimal(
                        totals[number - 1] if number else 0)
                    world.use(branch, quantity, 0, world.week(0))
            world.books.move_clock(world.week(number + 1))
        for branch, totals in branches.items():
            found.append([total_of(world.invoice(branch, world.week(number + 1)))
                          for number in range(len(totals))])
    return found


def attached(case):
    """Usage at both ends of a subscription, and after it."""
    given = case["given"]["subscription"]
    with Books(given["started_at"]) as books:
        sell(books, [{"code": "u"}], {"features": [
            {"feature": "u", "prices": [{"currency": "USD", "unitPrice": "1"}]}]})
        subscribe(books)
        for event in case["events"]:
            if instant(event["at"]) >= instant(given["terminated_at"]) > books.now:
                books.move_clock(given["terminated_at"])
                books.do("c", "cancel", {"when": "now"})
            books.move_clock(event["at"])
            at = instant(event.get("occurred_at", event["at"]))
            books.send("c", "recordUsage", {"feature": "u", "quantity": event["quantity"],
                                            "at": str(at)})
        recorded = books.recorded("c", "usageRecorded")
        return [sum((quantity_of(body) for _, body in recorded), decimal.Decimal())]
