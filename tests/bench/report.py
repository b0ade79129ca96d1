"""The results of a run for people: a table against the targets, the peers beside it, two pictures.

    report.py DIR     writes report.md and the pictures again from DIR/results.json
"""

import json
import pathlib
import statistics
import sys

# Name of a row, figure, unit shown, factor to that unit, figures whose medians add up to what it is
# held against, what must hold, and the events in the log from which on a target of the large
# ledger counts.
AT_SIZE = 100_000_000
LEAST, MOST = "≥", "≤"
FLOOR = ("limit: empty call, p50", "limit: LMDB commit of one page, p50")
ROWS = [
    ("sustained ingest, batches of 1 000", "daemon: ingest", "events/s", 1, (),
     (LEAST, 1_000_000), 0),
    ("the same, against a no-op handler", "daemon: ingest", "events/s", 1, ("no-op: ingest",),
     (LEAST, 0.5), 0),
    ("the same, 1 ms added to every flush, against without", "slow flush: ingest", "events/s", 1,
     ("daemon: ingest",), (LEAST, 0.8), 0),
    ("single events, 64 in flight, against empty calls", "daemon: single events", "events/s", 1,
     ("limit: empty calls",), (LEAST, 0.6), 0),
    ("one durable event, p50, against empty call + commit", "daemon: one event, p50", "us", 1,
     FLOOR, (MOST, 2), 0),
    ("one durable event, p99, against the same", "daemon: one event, p99", "us", 1, FLOOR,
     (MOST, 4), 0),
    ("ingest at the log's end, against its beginning", "large: ingest, last events", "events/s", 1,
     ("large: ingest, first events",), (LEAST, 0.8), AT_SIZE),
    ("anonymous memory", "large: anonymous memory", "GiB", 1, (), (MOST, 4), AT_SIZE),
    ("anonymous memory, a month closed", "large: anonymous memory, a month closed", "GiB", 1, (),
     (MOST, 4), AT_SIZE),
    ("memory per idempotency key", "core: keys: memory", "bytes", 1, (), (MOST, 16), 0),
    ("restart to the first balance", "large: restart to the first balance", "s", 1, (),
     (MOST, 10), AT_SIZE),
    ("full replay, hashes trusted", "large: replay, hashes trusted", "events/s", 1, (),
     (LEAST, 1_500_000), AT_SIZE),
    ("full replay, hashes verified", "large: replay, hashes verified", "events/s", 1, (),
     (LEAST, 800_000), AT_SIZE),
    ("log bytes per usage event", "large: log bytes per usage event", "bytes", 1, (),
     (MOST, 256), 0),
    ("balance under ingest at half the rate, p99", "daemon: balance, p99", "ms", 1e-3, (),
     (MOST, 5), 0),
    ("a month's end, alone", "close: month closed", "invoices/s", 1, (), (LEAST, 100_000), 0),
    ("ingest at a fifth of the rate beside it, p99",
     "close beside ingest: ingest beside the close, p99", "ms", 1e-3, (), (MOST, 20), 0),
    ("longest answer during a snapshot", "daemon: read during a snapshot, max", "ms", 1e-3, (),
     (MOST, 10), 0),
    ("longest answer without one", "daemon: read without a snapshot, max", "ms", 1e-3, (),
     None, 0),
    ("check, p50, against an empty call", "daemon: check, p50", "us", 1, FLOOR[:1],
     (MOST, 1.3), 0),
    ("durable hold, p50, against empty call + commit", "daemon: hold, p50", "us", 1, FLOOR,
     (MOST, 2), 0),
    ("hold and settle, 64 callers, calls against empty calls", "daemon: hold and settle",
     "calls/s", 2, ("limit: empty calls",), (LEAST, 0.35), 0),
    ("tryConsume on a lease", "lease: tryConsume", "ns", 1, (), (MOST, 100), 0),
    ("tryConsume, two threads on one lease", "lease: tryConsume, two threads", "calls/s", 1, (),
     (LEAST, 10_000_000), 0),
]
NOT_DONE = {
    "PostgreSQL": "One table of events and one of balances, prepared statements, binary arguments,"
                  " 512 MB of shared buffers, commits synced. No prices, plans, credits or"
                  " invoices, no hashes or proofs, no balance in the answer of a batch.",
    "SQLite": "The same tables inside the calling process: no server, no calls between processes,"
              " one writer at a time. WAL with synchronous=FULL. No prices, plans, credits or"
              " invoices, no hashes or proofs.",
    "Redis": "A hash of keys for each customer and one of balances, in Lua, appendfsync=always."
             " Everything is kept in memory, keys included. No prices, plans, credits or invoices,"
             " no hashes or proofs; a call that dies half way is not taken back.",
}
LATENCIES = {
    "empty call": "limit: empty call", "LMDB commit": "limit: LMDB commit of one page",
    "one durable event": "daemon: one event", "durable hold": "daemon: hold",
    "check": "daemon: check", "balance, under ingest": "daemon: balance",
    "batch, at a fifth of the rate": "close beside ingest: ingest beside the close",
}
QUANTILES = ["p50", "p90", "p99", "p99.9", "max"]


def middle(results, figure):
    """The median of a figure."""
    return statistics.median(results["figures"][figure]["values"])


