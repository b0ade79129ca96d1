// What the command line takes and gives.
#include <algorithm>
#include <array>

#include "client/cli/topics.h"

namespace daybook::cli {
namespace {

constexpr char kCatalogFile[] = R"(
What is sold is one file that can be reviewed, in TOML or JSON. `daybook catalog apply FILE` shows
the difference to what is published, asks, and publishes all of it together. Applying a file again
changes nothing. A mistake is named with its line, item and field. `daybook catalog show --json`
prints what is published as such a file.

  daybook catalog show                        # team
  daybook catalog show team                   # 0.012 each, each

This one has every field, and can be applied as it stands:

)";

constexpr char kImporting[] = R"(
`daybook import FILE` takes JSON Lines: one Command of protocol/common.capnp a line, in its JSON
form, whatever it does; or CSV for usage (`daybook import --help` says how columns are named).

  {"customer": "acme", "createCustomer": {"zone": "Europe/Berlin"}}
  {"customer": "acme", "subscribe": {"plan": "team", "interval": "year"}}
  {"customer": "acme", "key": "r-1", "recordUsage": {"feature": "calls", "quantity": "250"}}
  {"customer": "acme", "changeSeats": {"feature": "editors", "seats": 3}}
  {"customer": "acme", "addAdjustment": {"amount": "-5.00", "description": "Goodwill"}}

Amounts are text, or whole numbers. Times are nanoseconds since 1970 in UTC. A row without a key
gets one from the file's name and its number, so that importing a file again, whole or after it
broke off, counts nothing twice. Rows that are refused do not stop the others: they are written to a
file beside it, to be mended and imported.

  daybook import commands.jsonl               # recorded, 5
  daybook import commands.jsonl               # duplicates, 5
  daybook seats acme                          # editors
)";

constexpr char kWatching[] = R"(
`daybook watch` shows what happens to a customer, or to all of them, as it happens: the balance
after what touches it, every alert that is raised and every invoice that closes. Each line begins
with a position in the log. Only what is on disk is shown, in the order of the log.

  daybook customer create acme
  daybook subscribe acme team
  daybook alerts acme --set usage:calls=10
  daybook record acme calls 12
  daybook watch acme --from 1 --limit 3           # invoice, alert, balance
  daybook watch --all --alerts --from 1 --limit 1 # usage of calls reaches 10

Without --limit it goes on until it is interrupted, and connects again when the daemon was away.
Without --from it begins with what comes from now on, and with the balance of now. With the position
of the last line that was taken in --from nothing is missed, and that line comes again.

Who reads slowly holds up nobody: what happens waits in the log, several changes of a balance then
come as one, and who takes nothing for the daemon's write_timeout is dropped, and can go on from
there. It takes the role reader. In C++ it is client/include/daybook/watch.h.
)";

constexpr char kConnecting[] = R"(
Without --connect the daemon is asked over its Unix socket on this machine, and the kernel says who
is asking. Over the network it is TLS, and a token says who is asking:

  export DAYBOOK_CONNECT=tls:ledger.example:7110 DAYBOOK_CA_FILE=authority.pem
  DAYBOOK_TOKEN=$(cat web.token) daybook status

The daemon has to show a certificate for that host name; --server-name is for another name. What
vouches for it is in --ca-file, or else whom the system trusts. With tcp: instead of tls: nothing is
encrypted, the token included.

A token comes from `daybookd token`, which prints it once, and its hash for the configuration. It
gives roles: recorder (usage, holds), reader (balances, invoices), billing (catalog, customers,
subscriptions, purchases), auditor (the log), admin (status, backup, clock). A command whose role is
missing is refused as `unauthorized`; so is everything with a token that is wrong, has expired or
was revoked: the daemon's log knows which. When a token expires or is revoked, its connections end.

  daybook status                              # Ledger, Connections
)";

constexpr char kExitCodes[] = R"(
Every command ends with one of these:

  0  done
  1  refused by the ledger, a check that answers no, or rows refused by an import
  2  wrong arguments, or a file that cannot be read or written
  3  no daemon, no answer in time, or an unknown outcome: repeat with the same --key
  4  a verification found something wrong

`verify` and `replay` run daybookd and end with its status, which may also be 70 (it could not
start) or 74 (a commit failed). Errors are two lines on standard error: what happened, and what to
do.
With --json the response is printed in the standard Cap'n Proto JSON form, a refusal too; lists and
the log print one item a line, reports (usage, statement) one object.

  daybook customer create acme
  daybook customer create acme                # refused: customerExists
  daybook --json balance acme                 # "outcome":"ok"
)";

constexpr std::array kToolTopics = {
    Topic{"catalog-file", "The file that `catalog apply` takes, with every field", kCatalogFile},
    Topic{"importing", "Commands and usage from files", kImporting},
    Topic{"watching", "Balances, alerts and invoices as they come", kWatching},
    Topic{"connecting", "Where the daemon is, over TLS or not, and who is asking", kConnecting},
    Topic{"exit-codes", "How commands end, and what they print for programs", kExitCodes},
};

}  // namespace

std::span<const Topic> toolTopics() { return kToolTopics; }

const Topic* findTopic(std::string_view name) {
  for (const auto topics : {billingTopics(), toolTopics()}) {
    const auto found = std::find_if(topics.begin(), topics.end(),
                                    [&](const Topic& topic) { return topic.name == name; });
    if (found != topics.end()) return &*found;
  }
  return nullptr;
}

}  // namespace daybook::cli
