"""Measures the daemon, the limits that it is held against, its parts, and what people use instead.

    run.py --build DIR --output DIR [--quick | --smoke] [--scale EVENTS] [--directory DIR]
           [--no-peers]

Writes results.json, report.md and two pictures into the output folder and prints the table. What
is compared is measured in turns within the same minutes: every round does limits, daemon and
daemon with slow flushes. Fails when a program fails or an event is refused; says, and does not
fail, when a figure misses its target. Needs nothing running, and leaves nothing running.
"""

import argparse
import dataclasses
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

import conditions
import report
import servers

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FIGURE = re.compile(r"^(.*?)  +(-?[0-9.]+) (\S+)$")
# Disk for one event: log, snapshots, and room to grow ahead of need.
EVENT_BYTES_MAX = 400
SLOW_FLUSH_US = 1_000
# The rate at a size is that of the two points of so many events beside it.
POINT_EVENTS_MAX = 500_000


@dataclasses.dataclass
class Sizes:
    """How much of everything is done."""

    rounds: int = 5
    customers: int = 100_000
    events: int = 1_000_000
    batch: int = 1_000
    singles: int = 50_000
    calls: int = 2_000
    pairs: int = 20_000
    lease_calls: int = 2_000_000
    large_customers: int = 1_000_000
    large_events: int = 5_000_000
    core_part: int = 1
    replayed: int = 1_000_000
    keys: int = 20_000_000
    closed: int = 200_000
    peer_seconds: float = 2.0


QUICK = Sizes(rounds=2, customers=20_000, events=200_000, singles=8_000, calls=500, pairs=3_000,
              lease_calls=200_000, large_customers=20_000, large_events=400_000, core_part=20,
              replayed=100_000, keys=2_000_000, closed=20_000, peer_seconds=0.25)
SMOKE = Sizes(rounds=1, customers=300, events=2_000, batch=50, singles=128, calls=20, pairs=64,
              lease_calls=1_000, large_customers=300, large_events=4_000, core_part=5_000,
              replayed=1_000, keys=10_000, closed=300, peer_seconds=0.02)


