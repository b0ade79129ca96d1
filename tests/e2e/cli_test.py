"""Every command of `daybook`, for people and for programs: what it prints, and its exit code."""

import json
import subprocess

import daybook
from daybook import REFUSED, UNREACHABLE, USAGE, exact

CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"

# One command a line, as in protocol/common.capnp; two are bad, one has an unknown customer.
COMMANDS = """
{"key": "c1", "customer": "nova", "createCustomer": {"zone": "Asia/Tokyo"}}
{"key": "s1", "customer": "nova", "subscribe": {"plan": "pro"}}
{"key": "u1", "customer": "nova", "recordUsage": {"feature": "calls", "quantity": "2.5"}}
{"customer": "nova", "recordUsage": {"feature": "calls"}}
{"key": "u2", "customer": "nova", "recordUsage": {"feature": "calls", "quantity": 4}}
{"key": "u3", "customer": "nova", "recordUsage": {"feature": "calls", "quantities": "1"}}
this is not JSON
{"key": "u4", "customer": "nobody", "recordUsage": {"feature": "calls"}}
{"key": "b1", "customer": "lumen", "buyCredits": {"pack": "hundred"}}
"""
GOOD, BAD = 6, 3


class CommandsTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        for customer, plan in (("acme", "pro"), ("lumen", "studio"), ("otto", "agent")):
            self.ledger.run("customer", "create", customer)
            self.ledger.run("subscribe", customer, plan)

    def test_every_command_prints_for_people_and_for_programs(self):
        tokens = ("--model", "swift", "--total-input", 1000, "--output", 500)
        for arguments, shown in (
                (("status",), "Root"), (("catalog", "show"), "price book"),
                (("customer", "show", "acme"), "Number"), (("customer", "list"), "ZONE"),
                (("customer", "update", "acme", "--zone", "Asia/Tokyo"), "position"),
                (("record", "acme", "calls", 3), "balance after"),
                (("record", "otto", "chat", *tokens), "0.0126"),
                (("buy", "lumen", "hundred"), "invoice"), (("topup", "otto", "5.50"), "invoice"),
                (("balance", "lumen"), "200 available"),
                (("check", "otto", "chat", *tokens), "yes"),
                (("invoices",), "INV-000001"), (("invoices", "--customer", "otto"), "balanceTopUp"),
                (("invoice", "INV-000001"), "Total"), (("invoice", 1), "INV-000001"),
                (("upcoming", "acme"), "planBase"), (("log", "--limit", 3), "ledgerCreated"),
                (("clock", "show"), "manual"), (("cancel", "acme"), "cancel"),
                (("cancel", "acme", "--revoke"), "revoked"), (("cancel", "acme", "--now"), "now"),
                (("snapshot",), "position"), (("clock", "advance", "1h"), "01:00:00Z"),
                (("clock", "set", "2026-02-01"), "2026-02-01"),
                (("verify", self.ledger.data), "verified"), (("replay", self.ledger.data), "root")):
            with self.subTest(arguments=arguments):
                self.assertIn(shown, self.ledger.run(*arguments))
        # Those that record do so again: other keys.
        for arguments in (
                ("status",), ("catalog", "show"), ("catalog", "apply", CATALOG, "--yes"),
                ("customer", "show", "acme"), ("customer", "create", "fourth"),
                ("record", "lumen", "images"), ("buy", "lumen", "hundred"), ("topup", "otto", 1),
                ("balance", "otto"), ("check", "lumen", "images"), ("invoice", 2),
                ("upcoming", "lumen"), ("clock", "show"), ("snapshot",),
                ("clock", "advance", "1s"), ("subscribe", "acme", "pro"), ("cancel", "acme"),
                ("backup", self.ledger.folder / "copy"), ("verify", self.ledger.data),
                ("replay", self.ledger.data)):
            with self.subTest(arguments=arguments, json=True):
                self.assertIsInstance(self.ledger.json(*arguments), dict)
        for arguments in (("customer", "list"), ("invoices",), ("log",)):
            self.assertGreater(len(self.ledger.json_lines(*arguments)), 3)
        self.assertEqual(len(self.ledger.json_lines("log", "--limit", 2)), 2)
        self.assertEqual(len(self.ledger.json_lines("invoices", "--limit", 2)), 2)

    def test_exit_codes_are_the_documented_ones(self):
        self.ledger.refused("record", "nobody", "calls", exit_code=REFUSED)
        self.ledger.run("record", "lumen", "images", 40)
        self.assertIn("insufficientCredits",
                      self.ledger.run("check", "lumen", "images", exit_code=REFUSED))
        for arguments in ((), ("frobnicate",), ("record", "acme"), ("clock", "set", "tomorrow"),
                          ("import", "there/is/no.csv"), ("record", "acme", "calls", "--at", "x"),
                          ("--timeout", "soon", "status"), ("--token-file", "/no/file", "status"),
                          ("catalog", "apply", "/no/file", "--yes")):
            with self.subTest(arguments=arguments):
                self.ledger.refused(*arguments, exit_code=USAGE)
        elsewhere = [daybook.program("daybook"), "--connect", f"unix:{self.ledger.folder}/none"]
        message = daybook.execute([*elsewhere, "status"], UNREACHABLE).stderr
        self.assertIn("cannot reach", message)
        self.ledger.stop()
        self.ledger.refused("status", exit_code=UNREACHABLE)
        self.ledger.run("--help")
        self.ledger.run("help", "import")
        self.assertIn("daybook ", self.ledger.run("--version"))

    def test_applying_a_catalog_twice_changes_nothing(self):
        before = self.ledger.tip()
        self.assertIn("nothing to change", self.ledger.apply(CATALOG))
        shown = self.ledger.folder / "shown.json"
        shown.write_text(self.ledger.run("--json", "catalog", "show"), encoding="utf-8")
        self.assertIn("nothing to change", self.ledger.apply(shown))
        self.assertEqual(self.ledger.tip(), before)
        changed = self.ledger.folder / "changed.toml"
        changed.write_text(CATALOG.read_text().replace("included = 10_000", "included = 12_000"))
        difference = self.ledger.run("catalog", "apply", changed, "--dry-run")
        self.assertRegex(difference, "plan pro, version 2")
        self.assertRegex(difference, "10000 → 12000")
        self.assertEqual(self.ledger.tip(), before)
        # Nobody can be asked.
        self.ledger.refused("catalog", "apply", changed, exit_code=USAGE)
        self.ledger.apply(changed)
        self.assertIn("nothing to change", self.ledger.apply(changed))

    def test_completion_scripts_parse(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.ledger.run("completion", shell)
            for word in ("catalog", "upcoming", "--on-shortfall"):
                self.assertIn(word, script)
        bash = self.ledger.run("completion", "bash")
        daybook.execute(["bash", "-n"], text_in=bash)

    def test_a_followed_log_shows_events_as_they_come(self):
        position = self.ledger.position()
        follow = self.ledger.begin("--json", "log", "--follow", "--from", position + 1,
                                   "--customer", "acme", stdout=subprocess.PIPE)
        self.addCleanup(follow.stdout.close)
        self.addCleanup(follow.wait)
        self.addCleanup(follow.kill)
        for number in range(3):
            self.ledger.run("record", "otto", "chat", "--model", "swift", "--input", 1, "--output",
                            1)
            self.ledger.run("record", "acme", "calls", "--key", f"k{number}")
            event = json.loads(follow.stdout.readline())
            self.assertEqual(event["key"], f"k{number}")
            self.assertEqual(int(event["position"]), position + 2 * (number + 1))

    def test_a_pipe_that_is_closed_ends_the_command_quietly(self):
        for _ in range(50):
            self.ledger.run("record", "acme", "calls")
        command = " ".join(map(str, self.ledger.command("log")))
        done = daybook.execute(["bash", "-c", f"{command} | head -n 1"])
        self.assertEqual(done.stderr, "")


class ImportTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "lumen")
        self.ledger.run("subscribe", "lumen", "studio")
        self.path = self.ledger.folder / "commands.jsonl"
        self.path.write_text(COMMANDS.lstrip(), encoding="utf-8")

    def test_bad_rows_are_named_and_kept_and_stop_nothing(self):
        shown = self.ledger.run("import", self.path, exit_code=REFUSED)
        self.assertRegex(shown, rf"recorded +{GOOD}\n")
        self.assertRegex(shown, rf"refused +{BAD}\n")
        self.assertIn("commands.rejected.jsonl", shown)
        self.assertEqual(exact(self.ledger.feature("nova", "calls")["used"]), exact("7.5"))
        self.assertEqual(exact(self.ledger.balance("lumen")["credits"]["purchased"]), 100)
        again = self.ledger.json("import", self.path, exit_code=REFUSED)
        self.assertEqual((again["recorded"], again["duplicates"], again["refused"]),
                         (0, GOOD, BAD))
        self.assertEqual({entry["outcome"]: entry["firstRow"] for entry in again["refusals"]},
                         {"unreadable": 6, "unknownCustomer": 8})
        rejected = (self.ledger.folder / "commands.rejected.jsonl").read_text(encoding="utf-8")
        self.assertEqual(len(rejected.splitlines()), BAD)
        self.assertIn("this is not JSON", rejected)
        # Mended and imported by themselves, they count, and only once.
        self.ledger.run("customer", "create", "nobody")
        self.ledger.run("subscribe", "nobody", "pro")
        mended = self.ledger.json("import", self.path, exit_code=REFUSED)
        self.assertEqual((mended["recorded"], mended["refused"]), (1, BAD - 1))

    def test_it_stops_at_a_bad_row_when_asked_to(self):
        self.path.write_text("not JSON\n" + COMMANDS.lstrip(), encoding="utf-8")
        before = self.ledger.position()
        summary = self.ledger.json("import", self.path, "--stop-on-error", exit_code=REFUSED)
        self.assertFalse(summary["complete"])
        self.assertEqual((summary["recorded"], summary["refused"]), (0, 1))
        self.assertUnchanged(before)

    def test_an_interrupted_import_goes_on_where_it_was(self):
        rows = 20_000
        path = self.ledger.folder / "many.csv"
        path.write_text("org,images\n" + "lumen,0\n" * rows, encoding="ascii")
        options = ("--customer-column", "org", "--quantity-column", "images", "--feature", "images")
        follow = self.ledger.begin("--json", "log", "--follow", "--from",
                                   self.ledger.position() + rows // 10, stdout=subprocess.PIPE)
        importer = self.ledger.begin("import", path, *options, "--batch", 10,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        follow.stdout.readline()
        importer.kill()
        importer.wait()
        follow.kill()
        follow.stdout.close()
        follow.wait()
        # Twice at once: both may send the same rows.
        with self.ledger.begin("--json", "import", path, *options, stdout=subprocess.PIPE) as other:
            summary = self.ledger.json("import", path, *options)
            others = json.loads(other.communicate()[0])
        self.assertEqual(other.returncode, daybook.OK)
        for each in (summary, others):
            self.assertEqual(each["recorded"] + each["duplicates"], rows)
        self.assertLess(summary["recorded"] + others["recorded"], rows, "the kill came too late")
        self.assertEqual(int(self.ledger.feature("lumen", "images")["events"]), rows)
        again = self.ledger.json("import", path, *options)
        self.assertEqual((again["recorded"], again["duplicates"]), (0, rows))

    def test_a_csv_file_with_quotes_a_mapping_and_keys_of_its_own(self):
        path = self.ledger.folder / "usage.tsv"
        path.write_text('id\twhen\twho\thow many\r\n'
                        '"k 1"\t2026-01-01 00:00:00\t"lu""men"\t1\r\n'
                        'k 2\t2026-01-01T01:00:00+01:00\tlumen\t"2.5"\r\n'
                        'k 2\t2026-01-01T01:00:00+01:00\tlumen\t"2.5"', encoding="utf-8")
        mapping = self.ledger.folder / "mapping.toml"
        mapping.write_text('[columns]\nkey = "id"\ntime = "when"\ncustomer = "who"\n'
                           'quantity = "how many"\n[constants]\nfeature = "images"\n')
        summary = self.ledger.json("import", path, "--mapping", mapping, exit_code=REFUSED)
        self.assertEqual((summary["recorded"], summary["duplicates"], summary["refused"]),
                         (1, 1, 1))
        (event,) = [event for event in self.ledger.json_lines("log", "--customer", "lumen")
                    if event.get("key") == "k 2"]
        self.assertEqual(event["body"]["usageRecorded"]["quantitySent"], "2.5")


if __name__ == "__main__":
    daybook.main()
