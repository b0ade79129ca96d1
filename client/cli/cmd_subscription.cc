// daybook subscribe, cancel, pause, resume.
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct SubscriptionArgs {
  std::string customer;
  client::Subscribe subscription;
  std::string interval;
  std::string anchor;
  std::vector<std::string> seats;
  std::string key;
  bool now = false;
  bool at_period_end = false;
  bool credit_unused = false;
  bool revoke = false;
};

client::SeatCount seatsArgument(const std::string& text) {
  const auto [feature, number] = pairArgument("--seats", text);
  client::SeatCount count{.feature = feature, .seats = 0};
  const char* const end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, count.seats);
  if (error != std::errc() || rest != end) {
    throw UsageError(fmt::format("--seats: '{}' is not a number of seats", number),
                     "Give it like --seats editors=5");
  }
  return count;
}

ExitCode subscribe(Session& session, const SubscriptionArgs& args) {
  client::Subscribe subscription = args.subscription;
  subscription.anchor_ns = timeArgument("--anchor", args.anchor);
  subscription.interval = intervalArgument(args.interval);
  for (const std::string& text : args.seats) subscription.seats.push_back(seatsArgument(text));
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().subscribe(args.customer, key, subscription, session.callOptions()),
        {.done = fmt::format("{} subscribed to {}", printable(args.customer),
                             printable(subscription.plan))});
  });
}

ExitCode cancel(Session& session, const SubscriptionArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    if (args.revoke) {
      return session.showReceipt(
          session.client().revokeCancel(args.customer, key, session.callOptions()),
          {.done = "cancellation revoked"});
    }
    const client::Cancel cancellation{
        .when = args.now ? client::CancelWhen::now : client::CancelWhen::periodEnd,
        .credit_unused = args.credit_unused};
    return session.showReceipt(
        session.client().cancel(args.customer, key, cancellation, session.callOptions()),
        {.done = args.now ? "canceled now" : "cancellation at the period's end recorded"});
  });
}

ExitCode pause(Session& session, const SubscriptionArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(session.client().pause(args.customer, key, session.callOptions()),
                               {.done = fmt::format("{} paused", printable(args.customer))});
  });
}

ExitCode resume(Session& session, const SubscriptionArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(session.client().resume(args.customer, key, session.callOptions()),
                               {.done = fmt::format("{} resumed", printable(args.customer))});
  });
}

void addSubscribe(CLI::App& root, Session& session) {
  auto args = std::make_shared<SubscriptionArgs>();
  auto* start = addCommand(root, "subscribe", "Start a subscription",
                           {"daybook subscribe acme pro",
                            "daybook subscribe acme pro --currency EUR --anchor 2026-02-01",
                            "daybook subscribe acme team --interval year --seats editors=5",
                            "daybook subscribe acme pro --trial-days 14"},
                           "The first base price is invoiced at once; in a trial, when it ends.");
  start->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  start->add_option("PLAN", args->subscription.plan, "The plan's code")->required();
  start->add_option("--currency", args->subscription.currency,
                    "ISO 4217; default: the customer's, else the plan's only one");
  addIntervalOption(*start, args->interval);
  start
      ->add_option("--anchor", args->anchor,
                   "When the first full period starts; until then is a stub. Default: now")
      ->type_name("TIME");
  start
      ->add_option("--trial-days", args->subscription.trial_days,
                   "Days of trial, 0: none; default: the plan's")
      ->type_name("DAYS");
  addRepeatedOption(*start, "--seats", args->seats, "Seats held from the start; may be repeated")
      ->type_name("FEATURE=COUNT");
  addKeyOption(*start, args->key);
  runWith(*start, session, args, subscribe);
}

void addCancel(CLI::App& root, Session& session) {
  auto args = std::make_shared<SubscriptionArgs>();
  auto* end =
      addCommand(root, "cancel", "End a subscription, or take that back",
                 {"daybook cancel acme", "daybook cancel acme --now",
                  "daybook cancel acme --now --credit-unused", "daybook cancel acme --revoke"},
                 "It ends with its billing period, unless --now is given.");
  end->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  auto* now = end->add_flag("--now", args->now, "End it at once");
  auto* at_end = end->add_flag("--at-period-end", args->at_period_end, "The default");
  auto* revoke = end->add_flag("--revoke", args->revoke, "Take a scheduled cancellation back");
  now->excludes(at_end)->excludes(revoke);
  at_end->excludes(revoke);
  end->add_flag("--credit-unused", args->credit_unused,
                "With --now: credit the unused part of what was paid in advance")
      ->needs(now);
  addKeyOption(*end, args->key);
  runWith(*end, session, args, cancel);
}

void addPause(CLI::App& root, Session& session) {
  auto args = std::make_shared<SubscriptionArgs>();
  auto* stop =
      addCommand(root, "pause", "Pause a subscription", {"daybook pause acme"},
                 "Closes what ran with an invoice, and refuses usage until it is resumed.\n"
                 "Purchased credits are kept.");
  stop->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  addKeyOption(*stop, args->key);
  runWith(*stop, session, args, pause);

  auto* go_on = addCommand(root, "resume", "Resume a paused subscription", {"daybook resume acme"},
                           "A new period starts now, at the newest version of the plan.");
  go_on->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  addKeyOption(*go_on, args->key);
  runWith(*go_on, session, args, resume);
}

}  // namespace

void addSubscriptions(CLI::App& root, Session& session) {
  addSubscribe(root, session);
  addCancel(root, session);
  addPause(root, session);
}

}  // namespace daybook::cli
