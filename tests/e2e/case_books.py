"""One ledger for one published case: a catalog, customers, commands, and what is read of them.

Commands go through `daybook import` as JSON Lines in the standard form of the schema; what they
were answered is read from its summary, what was decided from `daybook log`. Everything is exact:
amounts are text or Decimal, instants are nanoseconds.
"""

import datetime
import decimal
import itertools
import json

from daybook import Ledger, exact, execute

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
INTERVALS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
             "one_time": "once"}


def instant(text):
    """RFC 3339 or a date, in nanoseconds."""
    parsed = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=datetime.timezone.utc)
    return (parsed - EPOCH) // datetime.timedelta(seconds=1) * 10**9


def text_of(ns):
    """"2026-01-31T00:00:00Z"; instants of the cases are whole seconds."""
    return (EPOCH + datetime.timedelta(seconds=int(ns) // 10**9)).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(amount):
    """A decimal as the ledger wants it: no exponent."""
    return format(decimal.Decimal(amount), "f")


class Answer:
    """What a command was answered; `event` is what was recorded under its key."""

    def __init__(self, outcome, detail, event):
        self.outcome, self.detail, self.event = outcome, detail, event
        self.ok = outcome == "ok"

    def part(self, kind):
        return self.event["body"][kind]


class Refused(AssertionError):
    """A command that a case takes for granted was refused."""


class Books:
    """The ledger begins at midnight of `start`'s day. Periods close at their ends: grace is 0."""

    def __init__(self, start):
        self._start = text_of(instant(start))[:10]
        self.ledger = Ledger(start=self._start,
                             settings='grace = "0s"\nlate_window = "3660d"')
        self.now = instant(self._start)
        self._keys = (f"case-{n}" for n in itertools.count(1))
        self.catalog = {"features": [], "plans": [], "packs": [], "priceBooks": []}

    def __enter__(self):
        self.ledger.start()
        return self

    def __exit__(self, trouble, *_):
        """The log of a case that went well is decided again, whole."""
        try:
            if trouble is None:
                self.ledger.stop()
                self.ledger.verify()
        finally:
            self.ledger.close()

    # ---- commands

    def send(self, customer, kind, body, key=None):
        """Gives the answer, refused or not."""
        key = key or next(self._keys)
        command = {"key": key, kind: body}
        if customer:
            command["customer"] = customer
        rejects = self.ledger.folder / f"{next(self._keys)}.rejects"
        done = execute(self.ledger.command("--json", "import", "-", "--rejects", rejects),
                       exit_code=None, text_in=json.dumps(command) + "\n")
        summary = json.loads(done.stdout.splitlines()[-1])
        if summary["refused"]:
            refusal = summary["refusals"][0]
            return Answer(refusal["outcome"], refusal["detail"], None)
        return Answer("ok", "", self._event(customer, key))

    def do(self, customer, kind, body, key=None):
        """Of a command that must be accepted."""
        answer = self.send(customer, kind, body, key)
        if not answer.ok:
            raise Refused(f"{kind} {body}: {answer.outcome} {answer.detail}")
        return answer

    def move_clock(self, at):
        """To `at`, unless it is there or beyond."""
        at = at if isinstance(at, int) else instant(at)
        if at > self.now:
            self.do("", "moveClock", {"to": str(at)})
            self.now = at

    def publish(self):
        """What self.catalog holds now."""
        self.do("", "publishCatalog", self.catalog)

    # ---- reads

    def events(self, customer):
        return self.ledger.json_lines("log", *(["--customer", customer] if customer else []))

    def _event(self, customer, key):
        for event in reversed(self.events(customer)):
            if event.get("key") == key:
                return event
        return None

    def recorded(self, customer, kind):
        """The bodies of this kind in the customer's events, with their instants."""
        return [(int(event["recorded"]), event["body"][kind])
                for event in self.events(customer) if kind in event["body"]]

    def balance(self, customer):
        return self.ledger.balance(customer)

    def credits(self, customer):
        return self.balance(customer).get("credits", {})

    def money(self, customer):
        return exact(self.balance(customer).get("money", {}).get("amount"))

    def feature(self, customer, feature):
        entries = [entry for entry in self.balance(customer)["features"]
                   if entry["feature"] == feature]
        return entries[0]

    def seats(self, customer, feature):
        for entry in self.balance(customer).get("seats", []):
            if entry["feature"] == feature:
                return int(entry.get("held", 0))
        return 0

    def invoices(self, customer):
        """Closed ones, oldest first."""
        return self.ledger.invoices(customer)

    def dated(self, customer, at):
        """The invoices of this instant."""
        return [invoice for invoice in self.invoices(customer) if int(invoice["date"]) == at]

    def upcoming(self, customer):
        """None when there is nothing to charge."""
        return self.ledger.json("upcoming", customer).get("invoice")

    def check(self, customer, *arguments):
        done = execute(self.ledger.command("--json", "check", customer, *arguments),
                       exit_code=None)
        return json.loads(done.stdout)["answer"]


def quantity_of(usage):
    """What a recorded usage added; not written where it is what was sent."""
    return exact(usage.get("quantity", usage.get("quantitySent", "1")))


def lines_of(invoice, kinds, feature=None):
    """The lines of these types, of this feature where one is named."""
    return [line for line in invoice["lines"]
            if line["type"] in kinds and feature in (None, line.get("feature"))]


def total_of(invoice):
    """Before customer credit: what it charges, or owes."""
    return sum((exact(line["amount"]) for line in invoice["lines"]
                if line["type"] != "customerCredit"), decimal.Decimal())
