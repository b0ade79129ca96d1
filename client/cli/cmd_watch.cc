// daybook watch.
#include "daybook/watch.h"

#include <fmt/format.h>

#include <memory>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct WatchArgs {
  std::string customer;
  bool all = false;
  bool balance = false;
  bool alerts = false;
  bool invoices = false;
  std::uint64_t from = 0;
  std::uint64_t limit = 0;
};

void append(std::string& text, const std::string& part) {
  text += (text.empty() ? "" : "; ") + part;
}

// What there is left, in a line.
std::string balanceText(const client::Balance& balance) {
  std::string text;
  const std::string currency = balance.terms ? balance.terms->currency : "";
  if (balance.credits) append(text, numberText(balance.credits->available) + " credits");
  if (balance.money) append(text, moneyText(numberText(balance.money->available), currency));
  const bool metered = balance.model == client::ConsumptionModel::metered;
  for (const client::FeatureBalance& feature : balance.features) {
    const std::string called =
        feature.variant.empty() ? feature.feature : feature.feature + "/" + feature.variant;
    std::string part = fmt::format("{}: {} used", called, numberText(feature.used));
    if (feature.unlimited) {
      part += " of unlimited";
    } else if (metered) {
      part += fmt::format(" of {}", numberText(feature.included));
    }
    append(text, part);
  }
  if (balance.holds > 0) append(text, fmt::format("{} open holds", balance.holds));
  return text.empty() ? std::string(name(balance.state)) : text;
}

std::string alertLine(const client::Alert& alert) {
  return fmt::format("{}: {} of {}", alertText(alert.rule), numberText(alert.value),
                     numberText(alert.threshold));
}

std::string invoiceLine(const client::Invoice& invoice) {
  return fmt::format("{}, {}", invoice.label, moneyText(invoice.total, invoice.currency));
}

std::string lineOf(const client::Notice& notice) {
  std::string what;
  std::string details;
  std::int64_t at_ns = notice.recorded_ns;
  if (notice.balance) {
    what = "balance";
    details = balanceText(*notice.balance);
    at_ns = notice.balance->at_ns;
  } else if (notice.alert) {
    what = "alert";
    details = alertLine(*notice.alert);
  } else if (notice.invoice) {
    what = "invoice";
    details = invoiceLine(*notice.invoice);
  }
  return fmt::format("{:>8}  {}  {}  {:<7}  {}", notice.position, timeText(at_ns),
                     printable(notice.customer), what, printable(details));
}

client::WatchOptions optionsOf(Session& session, const WatchArgs& args) {
  client::WatchOptions options;
  options.customer = args.customer;
  const bool chosen = args.balance || args.alerts || args.invoices;
  options.balances = args.balance || !chosen;
  options.alerts = args.alerts || !chosen;
  options.invoices = args.invoices || !chosen;
  options.from = args.from;
  options.json = session.json() ? client::WantJson::yes : client::WantJson::no;
  options.on_trouble = [&session](const client::WatchTrouble& trouble) {
    // A daemon that was never there is the caller's mistake, as with every other command.
    if (!trouble.began) throw client::Error(client::ErrorKind::unreachable, trouble.what);
    session.console().note(trouble.what + "; it is tried again");
  };
  return options;
}

ExitCode watch(Session& session, const WatchArgs& args) {
  if (args.customer.empty() != args.all) {
    throw UsageError("watch: name a customer, or --all", "See `daybook watch --help`.");
  }
  client::Watch watch(session.client(), optionsOf(session, args));
  std::uint64_t shown = 0;
  const client::WatchEnd end = watch.run([&](const client::Notice& notice) {
    session.console().line(session.json() ? notice.json : lineOf(notice));
    session.console().flush();
    if (++shown == args.limit) watch.close();
  });
  switch (end.kind) {
    case client::WatchEndKind::closed:
      return ExitCode::ok;
    case client::WatchEndKind::refused:
      return session.refused(end.outcome, end.detail);
    case client::WatchEndKind::slow:
    case client::WatchEndKind::failed:
      break;
  }
  session.console().error(
      fmt::format("the watch ended: {}: {}", name(end.kind), printable(end.detail)),
      fmt::format("Go on with --from {}", watch.next()));
  return ExitCode::unreachable;
}

}  // namespace

void addWatch(CLI::App& root, Session& session) {
  auto args = std::make_shared<WatchArgs>();
  auto* command = addCommand(
      root, "watch", "Show balances, alerts and closed invoices as they come",
      {"daybook watch acme", "daybook watch --all --alerts --json",
       "daybook watch --all --invoices --from 1000"},
      "It goes on until it is interrupted, over restarts of the daemon too. Each line begins with "
      "its position\n"
      "in the log: with the last one in --from nothing is missed, and that one comes again. A "
      "balance is shown\n"
      "after what touched it, several changes at once when they come faster than they are read.");
  auto* customer = command->add_option("CUSTOMER", args->customer, "The customer's id");
  command->add_flag("--all", args->all, "All customers")->excludes(customer);
  command->add_flag("--balance", args->balance,
                    "Balances; without any of the three: balances, alerts and invoices");
  command->add_flag("--alerts", args->alerts, "Alerts that are raised");
  command->add_flag("--invoices", args->invoices, "Invoices that close");
  command
      ->add_option("--from", args->from,
                   "Position of the first event to be told of; default: what comes from now on")
      ->type_name("POSITION");
  addLimitOption(*command, args->limit);
  runWith(*command, session, args, watch);
}

}  // namespace daybook::cli
