"""The servers that are measured: the daemon, its plumbing without a ledger, and the peers.

Each is a context manager, lives in a folder of its own below a temporary one, listens on a Unix
socket there, and is gone with its data at the end, also after an error, ^C or SIGTERM; the kernel
ends it when this process is killed.
"""

import contextlib
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading

READY_S = 1800          # a restart may replay a large log
PR_SET_PDEATHSIG = 1
POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class ServerFailed(Exception):
    """A server ended before it was ready, or was not ready in time."""


def _end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A program that says in its output when it serves. Running from the constructor to stop()."""

    def __init__(self, command, ready, environment=None, user=None):
        self._output = []
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            preexec_fn=_end_with_parent, env=os.environ | (environment or {}), user=user)
        self._reader = threading.Thread(target=self._read, args=(ready,), daemon=True)
        self._reader.start()
        served = self._ready.wait(READY_S)
        if not served or self.process.poll() is not None:
            self.stop(signal.SIGKILL)
            raise ServerFailed(f"{command[0]} did not come to serve:\n{self.output()}")

    def _read(self, ready):
        for line in self.process.stdout:
            self._output.append(line)
            if ready in line:
                self._ready.set()
        self._ready.set()

    def output(self):
        """What it has printed, its last lines."""
        return "".join(self._output[-40:])

    def stop(self, how):
        """Sends a signal and waits until the program has ended. Once more is harmless."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()


@contextlib.contextmanager
def running(*arguments, stop=signal.SIGKILL, **options):
    """A Server for the length of a with statement."""
    server = Server(*arguments, **options)
    try:
        yield server
    finally:
        server.stop(stop)


@contextlib.contextmanager
def folder(parent, name):
    """A new folder, deleted at the end."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=f"daybook-bench-{name}-", dir=parent))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Daemon:
    """daybookd with a manual clock and default settings otherwise, in `path`."""

    def __init__(self, build, path, environment=None):
        self._command = [build / "bin/daybookd", "--config", path / "daybookd.toml"]
        self._environment = environment
        self._server = None
        self.data = path / "ledger"
        self.address = f"unix:{path}/daybook.sock"
        (path / "daybookd.toml").write_text(
            f'data_directory = "{self.data}"\n[listen]\nunix = "{path}/daybook.sock"\n'
            '[ledger]\nclock = "manual"\nmanual_start = "2026-01-01T00:00:00Z"\n',
            encoding="utf-8")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)

    def start(self):
        """Returns when it serves."""
        self._server = Server(self._command, "ready at position", self._environment)

    def stop(self, how=signal.SIGTERM):
        """Asks it to stop, with a snapshot unless told otherwise, and waits."""
        self._server.stop(how)

    def anonymous_bytes(self):
        """Its memory without what is mapped from files."""
        status = pathlib.Path(f"/proc/{self._server.process.pid}/status").read_text("ascii")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines()
                           if line.startswith("RssAnon:"))


@contextlib.contextmanager
def daemon(build, parent, slow_flush_us=0):
    """A daemon with a new ledger. `slow_flush_us` is added to each of its device flushes."""
    environment = {}
    if slow_flush_us:
        environment = {"LD_PRELOAD": str(build / "tests/bench/libslow_flush.so"),
                       "SLOW_FLUSH_US": str(slow_flush_us)}
    with folder(parent, "ledger") as path, Daemon(build, path, environment) as served:
        yield served


@contextlib.contextmanager
def null_server(build, parent):
    """Answers empty calls on the first socket that is given, usage on the second."""
    with folder(parent, "null") as path:
        command = [build / "tests/bench_null_server", path / "ping.sock", path / "ledger.sock"]
        with running(command, "ready"):
            yield path / "ping.sock", f"unix:{path}/ledger.sock"


@contextlib.contextmanager
def postgres(parent):
    """Gives a libpq connection string."""
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    name = user or pwd.getpwuid(os.geteuid()).pw_name
    with folder(parent, "postgres") as path:
        if user:
            shutil.chown(path, user)
        subprocess.run([POSTGRES_BIN / "initdb", "-D", path / "data", "--auth=trust", "-U", name,
                        "--no-locale", "-E", "UTF8"],
                       check=True, capture_output=True, user=user, cwd=path)
        settings = {"listen_addresses": "", "unix_socket_directories": path,
                    "shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": 100,
                    "fsync": "on", "synchronous_commit": "on", "jit": "off",
                    "lc_messages": "C"}
        command = [POSTGRES_BIN / "postgres", "-D", path / "data"]
        for setting, value in settings.items():
            command += ["-c", f"{setting}={value}"]
        # SIGQUIT: its children end, too, at once.
        with running(command, "ready to accept connections", user=user, stop=signal.SIGQUIT):
            yield f"host={path} user={name} dbname=postgres"


@contextlib.contextmanager
def redis(parent):
    """Gives the path of its socket."""
    with folder(parent, "redis") as path:
        command = ["redis-server", "--port", "0", "--unixsocket", path / "redis.sock", "--dir",
                   path, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        with running(command, "eady to accept connections"):
            yield path / "redis.sock"


@contextlib.contextmanager
def sqlite(parent):
    """Gives the path of a file that is not there yet: SQLite has no server."""
    with folder(parent, "sqlite") as path:
        yield path / "ledger.db"


# Of each peer: its program, its server, and what it needs to be there. What it does not do of the
# work that is compared is said beside its figures.
PEERS = {
    "PostgreSQL": ("bench_peer_postgres", postgres, POSTGRES_BIN / "postgres"),
    "SQLite": ("bench_peer_sqlite", sqlite, None),
    "Redis": ("bench_peer_redis", redis, pathlib.Path("/usr/bin/redis-server")),
}


def peer_is_there(build, name):
    """Whether its program was built and its server is installed."""
    program, _, server = PEERS[name]
    return (build / "tests" / program).is_file() and (server is None or server.is_file())