class Bench:
    """Runs the programs and keeps what they print."""

    def __init__(self, build, directory, sizes):
        self.build = build
        self.directory = directory
        self.sizes = sizes
        self.figures = {}       # name: {"unit": text, "values": [number]}
        self.points = []        # of the large ledger: {"events", "rate", "anonymous_bytes"}
        self._began = time.monotonic()
        self._seed = 0

    def say(self, text):
        """Progress."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"[{minutes:2}:{seconds:02}] {text}", file=sys.stderr, flush=True)

    def add(self, name, value, unit):
        """One more value of a figure."""
        self.figures.setdefault(name, {"unit": unit, "values": []})["values"].append(value)

    def median(self, name):
        """Of the values so far."""
        return statistics.median(self.figures[name]["values"])

    def run(self, prefix, program, *arguments):
        """Runs a program of the build to its end and adds its figures, named "prefix: its name".
        Gives them, too: the last of each name."""
        command = [str(self.build / program), *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed with {done.returncode}")
        found = {}
        for line in done.stdout.splitlines():
            match = FIGURE.match(line)
            if match is None:
                raise SystemExit(f"{program} printed what is no figure: {line}")
            name, value, unit = match.group(1).strip(), float(match.group(2)), match.group(3)
            self.add(f"{prefix}: {name}", value, unit)
            found[name] = value
        return found

    def load(self, prefix, address, what, **options):
        """bench_load with new random numbers, on the usual customers unless told otherwise."""
        self._seed += 1
        options = {"customers": self.sizes.customers, "seed": self._seed} | options
        flags = [word for name, value in options.items()
                 for word in (f"--{name.replace('_', '-')}", value)]
        return self.run(prefix, "tests/bench_load", address, what, *flags)

    def ingest(self, prefix, address, events=None, **options):
        """The usual ingest: 4 clients with 8 unanswered batches each."""
        return self.load(prefix, address, "ingest", count=events or self.sizes.events,
                         batch=self.sizes.batch, **options)


def limits(bench):
    """What the machine gives without a ledger."""
    sizes = bench.sizes
    with servers.null_server(bench.build, bench.directory) as (ping, ledger):
        bench.run("limit", "tests/bench_limits", "ping", ping, sizes.calls, 1)
        bench.run("limit", "tests/bench_limits", "ping", ping, sizes.singles, 64)
        bench.ingest("no-op", ledger)
        bench.load("no-op", ledger, "single", count=sizes.singles, in_flight=64)
    with servers.folder(bench.directory, "commit") as path:
        bench.run("limit", "tests/bench_limits", "commit", path, sizes.calls)


def serve(bench):
    """The daemon, with nothing else going on."""
    sizes = bench.sizes
    with servers.daemon(bench.build, bench.directory) as daemon:
        bench.load("daemon", daemon.address, "setup")
        bench.ingest("daemon", daemon.address)
        bench.load("daemon", daemon.address, "single", count=sizes.singles, in_flight=64)
        for what in ("latency", "check", "hold"):
            bench.load("daemon", daemon.address, what, count=sizes.calls)
        bench.load("daemon", daemon.address, "pairs", count=sizes.pairs, in_flight=64)
        bench.load("daemon", daemon.address, "balance", count=sizes.calls,
                   batch=sizes.batch, rate=max(1, int(bench.median("daemon: ingest") / 2)))
        bench.load("daemon", daemon.address, "snapshot")
        # The second customer is on the plan of credits.
        bench.run("lease", "tests/bench_try_consume", daemon.address, "cus-0000001", "calls",
                  sizes.lease_calls)


def serve_slowly(bench):
    """The same ingest where the disk is slower."""
    with servers.daemon(bench.build, bench.directory, SLOW_FLUSH_US) as daemon:
        bench.load("slow flush", daemon.address, "setup")
        bench.ingest("slow flush", daemon.address)


def parts(bench):
    """The core alone, so that a regression is found where it is."""
    sizes = bench.sizes
    for number in range(sizes.rounds):
        bench.say(f"core alone, round {number + 1} of {sizes.rounds}")
        bench.run("core", "tests/bench_core", 1, sizes.core_part)
    bench.say("core alone: keys, replay, close, snapshot, memory")
    bench.run("core", "tests/bench_scale", "keys", sizes.keys)
    bench.run("core", "tests/bench_scale", "replay", sizes.replayed, sizes.customers, sizes.rounds)
    for what in ("close", "snapshot", "memory"):
        bench.run("core", "tests/bench_scale", what, sizes.closed)


def log_pages_bytes(daemon):
    """Bytes of the pages that are in use; the file itself is extended ahead of need."""
    stat = subprocess.run(["mdb_stat", "-e", daemon.data / "log"], capture_output=True, text=True,
                          check=True).stdout
    size = int(re.search(r"Page size: (\d+)", stat).group(1))
    return size * int(re.search(r"Number of pages used: (\d+)", stat).group(1))


def grow(bench, daemon):
    """Fills the large ledger, a point of the picture at a time."""
    sizes = bench.sizes
    # Whole batches of each client.
    round_events = sizes.batch * 4
    point = min(POINT_EVENTS_MAX, sizes.large_events // 8) // round_events * round_events
    before = log_pages_bytes(daemon)
    done = 0
    while done < sizes.large_events:
        rate = bench.ingest("large", daemon.address, point, customers=sizes.large_customers)
        done += point
        memory = daemon.anonymous_bytes()
        bench.points.append({"events": done, "rate": rate["ingest"], "anonymous_bytes": memory})
        bench.say(f"large ledger: {done / 1e6:.2f} of {sizes.large_events / 1e6:.2f} million"
                  f" events, {rate['ingest']:,.0f} events/s, {memory / 2**30:.2f} GiB")
    bench.add("large: log bytes per usage event", (log_pages_bytes(daemon) - before) / done,
              "bytes")
    for name, points in (("first", bench.points[:2]), ("last", bench.points[-2:])):
        for entry in points:
            bench.add(f"large: ingest, {name} events", entry["rate"], "events/s")
    bench.add("large: anonymous memory", daemon.anonymous_bytes() / 2**30, "GiB")


def start_again(bench, daemon):
    """How long until the first balance is answered, and how long all takes from the log alone."""
    position = bench.load("large", daemon.address, "status")["log position"]
    bench.say("large ledger: restart")
    began = time.monotonic()
    daemon.stop()
    bench.add("large: stop, with a snapshot", time.monotonic() - began, "s")
    replays = (("verified", []), ("trusted", ["--trust-hashes"]))
    for name, flags in replays:
        bench.say(f"large ledger: full replay, hashes {name}")
        began = time.monotonic()
        subprocess.run([bench.build / "bin/daybookd", "replay", "--summary", *flags, daemon.data],
                       check=True, stdout=subprocess.DEVNULL)
        bench.add(f"large: replay, hashes {name}", position / (time.monotonic() - began),
                  "events/s")
    began = time.monotonic()
    daemon.start()
    subprocess.run([bench.build / "bin/daybook", "--connect", daemon.address, "balance",
                    "cus-0000001"], check=True, stdout=subprocess.DEVNULL)
    bench.add("large: restart to the first balance", time.monotonic() - began, "s")


def large(bench):
    """What changes with size: rate, memory, restart, a month's end."""
    sizes = bench.sizes
    free = shutil.disk_usage(bench.directory).free
    if free < sizes.large_events * EVENT_BYTES_MAX:
        raise SystemExit(f"{bench.directory} has {free / 1e9:.0f} GB left, and"
                         f" {sizes.large_events:,} events may need"
                         f" {sizes.large_events * EVENT_BYTES_MAX / 1e9:.0f}")
    with servers.daemon(bench.build, bench.directory) as daemon:
        bench.say(f"large ledger: {sizes.large_customers:,} customers")
        bench.load("large", daemon.address, "setup", customers=sizes.large_customers)
        grow(bench, daemon)
        start_again(bench, daemon)
        bench.say("large ledger: a month's end, alone")
        bench.load("close", daemon.address, "close", customers=sizes.large_customers, month=1)
        bench.add("large: anonymous memory, a month closed", daemon.anonymous_bytes() / 2**30,
                  "GiB")
        bench.say("large ledger: a month's end beside ingest")
        bench.load("close beside ingest", daemon.address, "close", batch=sizes.batch,
                   customers=sizes.large_customers, month=2,
                   rate=max(1, int(bench.median("daemon: ingest") / 5)))


