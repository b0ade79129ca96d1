"""The commands of the rule book: what each prints and does, and that the help's examples run."""

import csv
import io
import re
import shlex

import daybook
from daybook import OK, REFUSED, USAGE, exact

CATALOG = daybook.REPOSITORY / "ops" / "config" / "catalog-reference.toml"

# What `daybook help importing` and `daybook help moving-in` show as files.
COMMAND_LINE = re.compile(r"^  (\{\"customer\".*\})$", re.MULTILINE)
OPENING = re.compile(r"^  (plan = .*?)\n\n", re.MULTILINE | re.DOTALL)


def examples(text):
    """The commands of a help text, each with what its comment says."""
    for line in text.splitlines():
        if line.startswith("  daybook "):
            command, _, comment = line.strip().partition("# ")
            yield shlex.split(command)[1:], [part.strip() for part in comment.split(", ") if part]


def flat(text):
    return re.sub(r"\s+", " ", text)


class HelpTest(daybook.LedgerTest):
    catalog = CATALOG

    def topics(self):
        return re.findall(r"^  ([a-z-]+)  ", self.ledger.run("help", "topics"), re.MULTILINE)

    def run_topic(self, ledger, text):
        for arguments, expected in examples(text):
            refused = bool(expected) and expected[0].startswith("refused: ")
            arguments = [str(ledger.folder / word) if word.endswith((".toml", ".jsonl")) else word
                         for word in arguments]
            done = daybook.execute(ledger.command(*arguments), REFUSED if refused else OK)
            shown = flat(done.stdout + done.stderr)
            for part in expected:
                self.assertIn(flat(part.removeprefix("refused: ")), shown, arguments)

    def test_every_topic_says_what_happens(self):
        names = self.topics()
        self.assertGreaterEqual(len(names), 13)
        for name in names:
            with self.subTest(topic=name), daybook.Ledger() as ledger:
                ledger.apply(CATALOG)
                text = ledger.run("help", name)
                self.assertTrue(list(examples(text)), "a topic has examples")
                opening = OPENING.search(text)
                if opening:
                    (ledger.folder / "opening.toml").write_text(opening[1].replace("\n  ", "\n"))
                commands = COMMAND_LINE.findall(text)
                (ledger.folder / "commands.jsonl").write_text("\n".join(commands))
                self.run_topic(ledger, text)

    def test_help_names_what_there_is(self):
        self.assertIn("no such topic", self.ledger.refused("help", "weather", exit_code=USAGE))
        self.assertIn("--credit-unused", self.ledger.run("help", "cancel"))
        self.assertIn(CATALOG.read_text(), self.ledger.run("help", "catalog-file"))


class PlansTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "acme")

    def plan(self):
        return self.ledger.json("plan", "acme")["balance"]

    def test_an_upgrade_is_previewed_and_then_done_for_the_same_money(self):
        self.ledger.run("subscribe", "acme", "starter", "--trial-days", 0)
        self.ledger.run("clock", "set", "2026-01-16")
        before = self.ledger.position()
        for command in (("preview", "acme", "team"), ("change-plan", "acme", "team", "--preview")):
            shown = self.ledger.run(*command)
            self.assertIn("at once", shown)
            self.assertRegex(shown, "prorationCredit .* -14.97")
            self.assertRegex(shown, "Total +84.03 USD")
            preview = self.ledger.json(*command)["preview"]
            self.assertTrue(preview["atOnce"])
            self.assertEqual(preview["invoice"]["total"], "84.03")
        self.assertUnchanged(before)
        self.assertIn("at once", self.ledger.run("change-plan", "acme", "team", "--key", "up"))
        self.assertIn("already recorded",
                      self.ledger.run("change-plan", "acme", "team", "--key", "up"))
        self.assertEqual(self.ledger.invoices("acme")[-1]["total"], "84.03")
        self.assertEqual(self.plan()["terms"]["plan"], "team")
        self.assertIn("nothingToChange", self.ledger.refused("change-plan", "acme", "team"))

    def test_a_change_at_the_period_end_waits_and_can_be_revoked(self):
        self.ledger.run("subscribe", "acme", "team", "--interval", "year")
        self.assertEqual(self.ledger.invoices("acme")[0]["total"], "990")
        self.assertIn("at the end of the billing period", self.ledger.run(
            "preview", "acme", "team", "--interval", "month"))
        self.ledger.run("change-plan", "acme", "team", "--interval", "month")
        self.assertEqual(self.plan()["change"], {"plan": "team", "interval": "month"})
        self.assertIn("team, by the month, at 2027-01-01", self.ledger.run("plan", "acme"))
        self.ledger.json("revoke-change", "acme")
        self.assertNotIn("change", self.plan())
        self.assertIn("noScheduledChange", self.ledger.refused("revoke-change", "acme"))
        # Whatever the rules say of themselves, the caller may choose.
        self.ledger.run("change-plan", "acme", "starter", "--when", "period-end")
        self.assertEqual(self.plan()["change"]["plan"], "starter")
        self.ledger.run("change-plan", "acme", "starter", "--when", "now")
        self.assertEqual(self.plan()["terms"]["plan"], "starter")

    def test_a_trial_a_pause_and_two_ways_to_cancel(self):
        self.ledger.run("subscribe", "acme", "starter", "--trial-days", 10)
        self.assertEqual(self.plan()["state"], "trialing")
        self.assertIn("2026-01-11T00:00:00Z", self.ledger.run("plan", "acme"))
        self.assertIn("trialLimit", self.ledger.refused("record", "acme", "calls", 1001))
        self.ledger.run("clock", "set", "2026-01-12")
        self.assertEqual(self.plan()["state"], "active")
        self.ledger.json("pause", "acme")
        paused = self.ledger.run("plan", "acme")
        self.assertRegex(paused, "Subscription +paused")
        self.assertRegex(paused, "Plan +starter")
        self.assertIn("paused", self.ledger.refused("record", "acme", "calls"))
        self.assertIn("invoice", self.ledger.run("resume", "acme"))
        self.assertIn("notPaused", self.ledger.refused("resume", "acme"))
        self.ledger.run("cancel", "acme", "--now", "--credit-unused")
        self.assertEqual(self.plan()["state"], "canceled")
        # The whole new period was unused.
        self.assertEqual(exact(self.plan()["customerCredit"]), 29)
        self.ledger.refused("cancel", "acme", "--credit-unused", exit_code=USAGE)

    def test_a_pinned_customer_stays_on_its_version(self):
        self.ledger.run("subscribe", "acme", "team")
        self.assertIn("pinned", self.ledger.run("pin", "acme"))
        self.assertIn("version 1 (pinned)", self.ledger.run("plan", "acme"))
        dearer = CATALOG.read_text().replace("base = 99\n", "base = 109\n")
        self.ledger.apply(dearer)
        self.ledger.run("clock", "set", "2026-03-01T01:00:00Z")
        self.assertEqual(self.plan()["terms"]["version"], 1)
        self.assertIn("version 2, is:", self.ledger.run("plan", "acme"))
        self.ledger.json("unpin", "acme")
        self.ledger.run("clock", "set", "2026-04-01T01:00:00Z")
        self.assertEqual(self.plan()["terms"]["version"], 2)
        self.assertEqual(self.ledger.invoices("acme")[-1]["total"], "109")

    def test_seats_are_shown_added_removed_and_set(self):
        self.ledger.run("subscribe", "acme", "team", "--seats", "editors=5")
        self.assertEqual(self.ledger.invoices("acme")[0]["total"], "129")  # 3 beyond 2 included
        self.assertRegex(self.ledger.run("seats", "acme"), r"editors +5 +2 +5 +0\.00")
        self.assertRegex(self.ledger.run("seats", "acme", "editors", "+2"), r"held +7\n")
        self.assertRegex(self.ledger.run("seats", "acme", "editors", "-3"), r"held +4\n")
        self.ledger.json("seats", "acme", "editors", "=6")
        (seats,) = self.plan()["seats"]
        self.assertEqual((seats["held"], seats["highest"], seats["trueUp"]), ("6", "7", "20"))
        for bad in ("6", "+", "=-1", "+x", "--1"):
            self.ledger.refused("seats", "acme", "editors", bad, exit_code=USAGE)
        self.ledger.refused("subscribe", "acme", "team", "--seats", "editors", exit_code=USAGE)
        self.assertIn("no seats", self.ledger.run("seats", "acme", "viewers"))

    def test_the_terms_of_a_plan_are_shown(self):
        shown = self.ledger.run("catalog", "show", "team")
        for part in ("990.00 USD by the year", "region=eu", "0.012 each", "2.9 % + 0.3 an event",
                     "100 each by the year", "usage:calls=50000"):
            self.assertIn(part, shown)
        self.assertEqual(self.ledger.json("catalog", "show", "free")["free"], True)
        self.ledger.refused("catalog", "show", "gone", exit_code=USAGE)


class CreditsTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "lumen")
        self.ledger.run("subscribe", "lumen", "studio")

    def grants(self):
        return {grant["number"]: grant for grant in self.ledger.balance("lumen")["grants"]}

    def test_credits_are_granted_drawn_put_back_and_refunded(self):
        self.ledger.run("grant", "lumen", 20, "--priority", 10, "--expires", "2026-03-01",
                        "--feature", "images", "--reason", "welcome")
        self.ledger.run("grant", "lumen", 7, "--from", "2026-02-01")
        self.ledger.run("buy", "lumen", "hundred")
        grants = self.grants()
        self.assertEqual(grants[2]["kind"], "promotional")
        self.assertEqual(grants[2]["priority"], 10)
        self.assertEqual(len(grants[2]["features"]), 1)
        receipt = self.ledger.run("record", "lumen", "images", 10, "--key", "i")
        self.assertIn("drawn          20 of grant 2", receipt)
        self.assertIn("5 of grant 1", receipt)
        voided = self.ledger.run("void", "lumen", "i", "--reason", "sent twice")
        self.assertIn("20 into grant 2", voided)
        self.assertIn("5 into grant 1", voided)
        self.assertNotIn("balance after", voided)
        self.assertEqual({number: grant["remaining"] for number, grant in self.grants().items()},
                         {1: "100", 2: "20", 4: "100"})
        refund = self.ledger.json("refund", "lumen", 4, "--reason", "asked")["receipt"]
        self.assertEqual((refund["quantity"], refund["creditNote"]), ("100", "1"))
        self.assertNotIn(4, self.grants())
        (note,) = self.ledger.json_lines("credit-notes", "--customer", "lumen")
        self.assertEqual((note["total"], note["reason"]), ("12", "asked"))
        self.assertIn("nothingToRefund", self.ledger.refused("refund", "lumen", 4))


class InvoicesTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "acme", "--zone", "Asia/Tokyo")
        self.ledger.run("subscribe", "acme", "team")

    def invoice(self, which=1):
        return self.ledger.json("invoice", which)["invoice"]

    def test_payments_and_credit_notes_change_what_is_due(self):
        self.ledger.run("payment", "INV-000001", "--amount", 50, "--reference", "tr-1")
        self.ledger.json("payment", 1, "--failed", "card declined")
        self.ledger.run("credit-note", 1, "--amount", "9.00", "--reason", "late start")
        self.assertEqual((self.invoice()["status"], self.invoice()["paid"],
                          self.invoice()["credited"]), ("open", "50", "9"))
        self.assertRegex(self.ledger.run("invoices"), r"open +99\.00 +40\.00  USD")
        self.assertIn("amountTooLarge", self.ledger.refused("payment", 1, "--amount", 41))
        self.assertIn("40.00 USD", self.ledger.run("payment", 1))
        self.assertEqual(self.invoice()["status"], "paid")
        self.assertIn("invoiceSettled", self.ledger.refused("payment", 1))
        self.ledger.json("credit-note", 1, "--amount", 20, "--as-customer-credit")
        self.assertEqual(exact(self.ledger.balance("acme")["customerCredit"]), 20)
        for shown in (self.ledger.run("credit-notes", "CN-000002"),
                      self.ledger.run("credit-notes", 2)):
            self.assertRegex(shown, "Use +customer credit")
        self.assertEqual(len(self.ledger.json_lines("credit-notes")), 2)
        self.assertEqual(len(self.ledger.json_lines("credit-notes", "--limit", 1)), 1)
        for command in (("payment", 7), ("credit-note", "INV-7"), ("invoice", 7)):
            self.assertIn("unknownInvoice", self.ledger.refused(*command))
        self.ledger.refused("credit-notes", 9)

    def test_an_open_invoice_is_void_when_it_is_credited_in_full_or_given_up(self):
        self.ledger.run("adjust", "acme", 250, "Onboarding", "--at-once")
        self.ledger.run("credit-note", 1)
        self.ledger.run("payment", 2, "--uncollectible")
        self.assertEqual(self.invoice(1)["status"], "void")
        self.assertEqual(self.invoice(2)["status"], "uncollectible")
        self.assertEqual(self.invoice(2)["lines"][0]["description"], "Onboarding")
        self.assertIn("Due       0.00 USD", self.ledger.run("invoice", 1))

    def test_adjustments_and_customer_credit_are_on_the_next_invoice(self):
        self.ledger.run("adjust", "acme", "-20.00", "Goodwill")
        self.ledger.run("credit", "acme", "15.00", "--reason", "outage")
        shown = self.ledger.run("balance", "acme")
        self.assertRegex(shown, "Goodwill +- +-20.00")
        self.assertRegex(shown, "Customer credit +15.00 USD")
        self.ledger.run("clock", "set", "2026-02-01T01:00:00Z")
        lines = {line["type"]: line["amount"] for line in self.invoice(2)["lines"]}
        self.assertEqual(lines, {"planBase": "99", "adjustment": "-20", "customerCredit": "-15"})

    def test_alerts_are_the_plans_ones_own_or_none(self):
        self.assertIn("no alert", self.ledger.run("alerts", "acme"))
        self.ledger.run("alerts", "acme", "--set", "usage:calls=10%", "--set", "usage=9000")
        self.ledger.run("record", "acme", "calls", 1000)
        self.assertRegex(self.ledger.run("alerts", "acme"), r"usage +calls +10 %\n")
        self.ledger.run("alerts", "acme", "--none")
        self.ledger.run("record", "acme", "calls", 8500)
        self.ledger.json("alerts", "acme", "--plan")
        self.ledger.run("record", "acme", "calls", 40_500)
        raised = self.ledger.json("alerts", "acme")["balance"]["alerts"]
        self.assertEqual([alert["level"] for alert in raised], ["10", "50000"])
        for bad in ("usage", "calls=80%", "usage=80 percent", "=5"):
            self.ledger.refused("alerts", "acme", "--set", bad, exit_code=USAGE)
        self.ledger.refused("alerts", "acme", "--set", "usage=8%", "--plan", exit_code=USAGE)

    def test_usage_is_reported_by_day_of_the_customers_zone(self):
        for number, at in enumerate(("2026-01-02T14:59:59Z", "2026-01-02T15:00:00Z",
                                     "2026-01-02T16:00:00Z")):
            self.ledger.run("clock", "set", at)
            self.ledger.run("record", "acme", "calls", 6000, "--key", f"k{number}")
        self.ledger.run("record", "acme", "chat", "--model", "swift", "--input", 1000, "--output",
                        500, "--property", "region=eu")
        self.ledger.run("void", "acme", "k1")
        shown = self.ledger.run("usage", "acme")
        self.assertRegex(shown, "Days of +Asia/Tokyo")
        self.assertRegex(shown, r"2026-01-03  chat .* 1000 in, 500 out")
        rows = list(csv.DictReader(io.StringIO(self.ledger.run("usage", "acme", "--csv"))))
        self.assertEqual([(row["day"], row["feature"], row["quantity"]) for row in rows],
                         [("2026-01-02", "calls", "6000"), ("2026-01-03", "calls", "6000"),
                          ("2026-01-03", "chat", "0.0126")])
        self.assertEqual(rows[2]["inputTokens"], "1000")
        report = self.ledger.json("usage", "acme", "--from", "2026-01-02T15:00:00Z")
        self.assertEqual([day["feature"] for day in report["days"]], ["calls", "chat"])
        self.assertEqual((report["zone"], report["currency"]), ("Asia/Tokyo", "USD"))
        self.assertEqual(self.ledger.json("usage", "acme", "--to", "2026-01-02")["days"], [])
        self.ledger.refused("--json", "usage", "acme", "--csv", exit_code=USAGE)
        self.ledger.refused("usage", "acme", "--from", "yesterday", exit_code=USAGE)

    def test_a_statement_adds_up_over_any_number_of_pages(self):
        credits = 1_100
        commands = self.ledger.folder / "credits.jsonl"
        row = '{"customer": "acme", "addCustomerCredit": {"amount": "1"}}\n'
        commands.write_text(row * credits)
        self.ledger.run("import", commands)
        self.ledger.run("payment", 1, "--amount", 9)
        shown = self.ledger.run("statement", "acme")
        self.assertRegex(shown, r"paymentRecorded +INV-000001 .* -9.00 .* 90\.00\n")
        self.assertRegex(shown, r"Due +90\.00 USD\n")
        rows = list(csv.DictReader(io.StringIO(self.ledger.run("statement", "acme", "--csv"))))
        statement = self.ledger.json("statement", "acme")
        self.assertNotIn("next", statement)
        self.assertEqual((statement["opening"], statement["closing"]), ("0", "90"))
        self.assertEqual([row["entry"] for row in rows],
                         [entry["kind"] for entry in statement["entries"]])
        for entries in (rows, statement["entries"]):
            self.assertEqual(sum(exact(entry.get("amount")) for entry in entries), 90)
            self.assertEqual(sum(exact(entry.get("customerCredit")) for entry in entries), credits)
        self.assertEqual(len(set(entry["position"] for entry in statement["entries"])), len(rows))


