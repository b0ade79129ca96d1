"""Which published cases hold here, which are decided otherwise, and which are about something that
the product does not do. protocol/COMING-FROM.md says the same for people.

Every case of the collection is in exactly one of the three.
"""

SKIP = object()      # an expectation that has no counterpart here


class Choice:
    """A case that is decided otherwise: why, and what is found here instead, by the index of the
    expectation. The other expectations hold as published."""

    def __init__(self, reason, ours):
        self.reason, self.ours = reason, ours


# Held to the last digit.
HELD = set("""
    AITOKENS-001 AITOKENS-002 AITOKENS-013 AITOKENS-014 AITOKENS-022 AITOKENS-025
    BALANCE-002 BALANCE-010 BALANCE-013
    CREDITS-001 CREDITS-002 CREDITS-003 CREDITS-004 CREDITS-005 CREDITS-008
    GRANTS-005 GRANTS-006 GRANTS-007 GRANTS-009 GRANTS-017 GRANTS-018 GRANTS-019 GRANTS-021
    GRANTS-028 GRANTS-036
    LATEEVENTS-007 LATEEVENTS-009 LATEEVENTS-013 LATEEVENTS-015
    LIFECYCLE-006 LIFECYCLE-010
    METERED-001 METERED-004 METERED-005 METERED-006 METERED-007 METERED-013 METERED-016
    METERED-021 METERED-029 METERED-035
    PERIODS-001 PERIODS-002 PERIODS-003 PERIODS-006 PERIODS-009 PERIODS-010 PERIODS-014
    PERIODS-021
    PLANCHANGES-002 PLANCHANGES-013 PLANCHANGES-015 PLANCHANGES-018 PLANCHANGES-024
    ROUNDING-002 ROUNDING-005
    TIERS-003 TIERS-009 TIERS-010 TIERS-011 TIERS-012 TIERS-013 TIERS-031 TIERS-038 TIERS-043
    TIERS-044 TIERS-045 TIERS-048 TIERS-050 TIERS-055
    """.split())

# Decided otherwise, on purpose.
CHOICES = {
    "AITOKENS-003": Choice(
        "nothing is rounded per component: the margin of 1 % is 1.05 rate units, not 2",
        {5: "1.05", 6: "106.05"}),
    "AITOKENS-005": Choice(
        "nothing is rounded per component: the margin of 50 % is 52.5 rate units, not 53",
        {5: "52.5", 6: "157.5"}),
    "AITOKENS-012": Choice(
        "nothing is rounded per event: ten calls cost what their tokens cost",
        # (333 x 3 + 111 x 15) / 1 000 000 x 1.2 = 0.0031968
        {0: "31.968", 1: "99680.32"}),
    "AITOKENS-016": Choice(
        "prices of a book are exact decimals, not whole rate units",
        {3: "37.5", 4: "37.4"}),
    "CREDITS-007": Choice(
        "the credit for unused time goes by time, whatever is left of the plan's credits",
        {0: "10.00", 1: "30.00"}),
    "CREDITS-009": Choice(
        "seats paid in advance are credited like the base price",
        {1: "37.50", 2: "47.00"}),
    "GRANTS-023": Choice(
        "promotional credits are not taken back, bought ones are refunded",
        {4: SKIP}),
    "GRANTS-030": Choice(
        "what is used first draws first: no order of metrics is assumed, and nothing goes negative",
        {0: {"w1": "0", "w2": "0", "w3": "0", "w4": "0"}}),
    "LATEEVENTS-006": Choice(
        "a correction is one line with the difference, not a reversal and a new charge",
        {2: "-70", 3: SKIP}),
    "LATEEVENTS-011": Choice(
        "a range does not hold its end: usage at the instant of the cancellation is not part of it",
        {0: "1"}),
    "LATEEVENTS-016": Choice(
        "a line is rounded once, by itself: two of 0.333 are 0.33 and 0.33",
        {1: "0.33"}),
    "LIFECYCLE-007": Choice(
        "payments do not change a subscription: only a free plan ends at once whatever is asked",
        {1: "active", 2: "active"}),
    "LIFECYCLE-009": Choice(
        "an introductory discount is for whoever has no live subscription",
        {0: "49.50"}),
    "LIFECYCLE-020": Choice(
        "the anchor is the trial's end, and the first base price is a full one",
        {2: "50000.00"}),
    "LIFECYCLE-022": Choice(
        "a trial has no overage, and a change of plan ends it at the full price",
        {0: "100000.00", 2: "0", 3: "0", 4: "0"}),
    "LIFECYCLE-023": Choice(
        "amounts are net, and the day of a cancellation is not charged in full",
        # $75.00 net for 21 days, of which 8 remain: 28.571...
        {0: "75.00", 1: "28.57", 2: "50.00", 3: "21.43"}),
    "METERED-011": Choice(
        "one event that crosses both levels is recorded for both",
        {4: ["quota.threshold_reached:emails:1080", "quota.exceeded:emails:1080"]}),
    "METERED-012": Choice(
        "a lower price per unit applies to the whole open period",
        {0: "10.00"}),
    "METERED-023": Choice(
        "what recurs is asked of the upcoming invoice, which has the new price; the running period"
        " keeps the old one",
        {0: "105.00"}),
    "PLANCHANGES-005": Choice(
        "seats paid in advance are credited like the base price",
        {0: "87.00", 3: "212.00"}),
    "PLANCHANGES-029": Choice(
        "amounts are net; an upgrade charges the full new price, and its period starts anew",
        # 2 288 880 of 2 678 400 s of $10.00; 1 684 080 of those 2 288 880 s; 743 of 744 h of $15.00
        {0: "8.55", 1: "15.00", 2: "6.29", 3: "19.00", 4: "14.98"}),
    "TIERS-032": Choice(
        "no unit, no flat fee",
        {0: "0"}),
    "TIERS-052": Choice(
        "a package that is begun is charged",
        {0: "1", 1: "3"}),
}

# About something that the product does not do.
OUTSIDE = {
    "GRANTS-012": "grants that refill daily: an allowance lasts a usage period, a week or a month",
    "GRANTS-015": "grants that refill daily: an allowance lasts a usage period, a week or a month",
    "GRANTS-032": "automatic top-ups",
    "LATEEVENTS-020": "double-entry transfers between accounts",
    "LIFECYCLE-012": "collecting payments: retries and their consequences",
    "LIFECYCLE-014": "collecting payments: retries and their consequences",
    "LIFECYCLE-015": "collecting payments: retries and their consequences",
    "LIFECYCLE-017": "deleting customers: what is recorded stays",
    "LIFECYCLE-026": "invoices in mid-period when usage passes an amount",
    "PLANCHANGES-027": "add-ons",
    "ROUNDING-011": "splitting an amount by weights",
    "ROUNDING-013": "splitting an amount by weights",
    "ROUNDING-014": "splitting an amount by weights",
    "ROUNDING-017": "taxes",
    "ROUNDING-018": "taxes",
    "TIERS-019": "converting units before they are priced",
}
