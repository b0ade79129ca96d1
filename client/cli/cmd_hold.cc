// daybook hold, settle, use, release, extend, holds.
#include <fmt/format.h>

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

struct HoldArgs {
  std::string customer;
  std::string hold;
  std::vector<std::string> items;
  std::vector<std::string> properties;
  client::Tokens tokens;
  std::string at;
  std::string ttl;
  std::string on_shortfall = "reject";
  std::string key;
  std::uint64_t limit = 0;
};

void addCustomer(CLI::App& command, HoldArgs& args) {
  command.add_option("CUSTOMER", args.customer, "The customer's id")->required();
}

void addHold(CLI::App& command, HoldArgs& args) {
  command.add_option("HOLD", args.hold, "The key that the hold was placed with")->required();
}

CLI::Option* addItems(CLI::App& command, HoldArgs& args, const std::string& description) {
  CLI::Option* items = command.add_option("ITEMS", args.items, description);
  items->type_name("FEATURE[=QUANTITY]");
  addTokenOptions(command, args.tokens);
  addPropertyOption(command, args.properties);
  return items;
}

void addTtl(CLI::App& command, HoldArgs& args) {
  command.add_option("--ttl", args.ttl, "How long it lives; default: 5m, at most 24h in all")
      ->type_name("DURATION");
}

void addAt(CLI::App& command, HoldArgs& args) {
  command.add_option("--at", args.at, "When it happened; default: now")->type_name("TIME");
}

// Tokens and properties are those of every item.
std::vector<client::HoldItem> itemsOf(const HoldArgs& args) {
  std::vector<client::HoldItem> items;
  for (const std::string& text : args.items) {
    const std::size_t equals = text.find('=');
    client::HoldItem item{.feature = text.substr(0, equals),
                          .quantity = {},
                          .tokens = std::nullopt,
                          .properties = propertyArguments(args.properties)};
    if (equals != std::string::npos) item.quantity = text.substr(equals + 1);
    if (args.tokens != client::Tokens{}) item.tokens = args.tokens;
    items.push_back(std::move(item));
  }
  return items;
}

std::int64_t ttlOf(const HoldArgs& args) {
  return args.ttl.empty() ? 0 : durationArgument("--ttl", args.ttl);
}

ExitCode place(Session& session, const HoldArgs& args) {
  const client::PlaceHold hold{.items = itemsOf(args), .ttl_ns = ttlOf(args)};
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().placeHold(args.customer, key, hold, session.callOptions()),
        {.done = "held as " + printable(key),
         .quantity = "held",
         .price = "would cost",
         .balance_after = "left"});
  });
}

ExitCode settle(Session& session, const HoldArgs& args) {
  const client::SettleHold settlement{
      .hold = args.hold, .items = itemsOf(args), .at_ns = timeArgument("--at", args.at)};
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().settleHold(args.customer, key, settlement, session.callOptions()),
        {.done = "settled"});
  });
}

ExitCode use(Session& session, const HoldArgs& args) {
  const client::HoldItem item = itemsOf(args).front();
  const client::UseHold use{.hold = args.hold,
                            .usage = {.feature = item.feature,
                                      .quantity = item.quantity,
                                      .tokens = item.tokens,
                                      .at_ns = timeArgument("--at", args.at),
                                      .properties = item.properties,
                                      .on_shortfall = shortfallArgument(args.on_shortfall),
                                      .set = false}};
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().useHold(args.customer, key, use, session.callOptions()),
        {.done = "recorded"});
  });
}

ExitCode release(Session& session, const HoldArgs& args) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().releaseHold(args.customer, key, args.hold, session.callOptions()),
        {.done = "released"});
  });
}

ExitCode extend(Session& session, const HoldArgs& args) {
  const client::ExtendHold extension{.hold = args.hold, .ttl_ns = ttlOf(args)};
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(
        session.client().extendHold(args.customer, key, extension, session.callOptions()),
        {.done = "extended"});
  });
}

std::string pinsText(const std::vector<client::Draw>& pins) {
  std::string text;
  for (const client::Draw& pin : pins) {
    text += fmt::format("{}{} of grant {}", text.empty() ? "" : ", ", pin.amount, pin.grant);
  }
  return text;
}