OPENED = """
plan = "team"
interval = "year"
anchor = 2025-11-15T00:00:00+09:00
baseCharged = 990
customerCredit = "7.50"
usage = [
  { feature = "calls", quantity = 9_000 },
  { feature = "calls", variant = "eu", quantity = 5 },
]
seats = [{ feature = "editors", seats = 4 }]
"""

# One row of each command, in an order that works; {usage} is the key of the usage that is voided.
EVERY_COMMAND = """
{"customer": "ann", "createCustomer": {}}
{"customer": "ann", "updateCustomer": {"zone": "Asia/Tokyo"}}
{"customer": "ann", "subscribe": {"plan": "team", "seats": [{"feature": "editors", "seats": 3}]}}
{"customer": "ann", "key": "u", "recordUsage": {"feature": "calls", "quantity": 7}}
{"customer": "ann", "recordUsage": {"feature": "calls", "quantity": 3}}
{"customer": "ann", "recordUsage": {"feature": "calls", "quantity": 8, "set": true}}
{"customer": "ann", "voidUsage": {"usageKey": "u", "reason": "again"}}
{"customer": "ann", "key": "h1", "placeHold": {"items": [{"feature": "calls", "quantity": 4}]}}
{"customer": "ann", "useHold": {"hold": "h1", "usage": {"feature": "calls", "quantity": 3}}}
{"customer": "ann", "extendHold": {"hold": "h1", "ttlNs": "3600000000000"}}
{"customer": "ann", "settleHold": {"hold": "h1"}}
{"customer": "ann", "key": "h2", "placeHold": {"items": [{"feature": "calls"}]}}
{"customer": "ann", "releaseHold": {"hold": "h2"}}
{"customer": "ann", "changeSeats": {"feature": "editors", "seats": 2}}
{"customer": "ann", "pinVersion": {}}
{"customer": "ann", "pinVersion": {"pinned": false}}
{"customer": "ann", "changePlan": {"plan": "starter"}}
{"customer": "ann", "revokeChange": {}}
{"customer": "ann", "addAdjustment": {"amount": "-1.50", "description": "Goodwill"}}
{"customer": "ann", "addCustomerCredit": {"amount": 3}}
{"customer": "ann", "setAlerts": {"alerts": {"rules": [{"kind": "usage", "level": 50}]}}}
{"customer": "ann", "setAlerts": {}}
{"customer": "ann", "recordPayment": {"invoice": 1, "amount": 50}}
{"customer": "ann", "recordPaymentFailure": {"invoice": 1, "reason": "declined"}}
{"customer": "ann", "creditInvoice": {"invoice": "1", "amount": 2}}
{"customer": "ann", "markUncollectible": {"invoice": 1}}
{"customer": "ann", "pause": {}}
{"customer": "ann", "resume": {}}
{"customer": "ann", "cancel": {}}
{"customer": "ann", "revokeCancel": {}}
{"customer": "bob", "createCustomer": {"opening": {"plan": "studio", "anchor": "1765000000"}}}
{"customer": "bob", "grantCredits": {"credits": 5, "features": ["images"]}}
{"customer": "bob", "buyCredits": {"pack": "hundred"}}
{"customer": "bob", "refundPack": {"grant": 2}}
{"customer": "eve", "createCustomer": {}}
{"customer": "eve", "subscribe": {"plan": "agent"}}
{"customer": "eve", "topUp": {"amount": 5}}
{"publishCatalog": {"features": [{"code": "new"}]}}
{"moveClock": {"to": "1767312000000000000"}}
"""


