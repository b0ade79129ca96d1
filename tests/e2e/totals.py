"""Totals of usage computed without Daybook: gawk reads the rows, bc does the arithmetic.

bc's numbers are exact decimals. r(x) rounds to 12 places, half away from zero, as the ledger rounds
what one event costs; cents(x) rounds to 2 places, as a line of an invoice is rounded.
"""

import decimal
import subprocess

FUNCTIONS = """
scale = 40
define p(x, d) {
  auto s, h
  s = scale
  scale = d + 1
  h = 5 * 10 ^ -(d + 1)
  scale = d
  if (x < 0) { x = (x - h) / 1 } else { x = (x + h) / 1 }
  scale = s
  return x
}
define r(x) { return p(x, 12) }
define cents(x) { return p(x, 2) }
define max(a, b) { if (a > b) { return a }; return b }
define min(a, b) { if (a < b) { return a }; return b }
"""


def bc(*statements):
    """Runs bc; gives the decimals that it prints, one a line."""
    program = FUNCTIONS + "\n".join(statements) + "\n"
    done = subprocess.run(["bc", "--quiet"], input=program, capture_output=True, text=True,
                          env={"BC_LINE_LENGTH": "0", "PATH": "/usr/bin:/bin"}, check=True)
    assert not done.stderr, done.stderr
    return [decimal.Decimal(line) for line in done.stdout.split()]


def gawk(program, path, **variables):
    """Runs gawk over a CSV file with a heading, whatever its lines end in."""
    settings = [f"-v{name}={value}" for name, value in variables.items()]
    done = subprocess.run(["gawk", "-F,", r"-vRS=\r?\n", *settings,
                           "NR > 1 && NF > 1 {" + program + "}", str(path)],
                          capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
