"""What is wrong gets a clear, named answer: the daemon and its other connections go on
unharmed, and nothing is recorded.
"""

import pathlib
import random
import shutil
import socket
import struct

import daybook

CATALOG = """
features = [{ code = "calls" }, { code = "gold" }, { code = "sso", type = "boolean" }]

[[plans]]
code = "pro"
model = "metered"
alerts = { rules = [] }  # positions are counted
prices = [{ currency = "USD", base = 99 }]
features = [
  { feature = "calls", included = 100, prices = [
    { currency = "USD", scheme = "perUnit", unitPrice = "0.01" }] },
  { feature = "gold", prices = [
    { currency = "USD", scheme = "perUnit", unitPrice = 1000000000000 }] },
  { feature = "sso" },
]
"""

OVERLAPPING_TIERS = """
[[plans]]
code = "tiered"
model = "metered"
prices = [{ currency = "USD", base = 1 }]
features = [{ feature = "calls", prices = [{ currency = "USD", scheme = "graduated", tiers = [
  { upTo = 100, unitPrice = "0.02" }, { upTo = 100, unitPrice = "0.01" }, { unitPrice = 0 }] }] }]
"""

BATCH_ENTRIES_MAX = 16384


class RefusalsTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")
        self.before = self.ledger.position()

    def assertRefused(self, outcome, *arguments, detail=""):
        """Refused by that name, on standard error, with exit code 1; nothing is recorded."""
        message = self.ledger.refused(*arguments)
        self.assertIn(f"refused: {outcome}", message)
        self.assertIn(detail, message)
        self.assertUnchanged(self.before)

    # ---- the data directory

    def test_a_second_daemon_on_the_directory_refuses_and_names_the_first(self):
        other = daybook.Ledger(folder=self.ledger.folder / "other")
        self.addCleanup(other.close)
        other.config.write_text(other.config.read_text().replace(str(other.data),
                                                                 str(self.ledger.data)))
        with self.assertRaises(daybook.StartFailed) as failed:
            other.start()
        self.assertEqual(failed.exception.status, 70)
        self.assertIn(f"in use by process {self.ledger.process.pid}", failed.exception.log)
        self.assertUnchanged(self.before)
        self.ledger.run("record", "acme", "calls")

    def test_a_second_daemon_does_not_take_the_socket_of_a_living_one(self):
        other = daybook.Ledger(folder=self.ledger.folder / "other")
        self.addCleanup(other.close)
        other.config.write_text(other.config.read_text().replace(str(other.socket),
                                                                 str(self.ledger.socket)))
        with self.assertRaises(daybook.StartFailed) as failed:
            other.start()
        self.assertIn(str(self.ledger.socket), failed.exception.log)
        self.assertUnchanged(self.before)

    # ---- the socket

    def connect(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(daybook.STOP_S)
        connection.connect(str(self.ledger.socket))
        self.addCleanup(connection.close)
        return connection

    def read_to_end(self, connection):
        """Until the daemon closes the connection: a time-out fails the test."""
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def send(self, connection, data):
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def test_garbage_on_the_socket_ends_that_connection_alone(self):
        seed = random.SystemRandom().randrange(2 ** 32)
        print(f"seed: {seed}")
        garbage = random.Random(seed)
        for size in (1, 7, 8, 9, 64, 4096, 100_000):
            connection = self.connect()
            self.send(connection, garbage.randbytes(size))
            connection.shutdown(socket.SHUT_WR)
            self.read_to_end(connection)
        for header in (b"\xff" * 8, struct.pack("<II", 0, 2 ** 28), struct.pack("<II", 511, 1),
                       b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
            connection = self.connect()
            self.send(connection, header + bytes(4096))
            connection.shutdown(socket.SHUT_WR)
            self.read_to_end(connection)
        self.assertUnchanged(self.before)
        self.ledger.run("record", "acme", "calls")

    def test_a_message_that_is_no_call_is_answered_or_ends_that_connection(self):
        # One segment whose root pointer leads outside; one with a list that claims 2^29 elements.
        for words in (struct.pack("<Q", 0x0000_0001_7FFF_FFFC),
                      b"\xfd\xff\xff\x7f\xff\xff\xff\xff"):
            connection = self.connect()
            self.send(connection, struct.pack("<II", 0, len(words) // 8) + words)
            connection.shutdown(socket.SHUT_WR)
            self.read_to_end(connection)
        self.assertUnchanged(self.before)

    def test_half_a_message_and_then_the_end_harms_nobody(self):
        connection = self.connect()
        self.send(connection, struct.pack("<II", 0, 100) + bytes(400))
        connection.shutdown(socket.SHUT_WR)
        self.read_to_end(connection)
        self.assertUnchanged(self.before)

    def test_half_a_message_and_then_silence_is_dropped_after_its_time(self):
        self.ledger.stop()
        with open(self.ledger.config, "a", encoding="utf-8") as config:
            config.write('\n[limits]\nmessage_timeout = "300ms"\n')
        self.ledger.start()
        connection = self.connect()
        self.send(connection, struct.pack("<II", 0, 100) + bytes(400))
        self.read_to_end(connection)
        silent = self.connect()
        self.read_to_end(silent)
        self.assertUnchanged(self.before)

    # ---- commands

    def test_a_batch_over_the_limit_is_refused_whole(self):
        def send(count):
            return self.ledger.probe("batch", "acme", "calls", count)[0]
        self.assertRegex(send(BATCH_ENTRIES_MAX + 1), f"^batchTooLarge .*{BATCH_ENTRIES_MAX}")
        self.assertUnchanged(self.before)
        self.assertRegex(send(BATCH_ENTRIES_MAX), "^ok")
        self.assertEqual(self.ledger.position(), self.before + BATCH_ENTRIES_MAX)

    def test_unknown_names_are_refused_and_named(self):
        self.assertRefused("unknownCustomer", "record", "nobody", "calls", detail="nobody")
        self.assertRefused("unknownCustomer", "balance", "nobody")
        self.assertRefused("unknownCustomer", "subscribe", "nobody", "pro")
        self.assertRefused("unknownFeature", "record", "acme", "calles", detail="calles")
        self.assertRefused("unknownPlan", "subscribe", "acme", "gold")
        self.assertRefused("unknownPack", "buy", "acme", "small")
        self.assertRefused("unknownInvoice", "invoice", "INV-000099")
        self.assertRefused("wrongFeatureType", "record", "acme", "sso")
        self.assertRefused("customerExists", "customer", "create", "acme")
        self.assertRefused("unknownZone", "customer", "create", "moon", "--zone", "Moon/Crater")
        self.assertRefused("alreadySubscribed", "subscribe", "acme", "pro")

    def test_a_plan_with_overlapping_tiers_is_refused_and_the_place_named(self):
        path = self.ledger.folder / "tiers.toml"
        path.write_text(OVERLAPPING_TIERS, encoding="utf-8")
        before = self.ledger.json("catalog", "show")
        self.assertRefused("invalidCatalog", "catalog", "apply", path, "--yes",
                           detail='plan "tiered", feature "calls": tiers overlap at 100')
        self.assertEqual(self.ledger.json("catalog", "show"), before)

    def test_amounts_and_texts_beyond_their_limits_are_refused(self):
        self.assertRefused("amountOverflow", "record", "acme", "calls", 10 ** 15 + 1)
        self.assertRefused("amountOverflow", "record", "acme", "gold", 10 ** 15)
        self.assertRefused("invalidNumber", "record", "acme", "calls", "1.0000000000001")
        self.assertRefused("invalidNumber", "record", "acme", "calls", "twelve")
        self.assertRefused("invalidNumber", "record", "acme", "calls", "--", "-1")
        self.assertRefused("invalidText", "record", "acme", "calls", "--key", "k" * 129)
        self.assertRefused("invalidText", "customer", "create", "c" * 65)
        self.assertRefused("invalidProperties", "record", "acme", "calls", *[
            word for i in range(33) for word in ("--property", f"p{i}=x")])
        self.assertRefused("inFuture", "record", "acme", "calls", "--at", "2026-01-01T00:06:00Z")
        self.assertRefused("tooOld", "record", "acme", "calls", "--at", "2025-06-01")

    def test_a_refused_command_does_not_use_up_its_key(self):
        self.assertRefused("amountOverflow", "record", "acme", "calls", 10 ** 15 + 1, "--key", "k")
        self.ledger.run("record", "acme", "calls", 5, "--key", "k")
        self.before += 1
        self.assertRefused("keyReused", "record", "acme", "calls", 6, "--key", "k",
                           detail="quantity")

    def test_a_foreign_file_in_place_of_the_socket_is_kept(self):
        self.ledger.stop()
        self.ledger.socket.unlink(missing_ok=True)
        self.ledger.socket.write_text("mine", encoding="ascii")
        with self.assertRaises(daybook.StartFailed):
            self.ledger.start()
        self.assertEqual(self.ledger.socket.read_text(encoding="ascii"), "mine")


class ForeignDirectoryTest(daybook.unittest.TestCase):
    """A directory that is no ledger's is refused, and nothing in it changes."""

    def setUp(self):
        self.ledger = daybook.Ledger()
        self.addCleanup(self.ledger.close)

    def refused(self):
        def contents():
            return {path: path.is_file() and path.read_bytes()
                    for path in pathlib.Path(self.ledger.data).rglob("*")}
        before = contents()
        with self.assertRaises(daybook.StartFailed) as failed:
            self.ledger.start()
        self.assertEqual(failed.exception.status, 70)
        after = contents()
        after.pop(self.ledger.data / "lock", None)
        before.pop(self.ledger.data / "lock", None)
        self.assertEqual(after, before)
        return failed.exception.log

    def test_a_directory_with_other_files_is_refused(self):
        self.ledger.data.mkdir()
        (self.ledger.data / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
        self.assertIn("is not a daybook data directory", self.refused())

    def test_a_newer_format_is_refused(self):
        self.ledger.start()
        self.ledger.stop()
        (self.ledger.data / "FORMAT").write_text("daybook data directory, format 2\n")
        log = self.refused()
        self.assertIn("has format 2; this program reads format 1", log)
        message = self.ledger.verify(exit_code=None)
        self.assertIn("has format 2", message)

    def test_a_format_file_that_is_damaged_is_refused(self):
        self.ledger.start()
        self.ledger.stop()
        (self.ledger.data / "FORMAT").write_text("daybook data directory, format one\n")
        self.assertIn("is damaged or foreign", self.refused())

    def test_a_directory_whose_log_is_gone_is_refused(self):
        self.ledger.start()
        self.ledger.stop()
        shutil.rmtree(self.ledger.data / "log")
        self.assertIn("the log is gone", self.refused())

    def test_a_foreign_lmdb_file_is_refused(self):
        self.ledger.start()
        self.ledger.stop()
        (self.ledger.data / "log" / "data.mdb").write_bytes(b"SQLite format 3\0" + bytes(65536))
        self.refused()


if __name__ == "__main__":
    daybook.main()
