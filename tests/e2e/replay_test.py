"""The log alone gives the state, byte for byte: from nothing, from every snapshot, from a backup.

State is compared by its digest, SHA-256 over its canonical bytes, and by what customers see.
"""

import pathlib
import shutil

import daybook
import traces

REQUESTS = pathlib.Path(__file__).with_name("requests.csv")
PARTS = 4


class ReplayTest(daybook.unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.ledger = daybook.Ledger(start=traces.START, top="[snapshots]\nkeep = 50")
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.digests = {}
        self.fill()

    def mark(self):
        """A snapshot here, and the digest of the state here."""
        position = int(self.ledger.json("snapshot")["position"])
        self.assertEqual(position, self.ledger.position())
        digest_position, digest = self.ledger.digest()
        self.assertEqual(digest_position, position)
        self.digests[position] = digest

    def fill(self):
        """A month of everything, with a snapshot at many places."""
        self.mark()
        traces.sell(self.ledger)
        self.mark()
        heading, *rows = REQUESTS.read_text(encoding="ascii").splitlines()
        for part in range(PARTS):
            path = self.ledger.folder / f"part-{part}.csv"
            path.write_text("\n".join([heading, *rows[part::PARTS]]), encoding="ascii")
            for feature, customer in zip(("code", "conv", "code"), traces.CUSTOMERS):
                self.ledger.run(*traces.import_arguments(feature, customer, path))
            self.mark()
        self.ledger.run("cancel", "metered")
        self.ledger.run("clock", "set", traces.CLOSE_AT)
        self.mark()
        self.ledger.run("customer", "create", "late", "--zone", "Pacific/Auckland")
        self.ledger.run("clock", "set", "2024-03-10T12:00:00Z")
        self.mark()

    def seen(self):
        """What customers see."""
        balances = [self.ledger.balance(customer) for customer in traces.CUSTOMERS]
        return balances, self.ledger.invoices(), self.ledger.json_lines("customer", "list")

    def check_replay(self, report, position, directory=None):
        self.assertEqual(daybook.hex_of(report["stateDigest"]), self.digests[position], directory)
        self.assertEqual(int(report["head"]["size"]), position)

    def test_every_way_to_the_state_gives_the_same_bytes(self):
        position, root = self.ledger.tip()
        whole = self.ledger.replay()
        self.check_replay(whole, position)
        self.assertEqual(daybook.hex_of(whole["head"]["root"]), root)
        self.assertEqual(self.ledger.replay(), whole, "twice the same")
        self.assertEqual(self.ledger.replay("--trust-hashes"), whole)
        for snapshot, digest in self.digests.items():
            self.assertEqual(self.ledger.replay("--from-snapshot", snapshot), whole)
            then = self.ledger.replay("--to", snapshot, "--summary")
            self.check_replay(then, snapshot)
        self.assertGreater(len(set(self.digests.values())), PARTS)

    def test_replayed_balances_and_invoices_are_those_of_the_daemon(self):
        balances, invoices, customers = self.seen()
        replayed = self.ledger.replay()["customers"]
        self.assertEqual([entry["info"] for entry in replayed], customers)
        by_number = {int(invoice["number"]): invoice
                     for entry in replayed for invoice in entry.get("invoices", [])}
        self.assertEqual([by_number[number] for number in sorted(by_number)], invoices)
        self.assertEqual([entry["balance"] for entry in replayed[:len(balances)]], balances)

    def test_snapshots_change_nothing_but_time(self):
        seen, tip = self.seen(), self.ledger.tip()
        self.ledger.restart()
        self.assertEqual((self.seen(), self.ledger.tip()), (seen, tip))
        self.ledger.kill()
        shutil.rmtree(self.ledger.data / "snapshots")
        self.ledger.verify()
        self.ledger.start()
        self.assertEqual((self.seen(), self.ledger.tip()), (seen, tip))
        self.assertEqual(self.ledger.digest(), (tip[0], self.digests[tip[0]]))
        # Keys are known without the snapshots' folder, too.
        again = self.ledger.json(*traces.import_arguments(
            "code", "metered", self.ledger.folder / "part-0.csv"))
        self.assertEqual((again["recorded"], again["refused"]), (0, 0))
        self.assertEqual(self.ledger.tip(), tip)

    def test_a_backup_is_the_same_ledger_and_starts(self):
        seen, tip = self.seen(), self.ledger.tip()
        copy = self.ledger.folder / "copy"
        report = self.ledger.json("backup", copy)
        self.assertEqual(int(report["position"]), tip[0])
        self.check_replay(self.ledger.replay(directory=copy), tip[0], copy)
        self.ledger.verify(copy)
        # Once more to the same place: refused, and the copy is untouched.
        self.assertIn("refused", self.ledger.refused("backup", copy))
        self.ledger.run("record", "credits", "code", "--model", "swift", "--input", 1,
                        "--output", 1)
        self.ledger.stop()
        shutil.rmtree(self.ledger.data)
        copy.rename(self.ledger.data)
        self.ledger.start()
        self.assertEqual((self.seen(), self.ledger.tip()), (seen, tip))
        self.ledger.run("record", "credits", "code", "--model", "swift", "--input", 1,
                        "--output", 1)
        self.ledger.verify()


if __name__ == "__main__":
    daybook.main()