ExitCode list(Session& session, const HoldArgs& args) {
  Table table(
      {{"HOLD"}, {"PLACED"}, {"EXPIRES"}, {"FEATURE"}, {"HELD", Align::right}, {"CREDITS"}});
  return showList<client::Hold>(
      session, args.limit, "holds",
      [&](client::PageRequest page) {
        return session.client().holds(args.customer, std::move(page), session.callOptions());
      },
      [&](const std::vector<client::Hold>& holds) {
        for (const client::Hold& hold : holds) {
          for (const client::HeldItem& item : hold.items) {
            table.add({printable(hold.key), timeText(hold.placed_ns), timeText(hold.expiry_ns),
                       item.asked.feature, numberText(item.quantity), pinsText(item.pins)});
          }
        }
        table.print(session.console());
      });
}

void addEndings(CLI::App& root, Session& session, const std::shared_ptr<HoldArgs>& args) {
  auto* settle_command =
      addCommand(root, "settle", "Replace a hold with what was used",
                 {"daybook settle acme job-7 images=3", "daybook settle acme job-7",
                  "daybook settle acme job-8 chat --model gpt-x --total-input 1200 --output 80"},
                 "Recorded in full, whatever is left: what was held and not used is free again, "
                 "and what goes\n"
                 "beyond it is drawn like any usage, or makes the balance negative. An expired "
                 "hold is settled\n"
                 "in the same way. `daybook help holding` says more.");
  addCustomer(*settle_command, *args);
  addHold(*settle_command, *args);
  addItems(*settle_command, *args, "What was used; default: all that it still holds");
  addAt(*settle_command, *args);
  addKeyOption(*settle_command, args->key);
  runWith(*settle_command, session, args, settle);

  auto* release_command = addCommand(root, "release", "End a hold: what it set aside is free again",
                                     {"daybook release acme job-7"});
  addCustomer(*release_command, *args);
  addHold(*release_command, *args);
  addKeyOption(*release_command, args->key);
  runWith(*release_command, session, args, release);
}

}  // namespace

void addHolds(CLI::App& root, Session& session) {
  auto args = std::make_shared<HoldArgs>();
  auto* hold_command = addCommand(
      root, "hold", "Set an amount aside before the work, or refuse",
      {"daybook hold acme images=4 --key job-7", "daybook hold acme images=4 calls=100 --ttl 1h",
       "daybook hold acme chat --model gpt-x --total-input 1200 --output 4000 --key job-8"},
      "The key names the hold: settle or release it by it. Several features are held all or none.\n"
      "What a hold sets aside nobody else can use, until it is settled or released, or expires.");
  addCustomer(*hold_command, *args);
  addItems(*hold_command, *args, "Features, a quantity each; default: 1")->required();
  addTtl(*hold_command, *args);
  addKeyOption(*hold_command, args->key);
  runWith(*hold_command, session, args, place);
  addEndings(root, session, args);

  auto* use_command =
      addCommand(root, "use", "Record usage out of a hold, which stays open",
                 {"daybook use acme job-7 images=1", "daybook use acme job-7 images --key step-3"});
  addCustomer(*use_command, *args);
  addHold(*use_command, *args);
  addItems(*use_command, *args, "What was used")->required()->expected(1);
  addAt(*use_command, *args);
  addShortfallOption(*use_command, args->on_shortfall);
  addKeyOption(*use_command, args->key);
  runWith(*use_command, session, args, use);

  auto* extend_command =
      addCommand(root, "extend", "Let a hold live longer", {"daybook extend acme job-7 --ttl 1h"},
                 "Counted from now on. It is never made shorter.");
  addCustomer(*extend_command, *args);
  addHold(*extend_command, *args);
  addTtl(*extend_command, *args);
  addKeyOption(*extend_command, args->key);
  runWith(*extend_command, session, args, extend);

  auto* list_command = addCommand(root, "holds", "List a customer's open holds",
                                  {"daybook holds acme", "daybook holds acme --json"});
  addCustomer(*list_command, *args);
  addLimitOption(*list_command, args->limit);
  runWith(*list_command, session, args, list);
}

}  // namespace daybook::cli