class FilesTest(daybook.LedgerTest):
    catalog = CATALOG

    def test_a_customer_moves_in_with_all_it_has(self):
        path = self.ledger.folder / "acme.toml"
        path.write_text(OPENED)
        self.ledger.run("customer", "create", "acme", "--zone", "Asia/Tokyo", "--opening", path)
        balance = self.ledger.balance("acme")
        self.assertEqual(balance["billingTo"], str(1_794_668_400_000_000_000))
        self.assertEqual(exact(balance["customerCredit"]), exact("7.5"))
        used = {entry.get("variant", ""): entry["used"] for entry in balance["features"]
                if entry["feature"] == "calls"}
        self.assertEqual(used, {"": "9000", "eu": "5"})
        self.assertEqual(balance["seats"][0]["held"], "4")
        self.assertEqual(self.ledger.invoices(), [])
        for wrong, message in (("plan = 3.5", "acme.toml: line 1: write numbers with a fraction"),
                               ('plan = "a"\nanchors = 1', "acme.toml: line 2: anchors: unknown"),
                               ('[[grants]]\nkind = "gift"', "line 2: grants[1].kind: one of plan"),
                               ("anchor = 2026-01-01T00:00:00", "a time needs its offset")):
            path.write_text(wrong)
            said = self.ledger.refused("customer", "create", "ann", "--opening", path,
                                       exit_code=USAGE)
            self.assertIn(message, said)

    def test_every_command_can_be_imported(self):
        path = self.ledger.folder / "all.jsonl"
        path.write_text(EVERY_COMMAND.lstrip())
        rows = len(EVERY_COMMAND.split("\n")) - 2
        summary = self.ledger.json("import", path)
        self.assertEqual((summary["recorded"], summary["refused"]), (rows, 0))
        again = self.ledger.json("import", path)
        self.assertEqual((again["duplicates"], again["refused"]), (rows, 0))
        schema = (daybook.REPOSITORY / "protocol" / "common.capnp").read_text()
        union = schema.split("struct Command {")[1].split("union {")[1].split("}")[0]
        for command in re.findall(r"(\w+) @\d+", union):
            self.assertIn(f'"{command}"', EVERY_COMMAND)
        # The log tells what each did.
        log = self.ledger.run("log")
        for part in ("adjustmentAdded .* amount=-1.5 description=Goodwill",
                     "paymentFailed .* invoice=1 reason=declined",
                     "alertsSet .* rule=usage=50%", "usageVoided .* usage=\\d+ .* reason=again",
                     "seatsChanged .* held=5 highest=5", "versionPinned .* version=1",
                     "changeScheduled .* plan=starter", "creditNoteClosed .* total=2",
                     "customerMovedIn .* plan=studio", "packRefunded .* credits=100",
                     "creditsGranted .* kind=promotional credits=5",
                     "customerUpdated .* zone=Asia/Tokyo", "invoiceUncollectible .* invoice=1",
                     "usageRecorded .* quantity=-2 .*set=true", "paused .* at=2026-01-01",
                     "holdPlaced .* h1 .* quantity=4", "holdUsed .* quantitySent=3 .* taken=3",
                     "holdExtended .* expiry=2026-01-01", "holdSettled .* quantitySent=1",
                     "holdReleased .* hold=h2", "paymentRecorded .* amount=50"):
            self.assertRegex(log, part)

    def test_the_reference_catalog_changes_nothing_when_it_is_applied_again(self):
        before = self.ledger.tip()
        self.assertIn("nothing to change", self.ledger.apply(CATALOG))
        shown = self.ledger.folder / "shown.json"
        shown.write_text(self.ledger.run("--json", "catalog", "show"))
        self.assertIn("nothing to change", self.ledger.apply(shown))
        self.assertEqual(self.ledger.tip(), before)

    def test_the_difference_names_what_changes(self):
        changed = self.ledger.folder / "changed.toml"
        text = CATALOG.read_text()
        for old, new in (("base = 990", "base = 900"), ("maximum = 40", "maximum = 30"),
                         ('ratePercent = "2.9"', 'ratePercent = "2.5"'),
                         ("level = 80", "level = 70"),
                         ('unitPrice = "0.012"', 'unitPrice = "0.011"'),
                         ("retired = false", "retired = true")):
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        changed.write_text(text)
        shown = self.ledger.run("catalog", "apply", changed, "--dry-run")
        for part in ("prices[USD/year].base: 990 → 900", "rollover.maximum: 40 → 30",
                     "features[payments].prices[USD].ratePercent: 2.9 → 2.5",
                     "alerts.rules[usage/80%]: yes → -", "alerts.rules[usage/70%]: - → yes",
                     "features[calls].variants[eu].prices[USD].unitPrice: 0.012 → 0.011",
                     "retired: - → true", "3 of 16 items differ"):
            self.assertIn(part, shown)
        # What only stands in another order is a change, too, and said to be one.
        changed.write_text(CATALOG.read_text().replace(
            '  { kind = "usage", level = 80 },', "").replace(
            "percent = false },  # units", 'percent = false }, { level = 80 },'))
        self.assertIn("the order of what it lists",
                      self.ledger.run("catalog", "apply", changed, "--dry-run"))

    def test_mistakes_in_a_catalog_are_named_with_line_item_and_field(self):
        text = CATALOG.read_text()
        for old, new, exit_code, message in (
                ('meter = "latest"', 'meter = "newest"', USAGE,
                 r"line \d+: features\[storage\]\.meter: one of sum, count, max, latest, unique"),
                ("feePerEvent", "feeForEvent", USAGE,
                 r"line \d+: plans\[team\]\.features\[payments\]\.prices\[USD\]\.feeForEvent"),
                ("packageSize = 1_000", "packageSize = 0", REFUSED,
                 r'c\.toml, line \d+: plan "team", feature "visitors": packageSize'),
                ('value = "large"', 'value = ""', REFUSED, r'line \d+: plan "studio", feature'),
                ("credits = 100\nprices", "credits = 0\nprices", REFUSED,
                 r'line \d+: pack "hundred": credits must be above 0')):
            path = self.ledger.folder / "c.toml"
            self.assertEqual(text.count(old), 1, old)
            wrong = text.replace(old, new)
            path.write_text(wrong)
            with self.subTest(message=message):
                said = self.ledger.refused("catalog", "apply", path, "--yes", exit_code=exit_code)
                self.assertRegex(said, message)
                if exit_code == USAGE:
                    line = int(re.search(r"line (\d+)", said)[1])
                    self.assertIn(new, wrong.splitlines()[line - 1])


if __name__ == "__main__":
    daybook.main()
