// daybook log.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/cli/terms_text.h"
#include "ledger/base/instant.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

// How long a call of --follow waits in the daemon; its own deadline is longer.
constexpr std::uint32_t kFollowWaitMs = 20'000;

struct LogArgs {
  std::uint64_t from = 0;
  std::uint64_t limit = 0;
  std::string customer;
  bool follow = false;
};

std::string textOf(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// The ids of customers by their numbers, which are what events hold.
class CustomerNames {
 public:
  explicit CustomerNames(Session& session) : session_(session) {}

  void learn(std::uint64_t number, std::string id) { ids_[number] = std::move(id); }
  /// "#17" where the id is not known: beyond the first thousand, for a caller that reads only a
  /// part of the log.
  std::string of(std::uint64_t number) {
    if (number == 0) return "";
    if (!ids_.contains(number) && !asked_) ask();
    const auto found = ids_.find(number);
    return found == ids_.end() ? fmt::format("#{}", number) : found->second;
  }

 private:
  void ask() {
    asked_ = true;
    const auto reply = session_.client().customers({.limit = kPageItems, .cursor = {}});
    for (const client::Customer& customer : reply.value.items) {
      ids_.emplace(customer.number, customer.id);
    }
  }

  Session& session_;
  std::map<std::uint64_t, std::string> ids_;
  bool asked_ = false;
};

bool isOneOf(const std::string& name, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* each) { return name == each; });
}

bool isInstant(const std::string& name) {
  return isOneOf(name,
                 {"at", "from", "to", "periodFrom", "expiry", "effective", "billingTo", "started",
                  "anchor", "cancelAt", "date", "due", "trialTo", "paused", "since", "lastDrawn"});
}

// What only repeats, or says less than its place takes.
bool isLeftOut(const std::string& name) {
  return isOneOf(name, {"totals", "billing", "fullFrom", "fullTo", "featureNumber", "onShortfall",
                        "formatVersion", "computedAt", "priority", "grantPriority", "atZero"});
}

// Empty for what says nothing: zero, and what stands for an absent value.
std::string valueText(const std::string& name, const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.empty() || isOneOf(text, {"0", "false", "-1", "absent", "-2147483648"})) return "";
  if (name == "disposition" && text == "current") return "";
  if (name == "status" && text == "open") return "";
  if (isInstant(name)) return timeText(std::stoll(text));
  if (name.ends_with("Ns")) return Duration{std::stoll(text)}.toString();
  return text;
}

// "name=value" for every scalar of a body, nested ones too, but for what says nothing.
class Summary {
 public:
  explicit Summary(const Json& body) {
    add(body);
    // Of what was asked, what the decision does not name.
    if (const auto asked = body.find("asked"); asked != body.end()) addUnnamed(*asked);
  }

  std::string text() const { return text_.empty() ? "" : text_.substr(1); }

 private:
  void addUnnamed(const Json& asked) {
    const std::set<std::string> named = names_;
    for (const auto& [name, value] : asked.items()) {
      if (!named.contains(name)) addMember(name, value);
    }
  }

  void add(const Json& object) {
    for (const auto& [name, value] : object.items()) {
      if (name == "drawnFrom") {
        addDrawnFrom(object);
      } else if (name != "asked") {
        addMember(name, value);
      }
    }
  }

  // All of the price, from one grant: as `draws` are shown.
  void addDrawnFrom(const Json& usage) {
    const std::string grant = valueText("drawnFrom", usage["drawnFrom"]);
    if (!grant.empty()) addText("draw", fmt::format("{}@{}", textOf(usage, "price"), grant));
  }

  void addMember(const std::string& name, const Json& value) {
    if (isLeftOut(name)) return;
    if (value.is_object()) {
      add(value);
    } else if (isOneOf(name, {"items", "usages"}) && value.is_array()) {
      for (const Json& item : value) add(item);
    } else if (name == "draws" || name == "pins") {
      for (const Json& draw : value) {
        addText(name == "draws" ? "draw" : "pin",
                fmt::format("{}@{}", textOf(draw, "amount"), textOf(draw, "grant")));
      }
    } else if (name == "rules") {
      if (value.empty()) addText(name, "none");
      for (const Json& rule : value) addText("rule", ruleText(rule));
    } else if (value.is_array()) {
      if (!value.empty()) addText(name, fmt::format("{}", value.size()));
    } else if (const std::string text = valueText(name, value); !text.empty()) {
      addText(name, text);
    }
  }

  void addText(const std::string& name, const std::string& text) {
    names_.insert(name);
    text_ += fmt::format(" {}={}", name, text);
  }

  std::string text_;
  std::set<std::string> names_;
};

void addEntry(const client::LogEntry& entry, CustomerNames& names, Table& table) {
  const Json event = Json::parse(entry.json);
  const auto body = event.find("body");
  std::string kind;
  std::string details;
  if (body != event.end() && !body->empty()) {
    kind = body->begin().key();
    details = Summary(body->begin().value()).text();
  }
  const std::uint64_t number = event.value("customer", std::uint64_t{0});
  if (kind == "customerCreated") names.learn(number, textOf(body->begin().value(), "id"));
  table.add({fmt::format("{}", entry.position), timeText(std::stoll(textOf(event, "recorded"))),
             names.of(number), kind, textOf(event, "key"), details});
}

ExitCode showLog(Session& session, const LogArgs& args) {
  std::uint64_t left = args.limit == 0 ? UINT64_MAX : args.limit;
  std::uint64_t next = args.from;
  CustomerNames names(session);
  Table table(
      {{"POSITION", Align::right}, {"RECORDED"}, {"CUSTOMER"}, {"EVENT"}, {"KEY"}, {"DETAILS"}});
  client::CallOptions options = session.callOptions();
  options.json = client::WantJson::no;
  if (args.follow) options.timeout = std::chrono::milliseconds(2 * kFollowWaitMs);
  for (;;) {
    const auto reply = session.client().log(
        {.from = next,
         .limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, kPageItems)),
         .customer = args.customer,
         .wait_ms = args.follow ? kFollowWaitMs : 0},
        options);
    if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
    for (const client::LogEntry& entry : reply.value.entries) {
      if (session.json()) {
        session.console().line(entry.json);
      } else {
        addEntry(entry, names, table);
      }
    }
    if (!session.json()) table.print(session.console());
    session.console().flush();
    left -= std::min<std::uint64_t>(left, reply.value.entries.size());
    const bool at_end = reply.value.next > reply.value.head.size;
    if (left == 0 || (at_end && !args.follow)) return ExitCode::ok;
    next = reply.value.next;
  }
}

}  // namespace

void addLog(CLI::App& root, Session& session) {
  auto args = std::make_shared<LogArgs>();
  auto* log = addCommand(root, "log", "Read the log of events",
                         {"daybook log --limit 20", "daybook log --customer acme --json",
                          "daybook log --from 1000 --follow"});
  log->add_option("--from", args->from, "Position to begin at; default: the first")
      ->type_name("POSITION");
  log->add_option("--customer", args->customer, "Only this customer's events")->type_name("ID");
  addLimitOption(*log, args->limit);
  log->add_flag("--follow", args->follow, "Go on with new events as they come");
  log->callback([&session, args] {
    session.setAction([&session, args] { return showLog(session, *args); });
  });
}

}  // namespace daybook::cli
