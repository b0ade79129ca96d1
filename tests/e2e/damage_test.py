"""Bit rot is found and named; a daemon does not start on a log that it cannot trust.

DAYBOOK_SEED repeats a run's choice of bytes.
"""

import os
import pathlib
import random
import re
import shutil

import daybook
import pages
import traces

REQUESTS = pathlib.Path(__file__).with_name("requests.csv")
FLIPS = 10


class DamageTest(daybook.unittest.TestCase):
    """One ledger with large and small commits, stopped; every test damages a copy."""

    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("DAYBOOK_SEED", random.SystemRandom().randrange(2 ** 32)))
        print(f"seed: {cls.seed}", flush=True)
        cls.whole = daybook.Ledger(start=traces.START)
        cls.addClassCleanup(cls.whole.close)
        cls.whole.start()
        traces.sell(cls.whole)
        for customer in traces.CUSTOMERS:
            for feature, batch in (("code", 600), ("conv", 3)):
                cls.whole.run(*traces.import_arguments(feature, customer, REQUESTS),
                              "--batch", batch, "--source", feature)
        cls.whole.run("clock", "set", traces.CLOSE_AT)
        cls.tip = cls.whole.tip()
        cls.whole.stop()

    def setUp(self):
        self.random = random.Random(self.seed)
        self.ledger = daybook.Ledger(start=traces.START)
        self.addCleanup(self.ledger.close)
        shutil.copytree(self.whole.data, self.ledger.data)
        self.log_file = self.ledger.data / "log" / "data.mdb"
        self.bytes = bytearray(self.log_file.read_bytes())

    def write(self, data):
        """In place: what the kernel keeps of the file is damaged, too."""
        with open(self.log_file, "r+b") as file:
            file.write(data)
            file.truncate(len(data))

    def flip(self, at):
        damaged = bytearray(self.bytes)
        damaged[at] ^= 1 << self.random.randrange(8)
        self.write(damaged)

    def places(self, text):
        """Where it stands in the tree: pages that were written anew are in the file twice."""
        content = pages.content(self.bytes)
        return [found.start() for found in re.finditer(re.escape(text), self.bytes)
                if any(start <= found.start() < end for start, end in content)]

    def assertNotVerified(self, what):
        """Exit code 4 and a message; gives the position that it names, if any."""
        message = self.ledger.verify(exit_code=daybook.NOT_VERIFIED)
        found = re.search(r"position (\d+)", message)
        self.assertTrue(found or "page" in message, f"{what}: {message}")
        return int(found[1]) if found else None

    def start_refused(self):
        with self.assertRaises(daybook.StartFailed) as failed:
            self.ledger.start()
        self.assertEqual(failed.exception.status, daybook.FAILED, failed.exception.log)
        return failed.exception.log

    def test_ten_flipped_bits_at_random_places_are_each_found(self):
        self.ledger.verify()
        ranges = pages.content(self.bytes)
        for flip in range(FLIPS):
            at = pages.pick(ranges, self.random)
            self.flip(at)
            position = self.assertNotVerified(f"seed {self.seed}, flip {flip}, byte {at}")
            print(f"byte {at}, page {at // pages.PAGE}: found at position {position}")
        self.write(self.bytes)
        self.ledger.verify()

    def test_the_named_position_is_that_of_the_damaged_event(self):
        # The key of the last row imported: each customer has one, in the text of its event.
        key = b"conv:600"
        self.assertIn(key, self.bytes)
        at = self.places(key)[-1]
        self.flip(at)
        position = self.assertNotVerified(f"byte {at}")
        self.write(self.bytes)
        self.ledger.start()
        (event,) = self.ledger.json_lines("log", "--from", position, "--limit", 1)
        self.assertEqual(event.get("key", "").encode(), key)

    def test_a_flipped_bit_in_the_newest_commit_keeps_the_daemon_from_starting(self):
        self.ledger.start()
        self.ledger.run("record", "credits", "code", "--model", "swift", "--input", 1, "--output",
                        1, "--key", "the newest event's key")
        self.ledger.stop()
        self.bytes = bytearray(self.log_file.read_bytes())
        self.flip(self.places(b"the newest event's key")[0] + 5)
        log = self.start_refused()
        self.assertIn(f"position {self.tip[0] + 1}", log)

    def test_replay_stops_at_damage_and_names_it(self):
        self.flip(self.places(b"conv:1\0")[0])
        done = daybook.execute([daybook.program("daybookd"), "replay", str(self.ledger.data)],
                               daybook.NOT_VERIFIED)
        self.assertRegex(done.stderr, r"position \d+")
        self.assertEqual(done.stdout, "")

    def test_a_truncated_file_is_refused(self):
        used = max(end for _, end in pages.content(self.bytes))
        for length in (0, 1, pages.PAGE, 2 * pages.PAGE, used // 2, used - 1):
            self.write(self.bytes[:length])
            self.assertIn("data.mdb", self.start_refused())
            self.ledger.verify(exit_code=daybook.NOT_VERIFIED)

    def test_zeroed_meta_pages_are_refused(self):
        page = pages.newest_meta(self.bytes)
        for zeroed in ((0, pages.PAGE), (pages.PAGE, 2 * pages.PAGE), (0, 2 * pages.PAGE),
                       (page, page + 64)):
            damaged = bytearray(self.bytes)
            damaged[slice(*zeroed)] = bytes(zeroed[1] - zeroed[0])
            self.write(damaged)
            self.assertIn("data.mdb", self.start_refused())
            self.ledger.verify(exit_code=daybook.NOT_VERIFIED)

    def test_random_damage_of_the_meta_pages_never_kills_by_a_signal(self):
        for _ in range(FLIPS):
            damaged = bytearray(self.bytes)
            for _ in range(4):
                damaged[self.random.randrange(2 * pages.PAGE)] = self.random.randrange(256)
            self.write(damaged)
            done = daybook.execute([daybook.program("daybookd"), "verify", str(self.ledger.data)],
                                   None)
            self.assertIn(done.returncode, (daybook.OK, daybook.NOT_VERIFIED), done.stderr)

    def test_damaged_snapshots_are_dropped_and_nothing_is_lost(self):
        path = self.ledger.data / "snapshots" / "data.mdb"
        data = bytearray(path.read_bytes())
        for _ in range(200):
            data[self.random.randrange(2 * pages.PAGE, len(data))] ^= 0xFF
        path.write_bytes(data)
        self.ledger.start()
        self.assertEqual(self.ledger.tip(), self.tip)
        again = self.ledger.json(*traces.import_arguments("code", "metered", REQUESTS),
                                 "--source", "code")
        self.assertEqual((again["recorded"], again["duplicates"]), (0, 600))
        self.ledger.run("snapshot")
        self.ledger.restart()
        self.assertEqual(self.ledger.tip(), self.tip)


if __name__ == "__main__":
    daybook.main()
