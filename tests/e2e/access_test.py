"""Who may do what, as those meet it who may not: wrong, expired and revoked tokens, other roles."""

import datetime
import re
import subprocess

import daybook
from guarded import GuardedLedger, await_text, make_token


class TokenTest(daybook.unittest.TestCase):
    def setUp(self):
        self.ledger = GuardedLedger()
        self.addCleanup(self.ledger.close)

    def token(self, name, *roles, **options):
        return make_token(self.ledger.folder, name, *roles, **options)

    def start(self, *entries):
        self.ledger.write(*entries)
        self.ledger.start()

    def follow(self, token):
        """A connection that is logged in with the token, and stays."""
        self.ledger.as_boss("customer", "create", "acme")
        follower = self.ledger.begin("--token-file", token, "log", "--follow",
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.stderr.close)
        follower.stdout.readline()
        return follower

    def assertSentAway(self, follower, reason):
        self.assertEqual(follower.wait(), daybook.UNREACHABLE)
        self.assertIn("connection", follower.stderr.read())
        self.assertRegex(self.ledger.log(), f"dropped: .*{re.escape(reason)}")

    def test_a_token_is_shown_once_and_kept_as_its_hash(self):
        path, entry = self.token("web", "reader", expires="90d")
        secret = path.read_text().strip()
        self.assertRegex(secret, r"^dbk_[0-9a-f]{64}$")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(secret, entry)
        self.start(entry)
        self.ledger.run("--token-file", path, "customer", "list")
        self.assertNotIn(secret, self.ledger.log())
        shown = daybook.execute([daybook.program("daybookd"), "token", "web", "--role", "reader"])
        self.assertRegex(shown.stdout, r'^dbk_[0-9a-f]{64}\n\{ name = "web", sha256 = '
                                       r'"[0-9a-f]{64}", roles = \["reader"\] \},\n$')

    def test_what_no_token_can_be_made_of_is_refused(self):
        taken = self.ledger.folder / "taken"
        taken.write_text("mine")
        for flags, message in ((("--role", "boss"), "is not one of"),
                               (("--role", "reader", "--expires", "soon"), "neither an instant"),
                               (("--role", "reader", "--expires", "2020-01-01"), "is over"),
                               (("--role", "reader", "--secret-file", taken), "File exists")):
            done = daybook.execute([daybook.program("daybookd"), "token", "web",
                                    *map(str, flags)], daybook.USAGE)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertEqual(taken.read_text(), "mine")

    def test_every_refusal_of_a_login_is_the_same(self):
        gone, _ = self.token("gone", "reader")
        old, old_entry = self.token("old", "reader")
        wrong = self.ledger.folder / "wrong.token"
        wrong.write_text("dbk_" + "0" * 64 + "\n")
        self.start(old_entry[:-3] + ', expires = "2026-01-01" },')
        self.ledger.as_boss("customer", "create", "acme")
        answers = {daybook.execute(self.ledger.command(*flags, *command), daybook.REFUSED).stderr
                   for flags in ((), ("--token-file", gone), ("--token-file", old),
                                 ("--token-file", wrong))
                   for command in (("customer", "list"), ("balance", "acme"),
                                   ("balance", "nobody"), ("status",))}
        self.assertEqual(len({re.sub(r": (reader|admin)\b", "", answer) for answer in answers}), 1,
                         answers)
        self.assertIn('the token "old" has expired', self.ledger.log())
        self.assertIn("its token is not in the configuration", self.ledger.log())

    def test_a_reader_cannot_record_or_anything_else_that_is_not_reading(self):
        reader, entry = self.token("reader", "reader")
        self.start(entry)
        self.ledger.as_boss("customer", "create", "acme")
        position = self.ledger.position()
        self.ledger.run("--token-file", reader, "customer", "list")
        for command in (("record", "acme", "calls"), ("hold", "place", "acme", "calls"),
                        ("customer", "create", "other"), ("topup", "acme", "5"), ("log",),
                        ("status",), ("backup", self.ledger.folder / "copy")):
            self.assertIn("unauthorized",
                          self.ledger.refused("--token-file", reader, *command))
        self.assertEqual(self.ledger.position(), position)

    def test_a_token_that_expires_ends_the_connection_that_it_opened(self):
        token, entry = self.token("auditor", "auditor")
        self.start(entry)
        follower = self.follow(token)
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        self.ledger.write(entry[:-3] + f', expires = "{moment:%Y-%m-%dT%H:%M:%S.%fZ}" }},')
        self.ledger.reload()
        self.assertSentAway(follower, 'the token "auditor" has expired')
        self.assertIn("unauthorized", self.ledger.refused("--token-file", token, "log"))

    def test_a_token_that_is_revoked_ends_its_connections_and_no_others(self):
        token, entry = self.token("auditor", "auditor")
        other, other_entry = self.token("other", "auditor")
        self.start(entry, other_entry)
        follower = self.follow(token)
        stays = self.ledger.begin("--token-file", other, "log", "--follow",
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(stays.stdout.close)
        stays.stdout.readline()
        self.ledger.write(other_entry)
        self.ledger.reload()
        self.assertSentAway(follower, "its token is not in the configuration")
        self.assertIn("unauthorized", self.ledger.refused("--token-file", token, "log"))
        self.ledger.as_boss("customer", "create", "later")
        await_text(stays.stdout, "later")
        self.ledger.stop()
        stays.wait()

    def test_a_token_that_loses_a_role_ends_its_connections(self):
        token, entry = self.token("reporter", "auditor", "reader")
        self.start(entry)
        follower = self.follow(token)
        self.ledger.write(entry.replace(', "auditor"', ""))
        self.ledger.reload()
        self.assertSentAway(follower, "has fewer roles")
        self.ledger.run("--token-file", token, "customer", "list")

    def test_watching_takes_the_role_of_a_reader_and_lasts_as_long(self):
        reader, entry = self.token("reader", "reader")
        others, others_entry = self.token("others", "recorder", "billing", "auditor", "admin")
        self.start(entry, others_entry)
        self.ledger.as_boss("customer", "create", "acme")
        for what in ("acme", "--all"):
            self.assertIn("unauthorized: reader",
                          self.ledger.refused("--token-file", others, "watch", what))
        watch = self.ledger.begin("--token-file", reader, "watch", "acme",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.stderr.close)
        self.assertIn("acme  balance", watch.stdout.readline())
        self.ledger.write(others_entry)
        self.ledger.reload()
        # It tries again, and is nobody then.
        self.assertEqual(watch.wait(), daybook.REFUSED)
        said = watch.stderr.read()
        self.assertIn("it is tried again", said)
        self.assertIn("unauthorized", said)
        self.assertRegex(self.ledger.log(), "dropped: .*its token is not in the configuration")

    def test_a_token_added_while_the_daemon_runs_lets_in(self):
        token, entry = self.token("late", "reader")
        self.start()
        self.ledger.refused("--token-file", token, "customer", "list")
        self.ledger.write(entry)
        self.ledger.reload()
        self.ledger.run("--token-file", token, "customer", "list")

    def test_a_configuration_with_mistakes_changes_nothing(self):
        token, entry = self.token("auditor", "auditor")
        self.start(entry)
        follower = self.follow(token)
        self.ledger.write(rest="[limits]\nno_such = 1\n")
        self.assertIn("not taken: ", self.ledger.reload())
        self.ledger.as_boss("customer", "create", "later")
        await_text(follower.stdout, "later")
        self.ledger.stop()
        follower.wait()


if __name__ == "__main__":
    daybook.main()
