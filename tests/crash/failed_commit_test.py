"""A commit that fails ends the daemon, with its message, and loses nothing acknowledged."""

import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from daybook import OK, REPOSITORY, UNREACHABLE, Ledger, execute  # noqa: E402

CATALOG = REPOSITORY / "ops/config/demo-catalog.toml"
COMMIT_FAILED = 74
EVENTS = 200


def may_trace():
    """Whether strace may inject faults here."""
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:error=EIO:when=1", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@unittest.skipUnless(may_trace(), "strace may not inject faults on this machine")
class FailedCommit(unittest.TestCase):
    def acknowledge_until_it_ends(self, ledger):
        """Records usage one by one; gives the keys that were acknowledged."""
        acknowledged = []
        for number in range(EVENTS):
            key = f"event-{number}"
            done = execute(ledger.command("record", "acme", "calls", "1", "--key", key), None)
            if done.returncode == UNREACHABLE:
                return acknowledged
            self.assertEqual(done.returncode, OK, done.stderr)
            acknowledged.append(key)
        self.fail("the daemon went on after a failed commit")

    def test_an_io_error_at_a_commit_ends_the_daemon_and_loses_nothing_acknowledged(self):
        for syscall, when in (("fdatasync", 25), ("pwrite64", 60), ("fdatasync", 31)):
            with self.subTest(syscall=syscall, when=when):
                self.one_failure(syscall, when)

    def one_failure(self, syscall, when):
        with Ledger() as ledger:
            ledger.run("catalog", "apply", str(CATALOG), "--yes")
            ledger.run("customer", "create", "acme")
            ledger.run("subscribe", "acme", "pro")
            status, _ = ledger.stop()
            self.assertEqual(status, 0)
            inject = f"inject={syscall}:error=EIO:when={when}+"
            ledger.wrapper = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject]
            ledger.start()
            acknowledged = self.acknowledge_until_it_ends(ledger)
            self.assertEqual(ledger.wait(), COMMIT_FAILED)
            self.assertIn("commit failed", ledger.log())

            ledger.wrapper = []
            ledger.start()
            ledger.run("verify", str(ledger.data))
            used = ledger.feature("acme", "calls")["used"]
            # The event that was on its way may be there or not; its key settles that.
            self.assertIn(int(used), (len(acknowledged), len(acknowledged) + 1))
            for key in acknowledged:
                again = ledger.run("record", "acme", "calls", "1", "--key", key)
                self.assertIn("already recorded", again)
            ledger.run("record", "acme", "calls", "1", "--key", f"event-{len(acknowledged)}")
            used = ledger.feature("acme", "calls")["used"]
            self.assertEqual(int(used), len(acknowledged) + 1)

    def test_the_same_key_with_other_contents_is_still_refused_after_it(self):
        with Ledger() as ledger:
            ledger.run("catalog", "apply", str(CATALOG), "--yes")
            ledger.run("customer", "create", "acme")
            ledger.run("subscribe", "acme", "pro")
            ledger.run("record", "acme", "calls", "1", "--key", "k")
            ledger.kill()
            ledger.start()
            error = ledger.refused("record", "acme", "calls", "2", "--key", "k")
            self.assertIn("keyReused: quantity", error)


if __name__ == "__main__":
    unittest.main(verbosity=2)
