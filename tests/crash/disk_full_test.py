"""A full disk: writes are refused by name, reads go on, and room makes it well again."""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from daybook import REPOSITORY, Ledger  # noqa: E402

CATALOG = REPOSITORY / "ops/config/demo-catalog.toml"
DISK_MIB = 96


class SmallDisk:
    """A file system of its own in memory, as large as it is said to be."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="daybook-disk-"))
        self.mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "daybook-test", self.folder],
            capture_output=True, check=False).returncode == 0

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)
        self.folder.rmdir()


class DiskFull(unittest.TestCase):
    def setUp(self):
        disk = SmallDisk()
        self.addCleanup(disk.close)
        if not disk.mounted:
            self.skipTest("a small file system cannot be mounted on this machine")
        self.disk = disk.folder
        self.ledger = Ledger(folder=disk.folder / "work")
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.ledger.run("catalog", "apply", str(CATALOG), "--yes")
        self.ledger.run("customer", "create", "acme")
        self.ledger.run("subscribe", "acme", "pro")
        self.ledger.run("record", "acme", "calls", "7", "--key", "before")

    def fill(self, leave_mib):
        free = os.statvfs(self.disk)
        size = free.f_bavail * free.f_frsize - (leave_mib << 20)
        if size > 0:
            with open(self.disk / "ballast", "wb") as ballast:
                os.posix_fallocate(ballast.fileno(), 0, size)

    def rows(self, name, count):
        path = self.disk.parent / f"{self.disk.name}-{name}.csv"
        self.addCleanup(path.unlink)
        path.write_text("org,calls\n" + "acme,1\n" * count, encoding="utf-8")
        return str(path)

    def importing(self, path, exit_code):
        return self.ledger.json("import", path, "--customer-column", "org", "--quantity-column",
                                "calls", "--feature", "calls", "--rejects", "/dev/null",
                                exit_code=exit_code)

    def test_writes_are_refused_reads_go_on_and_room_makes_it_well(self):
        self.fill(leave_mib=4)
        path = self.rows("bulk", 200_000)
        self.importing(path, exit_code=1)  # more than fits: the rest is refused, row by row
        used = int(self.ledger.feature("acme", "calls")["used"])
        self.assertGreater(used, 7)
        self.assertLess(used, 200_007)

        error = self.ledger.refused("record", "acme", "calls", "1", "--key", "full")
        self.assertIn("storageFull", error)
        self.assertEqual(int(self.ledger.feature("acme", "calls")["used"]), used)
        self.assertIn("already recorded",
                      self.ledger.run("record", "acme", "calls", "7", "--key", "before"))
        self.assertTrue(self.ledger.status()["storageFull"])
        self.ledger.run("upcoming", "acme")
        self.ledger.run("verify", self.ledger.data)
        # It starts on a full disk as well.
        tip = self.ledger.tip()
        self.ledger.kill()
        self.ledger.start()
        self.assertEqual(self.ledger.tip(), tip)
        self.assertTrue(self.ledger.status()["storageFull"])

        (self.disk / "ballast").unlink()
        self.ledger.status()  # looks at the disk again
        self.ledger.run("record", "acme", "calls", "1", "--key", "full")
        self.assertEqual(int(self.ledger.feature("acme", "calls")["used"]), used + 1)
        self.ledger.restart()
        self.assertEqual(int(self.ledger.feature("acme", "calls")["used"]), used + 1)
        self.ledger.run("verify", self.ledger.data)


class FileSizeLimit(unittest.TestCase):
    """The process may not write larger files: its log of messages is such a file, too."""

    def setUp(self):
        self.ledger = Ledger()
        self.addCleanup(self.ledger.close)
        self.ledger.start()
        self.ledger.run("catalog", "apply", str(CATALOG), "--yes")
        self.ledger.run("customer", "create", "otto")
        self.ledger.run("subscribe", "otto", "agent")

    def limit(self, size):
        pid = self.ledger.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))

    def test_every_write_is_refused_below_the_reserve_and_no_signal_ends_the_daemon(self):
        for size in (4 << 20, 0):
            self.limit(size)
            self.assertTrue(self.ledger.status()["storageFull"])
            before = self.ledger.tip()
            for command in (("topup", "otto", "5"), ("customer", "create", "acme"),
                            ("clock", "set", "2026-02-02"), ("cancel", "otto")):
                self.assertIn("refused: storageFull", self.ledger.refused(*command))
            self.assertEqual(len(self.ledger.invoices()), 1)
            self.assertEqual(self.ledger.tip(), before)
        self.limit(resource.RLIM_INFINITY)
        self.assertFalse(self.ledger.status()["storageFull"])
        self.ledger.run("topup", "otto", "5")
        self.ledger.restart()
        self.ledger.verify()


if __name__ == "__main__":
    unittest.main(verbosity=2)
