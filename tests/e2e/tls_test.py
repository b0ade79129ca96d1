"""TLS for TCP: what is refused without it, who is trusted, and those who speak otherwise."""

import os
import pathlib
import socket
import ssl
import subprocess

import daybook
from guarded import GuardedLedger, Proxy, await_text, make_authority, make_certificate

LISTEN = 'tcp = ["127.0.0.1:0"]\n'
CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"


class TlsTest(daybook.unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = GuardedLedger()
        cls.addClassCleanup(cls.ledger.close)
        cls.authority = make_authority(cls.ledger.folder, "authority")
        cls.stranger = make_authority(cls.ledger.folder, "stranger")
        cls.certificate = make_certificate(cls.authority, "localhost")
        cls.listen = LISTEN + 'tcp_plaintext = ["127.0.0.1:0"]\n'
        cls.ledger.write(listen=cls.listen + cls.certificate,
                         rest='[limits]\nlogin_timeout = "2s"\n')
        cls.ledger.start()
        cls.tls, cls.plaintext = cls.ledger.ports()

    def command(self, address, *arguments, authority=None):
        trusted = ("--ca-file", f"{authority or self.authority}.pem")
        return [daybook.program("daybook"), "--connect", address, *trusted,
                "--token-file", str(self.ledger.boss), *map(str, arguments)]

    def run_over(self, address, *arguments, exit_code=daybook.OK, authority=None):
        done = daybook.execute(self.command(address, *arguments, authority=authority), exit_code)
        return done.stdout + done.stderr

    def test_the_command_line_works_over_tls(self):
        address = f"tls:localhost:{self.tls}"
        self.run_over(address, "catalog", "apply", CATALOG, "--yes")
        self.run_over(address, "customer", "create", "acme")
        self.run_over(address, "subscribe", "acme", "pro")
        rows = self.ledger.folder / "calls.csv"
        rows.write_text("calls\n" + "1\n" * 20_000, encoding="ascii")
        self.run_over(address, "import", rows, "--customer", "acme", "--feature", "calls",
                      "--quantity-column", "calls")
        self.assertIn("20000", self.run_over(address, "balance", "acme").replace(" ", ""))
        self.assertEqual(len(self.run_over(address, "--json", "log").splitlines()),
                         self.ledger.position())

    def test_a_daemon_that_nobody_trusted_vouches_for_is_not_talked_to(self):
        for flags, message in (
                ((f"tls:localhost:{self.tls}", self.stranger), "is not trusted"),
                ((f"tls:127.0.0.1:{self.tls}", self.authority), "is no name")):
            said = self.run_over(flags[0], "status", authority=flags[1],
                                 exit_code=daybook.USAGE if "name" in message
                                 else daybook.UNREACHABLE)
            self.assertIn(message, said)
        other = self.run_over(f"tls:127.0.0.1:{self.tls}", "--server-name", "other.example",
                              "status", exit_code=daybook.UNREACHABLE)
        self.assertIn("ostname mismatch", other)
        self.run_over(f"tls:127.0.0.1:{self.tls}", "--server-name", "localhost", "status")
        # Without --ca-file it is whom the system trusts.
        done = daybook.execute([daybook.program("daybook"), "--connect",
                                f"tls:localhost:{self.tls}", "status"], daybook.UNREACHABLE)
        self.assertIn("is not trusted", done.stderr)

    def test_a_file_of_authorities_may_hold_several_and_must_hold_one(self):
        both = self.ledger.folder / "both"
        pathlib.Path(f"{both}.pem").write_text(
            "".join(pathlib.Path(f"{authority}.pem").read_text()
                    for authority in (self.stranger, self.authority)))
        self.run_over(f"tls:localhost:{self.tls}", "status", authority=both)
        none = self.ledger.folder / "none"
        pathlib.Path(f"{none}.pem").write_text("nothing\n")
        for authority in (none, self.ledger.folder / "missing"):
            said = self.run_over(f"tls:localhost:{self.tls}", "status", authority=authority,
                                 exit_code=daybook.USAGE)
            self.assertIn(f"{authority}.pem: ", said)

    def test_plaintext_on_the_port_of_tls_and_the_other_way_round_reach_nobody(self):
        for address in (f"tcp:localhost:{self.tls}", f"tls:localhost:{self.plaintext}"):
            self.run_over(address, "status", exit_code=daybook.UNREACHABLE)
        self.assertIn("dropped: no TLS", self.ledger.log())
        self.run_over(f"tls:localhost:{self.tls}", "status")

    def test_plaintext_works_where_it_was_asked_for(self):
        self.run_over(f"tcp:localhost:{self.plaintext}", "status")

    def test_versions_of_tls_that_are_broken_are_not_spoken(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(f"{self.authority}.pem")
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", self.tls)) as raw:
            with self.assertRaises(ssl.SSLError):
                context.wrap_socket(raw, server_hostname="localhost")

    def test_a_client_that_never_finishes_its_handshake_is_dropped(self):
        hello = bytes((22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3))  # the head of a ClientHello
        with socket.create_connection(("127.0.0.1", self.tls)) as silent, \
                socket.create_connection(("127.0.0.1", self.tls)) as halting:
            halting.sendall(hello)
            self.run_over(f"tls:localhost:{self.tls}", "status")
            self.assertEqual(silent.recv(1), b"")
            self.assertEqual(halting.recv(1), b"")
        self.run_over(f"tls:localhost:{self.tls}", "status")

    def test_a_command_whose_connection_breaks_has_an_unknown_outcome(self):
        self.ledger.as_boss("customer", "create", "broken")

        def create(proxy, customer, exit_code):
            address = f"tls:localhost:{proxy.port}"
            return self.run_over(address, "customer", "create", customer, exit_code=exit_code)

        def connect():
            return socket.create_connection(("127.0.0.1", self.tls))

        whole = Proxy(connect)
        self.addCleanup(whole.close)
        create(whole, "whole", daybook.OK)
        for reset in (False, True):
            # The last record, which carries the answer, is longer than this.
            cut = Proxy(connect, cut_after=len(whole.answered) - 60, reset=reset)
            self.addCleanup(cut.close)
            said = create(cut, f"cut-{reset}", daybook.UNREACHABLE)
            self.assertIn("the connection broke before the answer; it may be recorded or not", said)
            self.assertIn(f"cut-{reset}", self.ledger.run("--token-file", self.ledger.boss,
                                                          "customer", "list"))


class CertificateTest(daybook.unittest.TestCase):
    def setUp(self):
        self.ledger = GuardedLedger()
        self.addCleanup(self.ledger.close)
        self.authority = make_authority(self.ledger.folder, "authority")

    def refused(self, listen):
        self.ledger.write(listen=listen)
        with self.assertRaises(daybook.StartFailed) as failed:
            self.ledger.start()
        self.assertEqual(failed.exception.status, daybook.USAGE)
        self.assertFalse(self.ledger.data.exists())
        return failed.exception.log

    def test_tcp_without_a_certificate_is_refused_unless_it_is_asked_for(self):
        self.assertIn("listen.tcp_plaintext", self.refused(LISTEN))
        self.ledger.write(listen='tcp_plaintext = ["127.0.0.1:0"]\n')
        self.ledger.start()

    def test_a_certificate_and_a_key_that_do_not_fit_are_refused(self):
        fitting = make_certificate(self.authority, "localhost")
        key = f'tls_key = "{self.authority}.key"\n'
        certificate = fitting.splitlines(keepends=True)[0]
        for lines, message in ((certificate + key, "is not the key of"),
                               (certificate, "goes with listen.tls_key"),
                               (certificate + 'tls_key = "/nowhere"\n', "cannot be read"),
                               (certificate.replace("localhost.pem", "localhost.csr") + key,
                                "holds no certificate"),
                               (certificate + f'tls_key = "{self.authority}.pem"\n',
                                "holds no private key")):
            self.assertIn(message, self.refused(LISTEN + lines))

    def test_a_certificate_is_renewed_while_the_daemon_runs(self):
        def status(authority, exit_code=daybook.OK):
            return daybook.execute([
                daybook.program("daybook"), "--connect", f"tls:localhost:{self.ledger.ports()[0]}",
                "--ca-file", f"{authority}.pem", "--token-file", str(self.ledger.boss), "status"],
                exit_code)

        self.ledger.write(listen=LISTEN + make_certificate(self.authority, "localhost"))
        self.ledger.start()
        self.ledger.as_boss("customer", "create", "acme")
        status(self.authority)
        address = f"tls:localhost:{self.ledger.ports()[0]}"
        follower = subprocess.Popen([daybook.program("daybook"), "--connect", address, "--ca-file",
                                     f"{self.authority}.pem", "--token-file", self.ledger.boss,
                                     "log", "--follow"], stdout=subprocess.PIPE, text=True,
                                    env=daybook.clean_environment(), stderr=subprocess.DEVNULL)
        self.addCleanup(follower.stdout.close)
        follower.stdout.readline()
        self.ledger.write(listen=LISTEN + 'tls_certificate = "/nowhere"\ntls_key = "/nowhere"\n')
        self.assertIn("not taken: ", self.ledger.reload())
        status(self.authority)
        renewed = make_authority(self.ledger.folder, "renewed")
        self.ledger.write(listen=LISTEN + make_certificate(renewed, "localhost"))
        self.assertIn("in force", self.ledger.reload())
        status(renewed)
        self.assertIn("is not trusted", status(self.authority, daybook.UNREACHABLE).stderr)
        # Who was there before is still there.
        self.ledger.as_boss("customer", "create", "later")
        await_text(follower.stdout, "later")
        self.ledger.stop()
        follower.wait()


if __name__ == "__main__":
    daybook.main()
