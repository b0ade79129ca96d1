"""What harms nobody else: a fuzzer's bytes, idle crowds, floods, who reads or finishes nothing.

The bytes are those of the command line itself, kept by a proxy, as they were or changed at random.
DAYBOOK_FUZZ_SEED repeats a run, DAYBOOK_FUZZ_ROUNDS makes it longer.
"""

import os
import random
import resource
import select
import socket
import ssl
import struct
import threading

import daybook
from guarded import (GuardedLedger, Proxy, make_authority, make_certificate, make_token,
                     messages_of)

CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"
LISTEN = 'tcp = ["127.0.0.1:0"]\ntcp_plaintext = ["127.0.0.1:0"]\n'
LIMITS = ('[limits]\nlogin_timeout = "5s"\nmessage_timeout = "2s"\nwrite_timeout = "2s"\n'
          'drain_timeout = "200ms"\n')
ROUNDS = int(os.environ.get("DAYBOOK_FUZZ_ROUNDS", "150"))
IDLE = 1000
CALL = 2   # the member of rpc.capnp's union Message


def ended(connection):
    """Reads until the other side has closed, and gives how many bytes came."""
    total = 0
    try:
        while data := connection.recv(65536):
            total += len(data)
    except OSError:
        pass
    return total


def target_of(message, pointer_at):
    """Where the struct lies that a pointer of a message of one segment leads to."""
    offset = struct.unpack_from("<i", message, pointer_at)[0] >> 2
    return pointer_at + 8 + 8 * offset


def is_call(message):
    assert message[:4] == bytes(4), "a message of several segments"
    return struct.unpack_from("<H", message, target_of(message, 8))[0] == CALL


def numbered(call, question):
    """A call under another number, which is the first that a Call holds."""
    at = target_of(call, target_of(call, 8) + 8)
    return call[:at] + struct.pack("<I", question) + call[at + 4:]


class Words:
    """What the command line said, apart: to get in, then calls of which the last is the one."""

    def __init__(self, messages):
        self.all = b"".join(messages)
        self.bootstrap, self.login, *rest = messages
        last = max(at for at, message in enumerate(rest) if is_call(message))
        self.before, self.call = rest[:last], rest[last]

    def get_in(self, connection):
        connection.sendall(self.bootstrap + self.login)
        answers = bytearray()
        while len(messages_of(answers)) < 2:
            answers += connection.recv(65536)
        connection.sendall(b"".join(self.before))


