"""The traces that tests import, what is sold for them, and what they must come to.

Both traces of ../shared/data, when they lie beside the repository or $DAYBOOK_TRACES names their
folder: one hour of requests to two LLM services, as CSV with CRLF and no newline at the end. One
customer on each consumption model takes all of the rows of both.
"""

import os
import pathlib

import totals
from daybook import REPOSITORY, exact
from daybook import draws_of as usage_draws

FOLDER = pathlib.Path(os.environ.get("DAYBOOK_TRACES", REPOSITORY.parent / "shared" / "data"))
FILES = {feature: FOLDER / f"azure-llm-trace-2023-{feature}.csv" for feature in ("code", "conv")}
CUSTOMERS = ("metered", "credits", "balance")
COLUMNS = ("--time-column", "TIMESTAMP", "--total-input-column", "ContextTokens",
           "--output-column", "GeneratedTokens")

# Before the first row, after the last one, and when the month's invoices have closed.
START = "2023-11-01"
RECORD_AT = "2023-11-17T00:00:00Z"
CLOSE_AT = "2023-12-01T01:00:00Z"

INCLUDED = 25         # money, in `code`, on the metered plan
PLAN_CREDITS = 5000
PACK_CREDITS = 20000
CREDITS_PER_USD = 100
BASE = 20             # of the balance plan, and what its balance starts with
TOP_UP = 30

CATALOG = f"""
features = [{{ code = "code" }}, {{ code = "conv" }}]

[[priceBooks]]
currency = "USD"
models = [{{ provider = "acme-ai", model = "swift", input = 3, output = 15 }}]

[[plans]]
code = "metered"
model = "metered"
alerts = {{ rules = [] }}
prices = [{{ currency = "USD", base = 99 }}]
features = [
  {{ feature = "code", included = {INCLUDED}, prices = [
    {{ currency = "USD", scheme = "tokens", marginPercent = 20 }}] }},
  {{ feature = "conv", prices = [{{ currency = "USD", scheme = "tokens", marginPercent = 20 }}] }},
]

[[plans]]
code = "credits"
model = "credits"
alerts = {{ rules = [] }}
credits = {PLAN_CREDITS}
prices = [{{ currency = "USD", base = 49 }}]
features = [
  {{ feature = "code", creditsPerMoney = {CREDITS_PER_USD}, marginPercent = 20 }},
  {{ feature = "conv", creditsPerMoney = {CREDITS_PER_USD}, marginPercent = 20 }},
]

[[plans]]
code = "balance"
model = "balance"
alerts = {{ rules = [] }}
prices = [{{ currency = "USD", base = {BASE} }}]
features = [
  {{ feature = "code", prices = [{{ currency = "USD", scheme = "tokens", marginPercent = 20 }}] }},
  {{ feature = "conv", prices = [{{ currency = "USD", scheme = "tokens", marginPercent = 20 }}] }},
]

[[packs]]
code = "reserve"
credits = {PACK_CREDITS}
prices = [{{ currency = "USD", price = 180 }}]
"""


def present():
    return all(path.is_file() for path in FILES.values())


def sell(ledger):
    """One customer on each model, with a pack and a top-up, and the clock behind the last row."""
    ledger.apply(CATALOG)
    for customer in CUSTOMERS:
        ledger.run("customer", "create", customer)
        ledger.run("subscribe", customer, customer)
    ledger.run("buy", "credits", "reserve")
    ledger.run("topup", "balance", TOP_UP)
    ledger.run("clock", "set", RECORD_AT)


def import_arguments(feature, customer, path=None):
    return ("import", path or FILES[feature], "--customer", customer, "--feature", feature,
            "--model", "swift", *COLUMNS)


class Expected:
    """What one trace comes to for each customer, by gawk and bc alone."""

    def __init__(self, path):
        rows = totals.gawk(
            'printf "n += 1; i += %s; o += %s; c += r((%s * 3 + %s * 15) * 1.2 / 1000000)\\n",'
            "$2, $3, $2, $3", path)
        self.events, self.input, self.output, self.cost = totals.bc(*rows, "n", "i", "o", "c")


def draws_of(ledger, customer):
    """What the usage events of a customer drew from each grant, added up by bc."""
    added = []
    for event in ledger.json_lines("log", "--customer", customer):
        for draw in usage_draws(event["body"].get("usageRecorded", {})):
            added.append(f"g[{draw['grant']}] += {exact(draw['amount']):f}")
    return totals.bc(*added, "g[1]", "g[2]")
