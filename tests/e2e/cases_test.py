"""Published worked examples of other billing systems, through the real daemon.

The collection is a folder of JSON files beside a README that says what their words mean: the folder
$DAYBOOK_CASES, else `shared/cases` beside the repository. Without it there is nothing to do. Every
case is held to the last digit, or is a choice, or lies outside (case_choices.py); one that is in
none of the three fails the test.
"""

import decimal
import json
import os
import pathlib
import sys
import unittest

import case_direct
import case_grants
from case_choices import CHOICES, HELD, OUTSIDE, SKIP
from case_world import World
from daybook import REPOSITORY, program

FOLDER = pathlib.Path(os.environ.get("DAYBOOK_CASES") or REPOSITORY.parent / "shared" / "cases")

# Cases that are no story of a customer, by what they are about.
DIRECT = {
    "AITOKENS-016": case_direct.book_prices,
    "AITOKENS-022": case_direct.token_prices,
    "AITOKENS-025": case_direct.token_prices,
    "GRANTS-019": case_grants.roll_over,
    "GRANTS-021": case_grants.roll_over,
    "GRANTS-023": case_grants.active,
    "GRANTS-028": case_grants.wallet,
    "GRANTS-030": case_grants.wallet_set,
    "GRANTS-036": case_grants.plan_and_pack,
    "LATEEVENTS-006": case_direct.slices,
    "LATEEVENTS-007": case_direct.slice_branches,
    "LATEEVENTS-009": case_direct.slices,
    "LATEEVENTS-011": case_direct.attached,
    "LATEEVENTS-016": case_direct.slices,
    "LIFECYCLE-007": case_direct.cancel_rows,
    "PLANCHANGES-024": case_direct.plan_change,
    "ROUNDING-002": case_direct.prorated,
    "ROUNDING-005": case_direct.rounded,
}
FAMILIES = {"TIERS": case_direct.prices, "PERIODS": case_direct.periods,
            "GRANTS": case_grants.burn_down}


def story(case):
    """Events and expectations of a customer, in order of time: what was expected of an instant
    holds once all its events have happened."""
    found = {}
    expectations = sorted(enumerate(case["expect"]),
                          key=lambda entry: (entry[1]["at"] != "-", entry[1]["at"]))
    events = list(case.get("events", []))
    with World(case) as world:
        for index, expectation in expectations:
            while events and events[0]["at"] <= expectation["at"]:
                world.happen(events.pop(0))
            if not is_skipped(case["id"], index):
                found[index] = world.found(expectation)
    return found


def is_skipped(name, index):
    return name in CHOICES and CHOICES[name].ours.get(index) is SKIP


def run(case):
    """What is found here for each expectation, by its index."""
    direct = DIRECT.get(case["id"]) or FAMILIES.get(case["id"].partition("-")[0])
    if direct is None:
        return story(case)
    return dict(enumerate(direct(case)))


def same(wanted, found):
    """Numbers compare as numbers, whatever their form."""
    if isinstance(wanted, dict):
        return wanted.keys() == found.keys() and all(same(wanted[k], found[k]) for k in wanted)
    if isinstance(wanted, list):
        return len(wanted) == len(found) and all(map(same, wanted, found))
    if isinstance(wanted, bool) or isinstance(found, (bool, type(None))):
        return wanted is found
    try:
        return decimal.Decimal(str(wanted)) == decimal.Decimal(str(found))
    except decimal.InvalidOperation:
        return wanted == found


def read_cases():
    cases = {}
    for path in sorted(FOLDER.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            assert case["id"] not in cases, f"two cases are {case['id']}"
            cases[case["id"]] = case
    return cases


class Collection(unittest.TestCase):
    """Whether nothing of the collection is overlooked."""

    def test_every_case_is_held_or_a_choice_or_outside(self):
        sets = [HELD, set(CHOICES), set(OUTSIDE)]
        for name in read_cases():
            with self.subTest(name):
                self.assertEqual(1, sum(name in one for one in sets))

    def test_every_case_that_is_named_is_there(self):
        self.assertLessEqual(HELD | set(CHOICES) | set(OUTSIDE), set(read_cases()))


    def test_the_page_for_people_says_how_many_there_are(self):
        page = " ".join((REPOSITORY / "protocol" / "COMING-FROM.md").read_text("utf-8").split())
        for said in (f"runs {len(read_cases())} worked examples", f"{len(HELD)} come out to",
                     f"{len(CHOICES)} are decided otherwise", f"{len(OUTSIDE)} are about"):
            with self.subTest(said):
                self.assertIn(said, page)


class Cases(unittest.TestCase):
    """One test for each case that is run."""

    maxDiff = None

    def hold(self, case):
        ours = CHOICES[case["id"]].ours if case["id"] in CHOICES else {}
        found = run(case)
        for index, expectation in enumerate(case["expect"]):
            wanted = ours.get(index, expectation["value"])
            if wanted is SKIP:
                continue
            with self.subTest(at=expectation["at"], what=expectation["what"]):
                if not same(wanted, found[index]):
                    self.fail(f"{case['title']}: found {found[index]}, not {wanted}")


def add_tests():
    for name, case in read_cases().items():
        if name not in OUTSIDE:
            def test(self, case=case):
                self.hold(case)
            test.__doc__ = f"{name}: {case['title']}"
            setattr(Cases, "test_" + name.replace("-", "_").lower(), test)


if __name__ == "__main__":
    program("daybookd")
    if not FOLDER.is_dir():
        print(f"skipped: there are no cases in {FOLDER}; set DAYBOOK_CASES to their folder")
        sys.exit(0)
    add_tests()
    unittest.main(verbosity=2)
