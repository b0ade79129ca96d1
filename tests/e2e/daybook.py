"""Runs a real daemon in a folder of its own, and the command line against it, for tests.

    with Ledger(start="2026-01-01") as ledger:
        ledger.run("customer", "create", "acme")
        print(ledger.json("balance", "acme")["balance"])

Nothing here waits by sleeping: the daemon says when it is ready (the readiness protocol of systemd,
over a datagram socket), and the kernel says when it has ended (a pidfd). The programs are those of
$DAYBOOK_BIN. Whatever a test leaves running ends with the Ledger.
"""

import decimal
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# What takes longer has hung. Sanitizers are slow.
READY_S = 120
STOP_S = 60
COMMAND_S = 600

OK, REFUSED, USAGE, UNREACHABLE, NOT_VERIFIED = range(5)
FAILED = 70            # of daybookd, as COMMIT_FAILED
COMMIT_FAILED = 74


def required(name, meaning):
    """An environment variable that ctest sets."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"set {name} to {meaning}, or run the test by ctest")
    return value


def program(name):
    """Where a program of this build lies."""
    folder = required("DAYBOOK_BIN", "the folder of daybookd and daybook")
    path = pathlib.Path(folder) / name
    if not path.is_file():
        sys.exit(f"there is no {path}: build it first")
    return str(path)


def hex_of(data):
    """Bytes from the JSON form, as hex."""
    return bytes(data).hex() if isinstance(data, list) else data


def exact(text):
    """A decimal of the ledger's; empty text is 0."""
    return decimal.Decimal(text or "0")


def draws_of(usage):
    """What a recorded usage took from grants: drawnFrom stands for one draw of all of its price."""
    if int(usage.get("drawnFrom", 0)) != 0:
        return [{"grant": usage["drawnFrom"], "amount": usage["price"]}]
    return usage.get("draws", [])


