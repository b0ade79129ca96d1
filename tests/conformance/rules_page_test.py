"""protocol/BILLING.md says every rule, and this proves that its references are true: each rule
names scenarios of the tables in this folder and files of code, and all of them are there.

Run it by ctest, or as it is.
"""

import pathlib
import re
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "protocol" / "BILLING.md"
TABLES = sorted(pathlib.Path(__file__).resolve().parent.glob("*.txt"))


def scenarios(path):
    """The titles of a table's tests."""
    return [line[len("test "):] for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("test ")]


class Rule:
    """One numbered rule of the page, with the references that stand below it."""

    def __init__(self, number, section):
        self.number = number
        self.section = section
        self.references = []

    def text(self):
        return " ".join(self.references)

    def titles(self):
        return re.findall(r'"([^"]+)"', self.text())

    def files(self):
        return re.findall(r"`([\w./]+/[\w./]+)`", self.text().rpartition("Code:")[2])


def rules():
    section, found = None, []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        if number := re.match(r"\*\*(\d+\.\d+) ", line):
            found.append(Rule(number[1], section))
        elif line.startswith("> "):
            found[-1].references.append(line[2:])
    return found


class RulesPage(unittest.TestCase):
    maxDiff = None

    def test_every_rule_names_a_scenario_and_a_file(self):
        for rule in rules():
            with self.subTest(rule.number):
                self.assertTrue(rule.titles(), "no scenario")
                self.assertTrue(rule.files(), "no file of code")

    def test_every_scenario_that_is_named_is_in_the_tables(self):
        known = {title for table in TABLES for title in scenarios(table)}
        for rule in rules():
            for title in rule.titles():
                with self.subTest(rule.number):
                    self.assertIn(title, known)

    def test_every_scenario_of_the_tables_is_named(self):
        named = {title for rule in rules() for title in rule.titles()}
        for table in TABLES:
            for title in scenarios(table):
                with self.subTest(table.name):
                    self.assertIn(title, named)

    def test_every_file_that_is_named_is_there(self):
        for rule in rules():
            for path in rule.files():
                with self.subTest(rule.number):
                    self.assertTrue((REPOSITORY / path).is_file(), path)

    def test_rules_are_numbered_by_their_sections(self):
        last = {}
        for rule in rules():
            section, _, number = rule.number.partition(".")
            with self.subTest(rule.number):
                self.assertTrue(rule.section.startswith(section + ". "), rule.section)
                self.assertEqual(int(number), last.get(section, 0) + 1)
            last[section] = int(number)

    def test_there_is_one_table_for_each_section_with_rules(self):
        sections = sorted({rule.number.partition(".")[0] for rule in rules()})
        self.assertEqual(sections, [table.name.partition("_")[0] for table in TABLES])

    def test_no_two_scenarios_have_one_title(self):
        titles = [title for table in TABLES for title in scenarios(table)]
        self.assertEqual(sorted(set(titles)), sorted(titles))

    def test_comments_in_the_code_cite_sections_that_are_there(self):
        sections = {rule.number.partition(".")[0] for rule in rules()} | {"1"}
        for folder in ("ledger", "protocol", "daemon", "client"):
            for path in (REPOSITORY / folder).rglob("*.*"):
                if path.suffix not in {".h", ".cc", ".capnp"}:
                    continue
                text = re.sub(r"\s*(//|#)\s*", " ", path.read_text(encoding="utf-8"))
                for cited in re.findall(r"BILLING\.md sections? ([\d, and to]+)", text):
                    with self.subTest(str(path.relative_to(REPOSITORY))):
                        self.assertLessEqual(set(re.findall(r"\d+", cited)), sections)


if __name__ == "__main__":
    unittest.main(verbosity=2)