def peers(bench):
    """What people use instead, at the same work. Gives the names of those measured."""
    measured = []
    for name, (program, serve_peer, _) in servers.PEERS.items():
        if not servers.peer_is_there(bench.build, name):
            bench.say(f"{name} is not installed, or was not when its program was built: left out")
            continue
        bench.say(name)
        with serve_peer(bench.directory) as place:
            bench.run(name, f"tests/{program}", place, bench.sizes.customers,
                      bench.sizes.peer_seconds)
        measured.append(name)
    return measured


def measure(bench, with_peers):
    """All of it, in order. Gives the names of the peers that were measured."""
    for number in range(bench.sizes.rounds):
        for what, step in (("limits", limits), ("daemon", serve),
                           ("daemon, 1 ms added to every flush", serve_slowly)):
            bench.say(f"{what}, round {number + 1} of {bench.sizes.rounds}")
            step(bench)
    parts(bench)
    measured = peers(bench) if with_peers else []
    large(bench)
    return measured


def count_of(text):
    """100M, 500k or a number."""
    match = re.fullmatch(r"(\d+)([kM]?)", text)
    if match is None or int(match.group(1)) == 0:
        raise argparse.ArgumentTypeError(f"not a count: {text}; as 500k or 100M")
    return int(match.group(1)) * {"": 1, "k": 1_000, "M": 1_000_000}[match.group(2)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--directory", type=pathlib.Path, default=None)
    parser.add_argument("--scale", type=count_of, default=None)
    parser.add_argument("--no-peers", action="store_true")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true")
    size.add_argument("--smoke", action="store_true", help="for moments: the figures mean nothing")
    return parser.parse_args()


def main():
    asked = arguments()
    # Ends through the with statements, which stop what runs.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sizes = SMOKE if asked.smoke else QUICK if asked.quick else Sizes()
    if asked.scale:
        # A customer for a hundred events, as at the size that targets are set for.
        sizes = dataclasses.replace(
            sizes, large_events=asked.scale, keys=max(sizes.keys, asked.scale),
            large_customers=min(1_000_000, max(sizes.large_customers, asked.scale // 100)))
    asked.output.mkdir(parents=True, exist_ok=True)
    with servers.folder(asked.directory, "run") as directory:
        bench = Bench(asked.build.resolve(), directory, sizes)
        known = conditions.describe(bench.build, directory, REPOSITORY)
        measured = measure(bench, not asked.no_peers)
        bench.say("done")
    known["load average at the end"] = conditions.load_average()
    report.write(asked.output, {
        "conditions": known, "sizes": dataclasses.asdict(sizes), "figures": bench.figures,
        "points": bench.points, "peers": measured})


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
