"""Cases about grants: credits with a priority, an effect and an expiry, drawn in order.

A function takes the case and gives what is found for each expectation, in order.
"""

import decimal

from case_books import Books, exact, instant, plain, text_of
from case_direct import sell, subscribe
from daybook import draws_of

PLAN = {"model": "credits", "features": [{"feature": "u", "creditsPerUnit": "1"}]}


class Grants:
    """One customer's grants by the ids of the case. What no grant covers is credit debt."""

    def __init__(self, case):
        self.case = case
        self.given = case["given"]
        times = [instant(grant["effective_at"]) for grant in self.given.get("grants", [])
                 if "effective_at" in grant]
        self.start = min([instant(self.given["start"]), *times])
        self.books = None
        self.numbers = {}      # of a grant and of what was rolled over from it, by id
        self.accepted = {}

    # ---- what happens

    def activate(self, grant):
        """Promotional credits, given when they take effect."""
        given = {"credits": grant["amount"], "priority": grant.get("priority", 50)}
        if grant.get("expires_at"):
            given["expiry"] = str(instant(grant["expires_at"]))
        if "for" in grant:
            given["features"] = grant["for"]
        answer = self.books.do("c", "grantCredits", given)
        self.numbers[grant["id"]] = {int(answer.part("creditsGranted")["grant"]["number"])}

    def use(self, quantity, feature="u", shortfall="overdraw"):
        return self.books.send("c", "recordUsage", {"feature": feature,
                                                    "quantity": plain(quantity),
                                                    "onShortfall": shortfall})

    def timeline(self):
        """Grants take effect before anything else of their instant happens."""
        steps = [(instant(grant["effective_at"]), 0, grant) for grant in self.given["grants"]]
        steps += [(instant(event["at"]), 1, event) for event in self.case.get("events", [])]
        return sorted(steps, key=lambda step: step[:2])

    # ---- what is found

    def follow(self):
        """What was rolled over belongs to the grant that it came from."""
        for _, body in self.books.recorded("c", "creditsRolledOver"):
            for numbers in self.numbers.values():
                if int(body["from"]) in numbers:
                    numbers.add(int(body["grant"]["number"]))

    def left(self):
        self.follow()
        remaining = {int(grant["number"]): exact(grant["remaining"])
                     for grant in self.books.balance("c").get("grants", [])}
        return {name: sum((remaining.get(number, decimal.Decimal()) for number in numbers),
                          decimal.Decimal()) for name, numbers in self.numbers.items()}

    def consumed(self):
        drawn = {}
        for _, body in self.books.recorded("c", "usageRecorded"):
            for draw in draws_of(body):
                drawn.setdefault(int(draw["grant"]), []).append(exact(draw["amount"]))
        return {name: sum((amount for number in numbers for amount in drawn.get(number, [])),
                          decimal.Decimal()) for name, numbers in self.numbers.items()}

    def see(self, expectation):
        what = expectation["what"]
        if what in ("grant.balance", "grant.ongoing"):
            return {name: self.left()[name] for name in expectation["value"]}
        if what == "grant.consumed":
            return self.consumed()
        if what == "grant.total_used":
            return sum(self.consumed().values(), decimal.Decimal())
        if what == "grant.overage":
            return exact(self.books.credits("c").get("debt"))
        assert what == "usage.accepted", what
        return self.accepted[expectation["at"]]


def play(world, steps, act):
    """Steps in order of time. What is expected of an instant is read when all of it is done."""
    wanted = sorted(enumerate(world.case["expect"]), key=lambda entry: instant(entry[1]["at"]))
    found = {}

    def look(until):
        while wanted and (until is None or instant(wanted[0][1]["at"]) < until):
            index, expectation = wanted.pop(0)
            world.books.move_clock(expectation["at"])
            found[index] = world.see(expectation)

    for step in steps:
        look(step[0])
        world.books.move_clock(step[0])
        act(step)
    look(None)
    return [found[index] for index in sorted(found)]


def burn_down(case):
    """Grants, and usage that goes negative where they do not cover it."""
    world = Grants(case)
    world.books = Books(text_of(world.start))
    with world.books as books:
        sell(books, [{"code": "u"}], PLAN)
        subscribe(books)
        books.move_clock(world.start)
        opening = decimal.Decimal(case["given"]["opening_overage"])
        if opening:
            books.move_clock(case["given"]["start"])
            world.use(opening)

        def act(step):
            if step[1] == 0:
                world.activate(step[2])
            else:
                world.use(decimal.Decimal(step[2]["quantity"]))

        return play(world, world.timeline(), act)