def number(value):
    """Three digits that count, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def rows(results):
    """The figures that have a target, as dictionaries."""
    made = []
    for name, figure, unit, factor, against, target, from_events in ROWS:
        values = [value * factor for value in results["figures"][figure]["values"]]
        row = {"name": name, "unit": unit, "median": statistics.median(values),
               "least": min(values), "most": max(values), "count": len(values)}
        judged = row["median"]
        if against:
            row["against"] = sum(middle(results, other) for other in against)
            row["ratio"] = judged = row["median"] / row["against"]
        if target is not None:
            sign, bound = target
            row["target"] = f"{sign} {number(bound)}{' x' if against else ' ' + unit}"
            row["met"] = judged >= bound if sign == LEAST else judged <= bound
            if results["sizes"]["large_events"] < from_events:
                row["target"] += f", of {from_events / 1e6:.0f} M events"
                row["met"] = None
        made.append(row)
    return made


def best(results, peer, word):
    """The form of a peer's that was fastest: its name, and its figure."""
    forms = {name.split(f"{word}, ", 1)[1]: statistics.median(figure["values"])
             for name, figure in results["figures"].items()
             if name.startswith(f"{peer}: {word}") and figure["unit"] == "events/s"}
    return max(forms.items(), key=lambda form: form[1])


def compared(results):
    """The peers' best forms and how much the ledger does of each."""
    made = []
    for peer in results["peers"]:
        entry = {"name": peer, "not_done": NOT_DONE[peer]}
        for word, figure in (("singly", "daemon: single events"), ("batch", "daemon: ingest")):
            form, rate = best(results, peer, word)
            entry[word] = {"form": form, "rate": rate, "ratio": middle(results, figure) / rate}
        made.append(entry)
    return made


def table(heading, lines):
    """A table in Markdown whose columns line up."""
    lines = [heading, *lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heading))]
    shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
             for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def text(results):
    """The whole report in Markdown."""
    verdicts = {True: "met", False: "not met", None: "not judged"}
    figures = [(row["name"], f"{number(row['median'])} {row['unit']}",
                f"{number(row['least'])} to {number(row['most'])}, {row['count']}",
                f"{row['ratio']:.2f} x {number(row['against'])}" if "ratio" in row else "",
                row.get("target", ""), verdicts[row["met"]] if "target" in row else "")
               for row in results["rows"]]
    sizes = results["sizes"]
    parts = [
        f"{sizes['customers']:,} customers by Zipf's law; the large ledger has"
        f" {sizes['large_customers']:,} customers and {sizes['large_events']:,} usage events.",
        table(("figure", "median", "least to most, values", "held against", "target", ""), figures)]
    if results["compared"]:
        lines = [(entry["name"], *(cell for word in ("singly", "batch") for cell in (
                     f"{number(entry[word]['rate'])}", entry[word]["form"],
                     f"{entry[word]['ratio']:.2f} x")))
                 for entry in results["compared"]]
        parts += ["What people use instead, at its best of a small sweep (connections x events in"
                  " a transaction), events/s, and what Daybook does of it. All record a usage"
                  " event once for its key, add it to a balance, and answer when it is on disk.",
                  table(("", "singly", "form", "Daybook", "batches", "form", "Daybook"), lines),
                  "\n".join(f"- {entry['name']}: {entry['not_done']}"
                            for entry in results["compared"])]
    core = [(name.split(": ", 1)[1], f"{number(statistics.median(figure['values']))}",
             figure["unit"], f"{number(min(figure['values']))} to {number(max(figure['values']))}")
            for name, figure in results["figures"].items() if name.startswith("core: ")]
    parts += ["The core alone, CPU time:", table(("step", "median", "", "least to most"), core),
              "\n".join(f"- {name}: {value}" for name, value in results["conditions"].items())]
    return "\n\n".join(parts) + "\n"


def pictures(results, output):
    """throughput.png: rate and memory over log size; latency.png: quantiles."""
    import matplotlib  # the one package that only this needs
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(9, 5))
    events = [point["events"] / 1e6 for point in results["points"]]
    axes.plot(events, [point["rate"] / 1e3 for point in results["points"]], marker=".",
              color="tab:blue")
    axes.set(xlabel="usage events in the log, millions", ylabel="ingest, thousand events/s",
             ylim=(0, None), title=f"{results['sizes']['large_customers']:,} customers")
    memory = axes.twinx()
    memory.plot(events, [point["anonymous_bytes"] / 2**30 for point in results["points"]],
                color="tab:gray", linestyle="--")
    memory.set(ylabel="anonymous memory, GiB (dashed)", ylim=(0, None))
    figure.tight_layout()
    figure.savefig(output / "throughput.png", dpi=110)
    pyplot.close(figure)

    figure, axes = pyplot.subplots(figsize=(9, 5))
    for name, prefix in LATENCIES.items():
        axes.plot(QUANTILES, [middle(results, f"{prefix}, {quantile}") for quantile in QUANTILES],
                  marker=".", label=name)
    axes.set(yscale="log", ylabel="microseconds", title="latency, medians of the rounds")
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(output / "latency.png", dpi=110)
    pyplot.close(figure)


def write(output, results):
    """Adds the rows to the results, and writes everything."""
    results = results | {"rows": rows(results), "compared": compared(results)}
    (output / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    report = text(results)
    (output / "report.md").write_text(report, encoding="utf-8")
    print(report)
    try:
        pictures(results, output)
    except ImportError:
        print("python3-matplotlib is not installed: no pictures", file=sys.stderr)
    print(f"results.json, report.md and the pictures are in {output}", file=sys.stderr)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    write(folder, json.loads((folder / "results.json").read_text(encoding="utf-8")))
