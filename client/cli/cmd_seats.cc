// daybook seats.
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct SeatsArgs {
  std::string customer;
  std::string feature;
  std::string change;
  std::string key;
};

client::ChangeSeats changeOf(const SeatsArgs& args) {
  client::ChangeSeats change{.feature = args.feature, .seats = 0, .set = args.change[0] == '='};
  const char* const begin = args.change.data() + 1;
  const char* const end = args.change.data() + args.change.size();
  const auto [rest, error] = std::from_chars(begin, end, change.seats);
  const bool has_sign = std::string_view("+-=").find(args.change[0]) != std::string_view::npos;
  if (!has_sign || error != std::errc() || rest != end || change.seats < 0) {
    throw UsageError(fmt::format("'{}' is not a change of seats", args.change),
                     "Give +3 to add, -1 to remove, or =10 for how many shall be held.");
  }
  if (args.change[0] == '-') change.seats = -change.seats;
  return change;
}

ExitCode showSeats(Session& session, const SeatsArgs& args) {
  const auto reply = session.client().balance(args.customer, session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) return ExitCode::ok;
  std::vector<client::SeatBalance> seats;
  for (const client::SeatBalance& each : reply.value.seats) {
    if (args.feature.empty() || each.feature == args.feature) seats.push_back(each);
  }
  if (seats.empty()) {
    session.console().line("no seats: the plan has none" +
                           (args.feature.empty() ? "" : " of " + printable(args.feature)));
    return ExitCode::ok;
  }
  printSeats(session.console(), seats, reply.value.terms ? reply.value.terms->currency : "");
  return ExitCode::ok;
}

ExitCode seats(Session& session, const SeatsArgs& args) {
  if (args.change.empty()) return showSeats(session, args);
  const client::ChangeSeats change = changeOf(args);
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().changeSeats(args.customer, key, change, session.callOptions()),
        {.done = "seats changed", .quantity = "held", .price = "on the next invoice"});
  });
}

}  // namespace

void addSeats(CLI::App& root, Session& session) {
  auto args = std::make_shared<SeatsArgs>();
  auto* command = addCommand(
      root, "seats", "Show or change how many seats a customer holds",
      {"daybook seats acme", "daybook seats acme editors +3", "daybook seats acme editors -1",
       "daybook seats acme editors =10"},
      "Seats added within a billing period are charged for the remaining time on the next monthly\n"
      "invoice, above the highest number already paid for. Removing gives no refund.");
  command->add_option("CUSTOMER", args->customer, "The customer's id")->required();
  command->add_option("FEATURE", args->feature, "The code of a feature of seats; default: all");
  command->add_option("CHANGE", args->change, "+N, -N or =N; default: only show");
  addKeyOption(*command, args->key);
  runWith(*command, session, args, seats);
}

}  // namespace daybook::cli