def roll_over(case):
    """The grant is the plan's, and the reset the end of its first period."""
    given = case["given"]["grants"][0]
    reset = next(event for event in case["events"] if event["kind"] == "meter.reset")
    world = Grants(case)
    world.books = Books(given["effective_at"])
    plan = PLAN | {"credits": given["amount"]}
    if decimal.Decimal(given["rollover_max"]):
        plan["rollover"] = {"maximum": given["rollover_max"]}
    with world.books as books:
        sell(books, [{"code": "u"}], plan)
        subscribe(books, anchor=str(instant(reset["at"])))
        world.numbers = {given["id"]: {1}}
        events = [(instant(event["at"]), 1, event) for event in case["events"]]

        def act(step):
            if step[2]["kind"] == "usage.record":
                world.use(decimal.Decimal(step[2]["quantity"]))

        return play(world, events, act)


def plan_and_pack(case):
    """A plan's monthly grant ahead of a pack that never ends; what does not fit is refused."""
    plan, pack = case["given"]["grants"]
    world = Grants({**case, "given": {**case["given"], "grants": [],
                                      "start": plan["recurrence"]["anchor"]}})
    world.books = Books(plan["recurrence"]["anchor"])
    with world.books as books:
        sell(books, [{"code": "u"}], PLAN | {"credits": plan["amount"]},
             packs=[{"code": "pack", "credits": pack["amount"],
                     "prices": [{"currency": "USD", "price": "1"}]}])
        subscribe(books)
        books.move_clock(pack["effective_at"])
        bought = books.do("c", "buyCredits", {"pack": "pack"})
        world.numbers["pack"] = {int(bought.part("packPurchased")["grant"]["number"])}
        events = [(instant(event["at"]), 1, event) for event in case["events"]]

        def act(step):
            if step[2]["kind"] == "usage.record":
                answer = world.use(decimal.Decimal(step[2]["quantity"]), shortfall="reject")
                world.accepted[step[2]["at"]] = answer.ok

        def left():
            return {"plan": exact(books.credits("c").get("plan")),
                    "pack": Grants.left(world)["pack"]}

        world.left = left
        return play(world, events, act)


def wallet(case):
    """Top-ups of one wallet: money is credits at its rate."""
    world = Grants({**case, "given": {**case["given"], "start": case["events"][0]["at"],
                                      "grants": []}})
    topups = [{"effective_at": topup["created_at"]} | topup for topup in case["given"]["topups"]]
    world.books = Books(min(topup["created_at"] for topup in topups))
    with world.books as books:
        sell(books, [{"code": "u"}], PLAN)
        subscribe(books)
        steps = [(instant(topup["created_at"]), 0, topup) for topup in topups]
        steps += [(instant(event["at"]), 1, event) for event in case["events"]]

        def act(step):
            if step[1] == 0:
                world.activate(step[2])
            else:
                world.use(decimal.Decimal(step[2]["amount"]))

        return play(world, sorted(steps, key=lambda step: step[:2]), act)


def wallet_set(case):
    """Wallets for some features: grants that are limited to them."""
    given = case["given"]["wallets"]
    start = case["events"][0]["at"]
    world = Grants({**case, "given": {**case["given"], "start": start, "grants": []}})
    world.books = Books(start)
    features = sorted({feature for one in given for feature in one["applies_to"]})
    with world.books as books:
        sell(books, [{"code": feature} for feature in features],
             {"model": "credits", "features": [{"feature": feature, "creditsPerUnit": "1"}
                                               for feature in features]})
        subscribe(books)
        for one in given:
            world.activate({"id": one["id"], "amount": one["credits"],
                            "priority": one["priority"], "for": one["applies_to"]})
        events = [(instant(event["at"]), 1, event) for event in case["events"]]
        return play(world, events, lambda step: world.use(
            decimal.Decimal(step[2]["quantity"]), step[2]["feature"]))


def active(case):
    """One grant a row. A grant is taken back before its end where it was bought, by a refund."""
    return [is_active(row) for row in case["given"]["rows"]]


def is_active(row):
    """Whether something can be drawn at the row's time of day."""
    day = "2026-01-02T"
    moments = {name: instant(day + text.lstrip("-") + ":00Z") for name, text in row.items()}
    with Books("2026-01-02") as books:
        sell(books, [{"code": "u"}], PLAN, packs=[
            {"code": "pack", "credits": "10", "prices": [{"currency": "USD", "price": "1"}]}])
        subscribe(books)
        if "voided" in row:
            books.do("c", "buyCredits", {"pack": "pack"})
            books.move_clock(moments["voided"])
            books.do("c", "refundPack", {"grant": 1})
        else:
            books.send("c", "grantCredits", {"credits": "10", "expiry": str(moments["expires"])})
        books.move_clock(moments["at"])
        return exact(books.credits("c").get("available")) > 0