class IntruderTest(daybook.unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.ledger = GuardedLedger()
        cls.addClassCleanup(cls.ledger.close)
        cls.reader, reader = make_token(cls.ledger.folder, "reader", "reader")
        cls.recorder, recorder = make_token(cls.ledger.folder, "recorder", "recorder")
        cls.authority = make_authority(cls.ledger.folder, "authority")
        cls.ledger.write(reader, recorder, rest=LIMITS,
                         listen=LISTEN + make_certificate(cls.authority, "localhost"))
        cls.ledger.start()
        cls.tls_port, cls.tcp_port = cls.ledger.ports()
        cls.ledger.as_boss("catalog", "apply", CATALOG, "--yes")
        rows = cls.ledger.folder / "customers.jsonl"
        rows.write_text("".join(f'{{"customer": "customer-{number}", "createCustomer": {{}}}}\n'
                                for number in range(300)), encoding="ascii")
        cls.ledger.as_boss("import", rows)
        cls.ledger.as_boss("subscribe", "customer-0", "pro")
        cls.context = ssl.create_default_context(cafile=f"{cls.authority}.pem")
        cls.reads = [cls.said(cls.reader, *command) for command in (
            ("customer", "list"), ("balance", "customer-0"), ("invoices",),
            ("check", "customer-0", "calls", "1"))]
        cls.record = cls.said(cls.recorder, "record", "customer-0", "calls", "--key", "once")
        cls.seed = int(os.environ.get("DAYBOOK_FUZZ_SEED") or random.randrange(2**32))
        print(f"DAYBOOK_FUZZ_SEED={cls.seed}")

    @classmethod
    def unix(cls):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(cls.ledger.socket))
        return connection

    @classmethod
    def tcp(cls):
        return socket.create_connection(("127.0.0.1", cls.tcp_port))

    @classmethod
    def tls(cls):
        raw = socket.create_connection(("127.0.0.1", cls.tls_port))
        return cls.context.wrap_socket(raw, server_hostname="localhost",
                                       suppress_ragged_eofs=True)

    @classmethod
    def said(cls, token, *command):
        """What the command line says to the daemon for a command, message by message."""
        proxy = Proxy(cls.unix)
        try:
            daybook.execute([daybook.program("daybook"), "--connect", f"tcp:127.0.0.1:{proxy.port}",
                             "--token-file", str(token), *command])
        finally:
            proxy.close()
        return Words(messages_of(proxy.asked))

    def setUp(self):
        self.position = self.ledger.position()

    def tearDown(self):
        """Others are served, and nothing was recorded."""
        self.assertEqual(self.ledger.position(), self.position)
        self.assertNotIn("critical", self.ledger.log())

    @classmethod
    def tearDownClass(cls):
        status, _ = cls.ledger.stop()
        assert status == daybook.OK, cls.ledger.log()
        cls.ledger.verify()

    def assaulted(self, connect, chance, changed):
        """Sends what `changed` makes of a reader's words, on a connection each time."""
        for _ in range(ROUNDS):
            words = changed(chance, chance.choice(self.reads).all)
            with connect() as connection:
                try:
                    connection.sendall(words)
                    # The end of what it says; what it is answered then is read to its end.
                    socket.socket.shutdown(connection, socket.SHUT_WR)
                except OSError:
                    pass
                ended(connection)
        self.ledger.as_boss("customer", "list")

    @staticmethod
    def flipped(chance, words):
        words = bytearray(words)
        for _ in range(chance.randint(1, 8)):
            words[chance.randrange(len(words))] ^= 1 << chance.randrange(8)
        return bytes(words)

    @staticmethod
    def mangled(chance, words):
        """Pieces left out, repeated, exchanged or replaced by noise."""
        for _ in range(chance.randint(1, 3)):
            at, length = chance.randrange(len(words)), chance.choice((1, 8, 64, 500))
            piece = chance.choice((b"", words[at:at + length] * 2, chance.randbytes(length),
                                   b"\xff" * 8, bytes(8)))
            words = words[:at] + piece + words[at + length:]
            words = words or b"\0"
        return words

    @staticmethod
    def noise(chance, _):
        return chance.randbytes(chance.choice((1, 7, 8, 100, 5000)))

    def test_a_fuzzers_bytes_harm_nobody(self):
        for name, connect in (("unix", self.unix), ("tcp", self.tcp), ("tls", self.tls)):
            for changed in (self.flipped, self.mangled, self.noise):
                with self.subTest(connection=name, changed=changed.__name__):
                    self.assaulted(connect, random.Random(self.seed), changed)

    def test_a_fuzzers_bytes_instead_of_tls_harm_nobody(self):
        outgoing = ssl.MemoryBIO()
        hello = self.context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            hello.do_handshake()
        hello = outgoing.read()

        def connect():
            return socket.create_connection(("127.0.0.1", self.tls_port))

        for changed in (self.flipped, self.mangled, self.noise):
            with self.subTest(changed=changed.__name__):
                self.assaulted(connect, random.Random(self.seed),
                               lambda chance, _, change=changed: change(chance, hello))
        # Records of an agreed connection, broken afterwards.
        with self.tls() as connection:
            connection.sendall(self.reads[0].bootstrap)
            os.write(connection.fileno(), random.Random(self.seed).randbytes(500))
            ended(connection)
        daybook.execute([daybook.program("daybook"), "--connect", f"tls:localhost:{self.tls_port}",
                         "--ca-file", f"{self.authority}.pem", "--token-file",
                         str(self.ledger.boss), "status"])

    def logged_in(self, connect=None):
        """A connection that has logged in as a reader, and has read the answers."""
        connection = (connect or self.unix)()
        self.reads[0].get_in(connection)
        return connection

    def test_a_thousand_idle_connections_are_borne(self):
        idle = [self.logged_in(self.tls if number % 10 == 0 else self.unix)
                for number in range(IDLE)]
        silent = [self.unix() for _ in range(100)]
        self.assertGreaterEqual(int(self.ledger.status()["connections"]), IDLE)
        self.ledger.as_boss("customer", "list")
        for connection in silent:   # there is a time to log in
            self.assertEqual(ended(connection), 0)
            connection.close()
        self.assertEqual(select.select(idle, [], [], 0)[0], [], "an idle connection was closed")
        for connection in idle:
            connection.sendall(numbered(self.reads[0].call, 7))
            self.assertTrue(connection.recv(65536))
            connection.close()

    def test_a_client_that_never_reads_is_dropped_and_others_are_served(self):
        for connect in (self.unix, self.tcp, self.tls):
            with self.subTest(connection=connect.__name__), self.logged_in(connect) as slow:
                slow.setblocking(False)
                question = 100
                with self.assertRaises((BlockingIOError, ssl.SSLWantWriteError)):
                    while slow.send(numbered(self.reads[0].call, question)):
                        question += 1
                self.ledger.as_boss("customer", "list")
                slow.setblocking(True)
                with self.assertRaises(OSError):
                    while slow.send(bytes(64)):
                        pass
        self.assertIn("the client does not read its replies", self.ledger.log())

    def test_a_client_that_never_finishes_a_message_is_dropped(self):
        for connect in (self.unix, self.tcp, self.tls):
            with self.subTest(connection=connect.__name__), self.logged_in(connect) as halting:
                halting.sendall(self.reads[0].call[:20])
                self.assertEqual(ended(halting), 0)
        self.assertIn("the message was not complete in time", self.ledger.log())

    def test_who_guesses_tokens_is_dropped(self):
        login = self.reads[0].login
        with self.unix() as guessing:
            guessing.sendall(self.reads[0].bootstrap)
            token = self.reader.read_bytes().strip()
            wrong = login.replace(token, token[:-1] + b"x")
            self.assertNotEqual(wrong, login)
            for question in range(100, 103):
                guessing.sendall(numbered(wrong, question))
            ended(guessing)
        self.assertIn("dropped: too many failed logins", self.ledger.log())

    def test_a_large_message_before_login_is_not_taken(self):
        with self.tcp() as large:
            large.sendall(struct.pack("<II", 0, (1 << 20) // 8 + 1) + bytes(1 << 10))
            ended(large)
        self.assertIn("a message over the limit was announced", self.ledger.log())

    def test_a_flood_of_calls_is_answered_in_full_and_others_meanwhile(self):
        count = 20_000
        with self.unix() as flood:
            self.record.get_in(flood)
            calls = b"".join(numbered(self.record.call, question)
                             for question in range(100, 100 + count))
            beside = [threading.Thread(target=flood.sendall, args=(calls,)),
                      threading.Thread(target=self.ledger.as_boss, args=("customer", "list"))]
            for thread in beside:
                thread.start()
            answers, rest = 0, bytearray()
            expected = count + sum(map(is_call, self.record.before))
            while answers < expected and (data := flood.recv(1 << 20)):
                rest += data
                messages = messages_of(rest)
                answers += len(messages)
                del rest[:sum(map(len, messages))]
            for thread in beside:
                thread.join()
        self.assertEqual(answers, expected, self.ledger.log()[-2000:])


class DescriptorTest(daybook.unittest.TestCase):
    def test_few_files_mean_few_connections_and_the_log_says_so(self):
        ledger = GuardedLedger()
        self.addCleanup(ledger.close)
        ledger.write()
        ledger.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
        self.assertIn("at most 36 connections are served, not limits.connections = 4096: this "
                      "process may open 100 files (ulimit -n, LimitNOFILE= of the unit), which "
                      "should be 4160", ledger.log())
        crowd = []
        for _ in range(36):
            crowd.append(socket.socket(socket.AF_UNIX))
            crowd[-1].connect(str(ledger.socket))
        ledger.refused("--token-file", ledger.boss, "status", exit_code=daybook.UNREACHABLE)
        self.assertIn("all 36 connections are taken", ledger.log())
        for connection in crowd:
            connection.close()
        ledger.as_boss("status")
        ledger.stop()
        with self.assertRaises(daybook.StartFailed) as failed:
            ledger.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
        self.assertIn("no connection can be served", failed.exception.log)


if __name__ == "__main__":
    daybook.main()
