"""The daemon as an operator meets it: stopping under load, configuration, logs."""

import json
import os
import re
import signal
import subprocess
import threading

import daybook

CATALOG = daybook.REPOSITORY / "ops" / "config" / "demo-catalog.toml"
STOP_MAX_S = 5
RECORDERS = 4


class StopTest(daybook.LedgerTest):
    catalog = CATALOG

    def setUp(self):
        super().setUp()
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")

    def record_until_gone(self, name, acknowledged, started):
        """Single events, one after the other: the keys that were acknowledged."""
        for number in range(100_000):
            key = f"{name}-{number}"
            done = daybook.execute(self.ledger.command("record", "acme", "calls", "--key", key),
                                   None)
            if done.returncode != daybook.OK:
                return
            acknowledged.append(key)
            started.set()

    def test_sigterm_under_load_stops_in_time_and_loses_nothing_acknowledged(self):
        path = self.ledger.folder / "many.csv"
        path.write_text("calls\n" + "0\n" * 300_000, encoding="ascii")
        importer = self.ledger.begin(
            "--json", "import", path, "--customer", "acme", "--feature", "calls",
            "--quantity-column", "calls", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        started = threading.Event()
        acknowledged = [[] for _ in range(RECORDERS)]
        threads = [threading.Thread(target=self.record_until_gone, args=(f"r{i}", keys, started))
                   for i, keys in enumerate(acknowledged)]
        for thread in threads:
            thread.start()
        self.assertTrue(started.wait(daybook.STOP_S))
        status, seconds = self.ledger.stop()
        self.assertEqual(status, daybook.OK, self.ledger.log())
        self.assertLess(seconds, STOP_MAX_S)
        for thread in threads:
            thread.join()
        summary = json.loads(importer.communicate()[0])
        self.assertNotEqual(importer.returncode, daybook.OK, "the import was over before the stop")
        print(f"stopped in {seconds:.2f} s; acknowledged {sum(map(len, acknowledged))} single"
              f" events and {summary['recorded']} rows")

        self.ledger.start()
        self.assertGreaterEqual(self.ledger.position(), int(summary["position"]))
        recorded = {event.get("key") for event in self.ledger.json_lines("log")}
        for keys in acknowledged:
            self.assertLessEqual(set(keys), recorded)
        rows = sum(1 for key in recorded if key and key.startswith("many.csv:"))
        self.assertGreaterEqual(rows, summary["recorded"])
        self.ledger.verify()

    def test_a_connection_that_only_listens_does_not_delay_the_stop(self):
        follow = self.ledger.begin("log", "--follow", stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        follow.stdout.readline()
        status, seconds = self.ledger.stop()
        self.assertEqual(status, daybook.OK)
        self.assertLess(seconds, STOP_MAX_S)
        follow.stdout.close()
        self.assertNotEqual(follow.wait(), 0)
        self.assertFalse(self.ledger.socket.exists())

    def test_sigint_stops_as_sigterm_does(self):
        os.kill(self.ledger.pid(), signal.SIGINT)
        self.assertEqual(self.ledger.wait(), daybook.OK)


class ConfigurationTest(daybook.unittest.TestCase):
    def setUp(self):
        self.ledger = daybook.Ledger()
        self.addCleanup(self.ledger.close)

    def refused(self):
        with self.assertRaises(daybook.StartFailed) as failed:
            self.ledger.start()
        self.assertEqual(failed.exception.status, daybook.USAGE)
        self.assertFalse(self.ledger.data.exists())
        return failed.exception.log

    def add(self, text):
        with open(self.ledger.config, "a", encoding="utf-8") as config:
            config.write(text)

    def test_an_unknown_key_is_refused_with_its_line_and_the_likely_one(self):
        self.add("\n[snapshots]\nevery_event = 5\n")
        self.assertRegex(self.refused(), r"daybookd\.toml:\d+:\d+: unknown key "
                                         r"snapshots\.every_event: did you mean .*every_events\?")

    def test_wrong_values_are_refused_all_at_once(self):
        self.add('\n[log]\nlevel = "loud"\nformat = 7\n[limits]\nidle_timeout = "1 hour"\n')
        log = self.refused()
        for key in ("log.level", "log.format", "limits.idle_timeout"):
            self.assertIn(key, log)

    def test_the_example_file_is_valid_and_says_the_defaults(self):
        example = daybook.REPOSITORY / "ops" / "config" / "daybookd.toml"
        command = [daybook.program("daybookd"), "--config", str(example)]
        daybook.execute([*command, "--check-config"])
        self.assertIn('data_directory = "/var/lib/daybook"',
                      daybook.execute([*command, "--print-config"]).stdout)

    def test_logs_are_text_or_json_and_reopened_at_sighup(self):
        lines = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warning|error) ")
        self.ledger.start()
        self.ledger.stop()
        for line in self.ledger.log().splitlines():
            self.assertRegex(line, lines)
        path = self.ledger.folder / "json.log"
        self.ledger.start("--log-format", "json", "--log-file", str(path))
        messages = [json.loads(line)["message"] for line in path.read_text().splitlines()]
        self.assertTrue(any(message.startswith("ready at position") for message in messages))
        path.rename(self.ledger.folder / "json.log.1")
        os.kill(self.ledger.pid(), signal.SIGHUP)
        self.assertEqual(self.ledger.stop()[0], daybook.OK)
        self.assertIn("stopped at position", path.read_text())


if __name__ == "__main__":
    daybook.main()