def clean_environment():
    """The environment without what steers the programs, and without colours."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("DAYBOOK_", "NOTIFY_"))}
    return kept | {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class CommandFailed(AssertionError):
    """A program ended with another exit code than the test expects."""


def execute(arguments, exit_code=OK, text_in=None, environment=None, **options):
    """Runs a program to its end. Fails unless it exits with `exit_code` (None: any)."""
    done = subprocess.run(arguments, input=text_in, capture_output=True, text=True,
                          timeout=COMMAND_S, env=environment or clean_environment(), **options)
    if exit_code is not None and done.returncode != exit_code:
        raise CommandFailed(f"$ {' '.join(map(str, arguments))}\nexited with {done.returncode}, "
                            f"not {exit_code}\n{done.stdout}{done.stderr}")
    return done


class StartFailed(AssertionError):
    """The daemon ended before it was ready."""

    def __init__(self, status, log):
        super().__init__(f"daybookd ended with {status} before it was ready:\n{log}")
        self.status = status
        self.log = log


class Ledger:
    """A ledger with a manual clock in a new folder, its daemon, and commands to it."""

    def __init__(self, start="2026-01-01", folder=None, settings="", top="", wrapper=()):
        """`settings` are further lines of the [ledger] table, `top` further tables of the file;
        `wrapper` is a command that runs the daemon (strace ...)."""
        self._made = tempfile.mkdtemp(prefix="daybook-test-") if folder is None else None
        self.folder = pathlib.Path(folder or self._made)
        self.folder.mkdir(exist_ok=True)
        self.data = self.folder / "ledger"
        self.socket = self.folder / "daybook.sock"
        self.log_path = self.folder / "daybookd.log"
        self.config = self.folder / "daybookd.toml"
        self.wrapper = list(wrapper)
        self.process = None
        self.config.write_text(
            f'data_directory = "{self.data}"\n'
            f'[listen]\nunix = "{self.socket}"\n'
            f'[ledger]\nclock = "manual"\nmanual_start = "{start}T00:00:00Z"\n{settings}\n{top}\n',
            encoding="utf-8")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process is not None:
            self.kill()
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)

    # ---- the daemon

    @property
    def address(self):
        return f"unix:{self.socket}"

    def start(self, *flags, preexec=None):
        """Returns when the daemon serves. Raises StartFailed when it ends instead."""
        assert self.process is None, "the daemon runs already"
        notify_path = self.folder / "notify.sock"
        notify_path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(notify_path))
            environment = clean_environment() | {"NOTIFY_SOCKET": str(notify_path)}
            with open(self.log_path, "ab") as log:
                self.process = subprocess.Popen(
                    [*self.wrapper, program("daybookd"), "--config", str(self.config), *flags],
                    stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment,
                    preexec_fn=preexec)
            self._wait_ready(notify)
        return self

    def _wait_ready(self, notify):
        ended = os.pidfd_open(self.process.pid)
        try:
            deadline = time.monotonic() + READY_S
            while True:
                left = deadline - time.monotonic()
                readable, _, _ = select.select([notify, ended], [], [], max(left, 0))
                if notify in readable:
                    if b"READY=1" in notify.recv(4096):
                        return
                elif ended in readable:
                    status = self.process.wait()
                    self.process = None
                    raise StartFailed(status, self.log())
                else:
                    self.kill()
                    raise AssertionError(f"daybookd is not ready after {READY_S} s:\n{self.log()}")
        finally:
            os.close(ended)

    def pid(self):
        """Of the daemon itself, behind its wrapper."""
        if not self.wrapper:
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def stop(self):
        """Asks it to stop and waits until it has. Gives the exit status and the seconds taken."""
        began = time.monotonic()
        os.kill(self.pid(), signal.SIGTERM)
        status = self.wait()
        return status, time.monotonic() - began

    def wait(self):
        """Waits for the end of a daemon that is ending by itself. Gives its exit status."""
        status = self.process.wait(timeout=STOP_S)
        self.process = None
        return status

    def kill(self):
        """SIGKILL, at once."""
        if self.wrapper:
            try:
                os.kill(self.pid(), signal.SIGKILL)
            except (IndexError, FileNotFoundError, ProcessLookupError):
                pass
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        status, _ = self.stop()
        assert status == 0, f"daybookd stopped with {status}:\n{self.log()}"
        self.start()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    # ---- the command line

    def command(self, *arguments):
        return [program("daybook"), "--connect", self.address, *map(str, arguments)]

    def run(self, *arguments, exit_code=OK, text_in=None):
        """Runs `daybook ...` and gives what it printed for people."""
        return execute(self.command(*arguments), exit_code, text_in).stdout

    def refused(self, *arguments, exit_code=REFUSED):
        """Runs `daybook ...`, which must fail so, and gives its message."""
        done = execute(self.command(*arguments), exit_code)
        return done.stderr

    def json(self, *arguments, exit_code=OK):
        """Runs `daybook --json ...` and gives the one value that it printed."""
        return json.loads(execute(self.command("--json", *arguments), exit_code).stdout)

    def json_lines(self, *arguments):
        """For lists: one value a line."""
        done = execute(self.command("--json", *arguments))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def begin(self, *arguments, **options):
        """Starts `daybook ...` beside the test."""
        return subprocess.Popen(self.command(*arguments), text=True, env=clean_environment(),
                                **options)

    # ---- what tests ask again and again

    def status(self):
        return self.json("status")["status"]

    def tip(self):
        """Position and root of what is durable."""
        status = self.status()
        return int(status["position"]), hex_of(status["root"])

    def position(self):
        return self.tip()[0]

    def balance(self, customer):
        return self.json("balance", customer)["balance"]

    def feature(self, customer, feature):
        for entry in self.balance(customer)["features"]:
            if entry["feature"] == feature:
                return entry
        raise AssertionError(f"{customer} has no feature {feature}")

    def invoices(self, customer=None):
        return self.json_lines("invoices", *(["--customer", customer] if customer else []))

    def apply(self, catalog):
        """Publishes a catalog given as the text of a TOML file, or as a path."""
        path = catalog
        if not isinstance(catalog, pathlib.Path):
            path = self.folder / "catalog.toml"
            path.write_text(catalog, encoding="utf-8")
        return self.run("catalog", "apply", path, "--yes")

    def probe(self, call, *arguments):
        """What probe.cc prints, line by line."""
        path = required("DAYBOOK_PROBE", "the program built from probe.cc")
        return execute([path, self.address, call, *map(str, arguments)]).stdout.splitlines()

    def digest(self):
        """The position and the digest of the daemon's state."""
        position, digest = self.probe("digest")[0].split()
        return int(position), digest

    # ---- the offline programs

    def verify(self, directory=None, exit_code=OK):
        """`daybookd verify`; gives the report's text and messages."""
        done = execute([program("daybookd"), "verify", str(directory or self.data)], exit_code)
        return done.stdout + done.stderr

    def replay(self, *arguments, directory=None):
        """`daybookd replay --json`."""
        done = execute([program("daybookd"), "replay", str(directory or self.data), "--json",
                        *map(str, arguments)])
        return json.loads(done.stdout)


class LedgerTest(unittest.TestCase):
    """A test with a running ledger; subclasses set `catalog` and `start` and fill it in setUp()."""

    catalog = None
    start = "2026-01-01"
    maxDiff = None

    def setUp(self):
        self.ledger = Ledger(start=self.start)
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        if self.catalog is not None:
            self.ledger.apply(self.catalog)

    def assertUnchanged(self, position):
        """Nothing was recorded since, and the daemon still answers."""
        self.assertEqual(self.ledger.position(), position)


def main():
    """Runs the tests of the calling file."""
    program("daybookd")
    unittest.main(verbosity=2)
