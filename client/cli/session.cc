#include "client/cli/session.h"

#include <errno.h>
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "client/cli/format.h"
#include "client/cli/table.h"
#include "ledger/base/check.h"
#include "ledger/base/instant.h"
#include "ledger/model/outcome.h"

namespace daybook::cli {
namespace {

std::string readToken(const std::string& token_file) {
  if (token_file.empty()) {
    const char* token = std::getenv("DAYBOOK_TOKEN");
    return token == nullptr ? "" : token;
  }
  std::string token = readFile(token_file);
  token.erase(std::min(token.find_first_of("\r\n"), token.size()));
  if (token.empty()) throw UsageError(fmt::format("{} holds no token", token_file));
  return token;
}

/// The features of a hold, a row each.
void printItems(const std::vector<client::ReceiptItem>& items, const ReceiptWords& words,
                Console& console) {
  const auto label = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  };
  Table table({{"FEATURE"},
               {label(words.quantity), Align::right},
               {label(words.price), Align::right},
               {label(words.balance_after), Align::right}});
  for (const client::ReceiptItem& item : items) {
    table.add({item.feature, numberText(item.quantity), numberText(item.price),
               numberText(item.balance_after)});
  }
  console.line();
  table.print(console);
}

}  // namespace

ExitCode Session::run() {
  CHECK(action_, "a command was named");
  const ExitCode code = action_();
  console_.flush();
  return code;
}

client::Client& Session::client() {
  if (!client_) {
    client_ =
        std::make_unique<client::Client>(client::Options{.address = options_.address,
                                                         .token = readToken(options_.token_file),
                                                         .ca_file = options_.ca_file,
                                                         .server_name = options_.server_name});
  }
  return *client_;
}

std::optional<std::chrono::milliseconds> Session::timeout() const {
  if (options_.timeout.empty()) return std::nullopt;
  constexpr std::int64_t kNsPerMs = 1'000'000;
  const std::int64_t ns = durationArgument("--timeout", options_.timeout);
  return std::chrono::milliseconds((ns + kNsPerMs - 1) / kNsPerMs);
}

client::CallOptions Session::callOptions(Work work) const {
  client::CallOptions options;
  options.timeout = timeout();
  if (!options.timeout && work == Work::slow) options.timeout = std::chrono::milliseconds(0);
  options.min_position = options_.min_position;
  options.json = options_.json ? client::WantJson::yes : client::WantJson::no;
  return options;
}

ExitCode Session::refused(const client::Outcome& outcome, std::string_view detail) {
  std::string what = fmt::format("refused: {}", outcome.name);
  if (!detail.empty()) what += fmt::format(": {}", printable(detail));
  console_.error(what, outcomeText(static_cast<Outcome>(outcome.number)));
  return ExitCode::refused;
}

ExitCode Session::showReceipt(const client::Reply<client::Receipt>& reply,
                              const ReceiptWords& words) {
  if (json()) console_.line(reply.json);
  if (!reply.ok()) return refused(reply.outcome, reply.detail);
  if (json()) return ExitCode::ok;
  const client::Receipt& receipt = reply.value;
  if (receipt.duplicate) {
    console_.line(
        fmt::format("already recorded at position {}: nothing was done now", receipt.position));
  } else if (receipt.position == 0) {
    console_.line("nothing to change");
  } else {
    console_.line(fmt::format("{} at position {}", words.done, receipt.position));
  }
  Facts facts;
  const auto add = [&](const std::string& label, const std::string& value) {
    if (!label.empty()) facts.add("  " + label, value);
  };
  const auto add_number = [&](const char* label, std::uint64_t number) {
    if (number != 0) add(label, fmt::format("{}", number));
  };
  add("recorded", timeText(receipt.recorded_ns));
  if (receipt.period_from_ns != 0) {
    add("period from", timeText(receipt.period_from_ns));
    add("counts in", std::string(name(receipt.disposition)) + " period");
  }
  add(words.quantity, receipt.quantity);
  add(words.price, moneyText(receipt.price, words.currency));
  for (const client::Draw& draw : receipt.draws) {
    const bool put_back = draw.amount.starts_with('-');
    add(put_back ? "put back" : "drawn",
        fmt::format("{} {} grant {}", put_back ? draw.amount.substr(1) : draw.amount,
                    put_back ? "into" : "of", draw.grant));
  }
  if (receipt.overdrawn != "0") add("overdrawn", receipt.overdrawn);
  if (receipt.unpaid != "0") add("unpaid", receipt.unpaid);
  if (receipt.late_charge != "0") {
    add("on the next invoice", moneyText(receipt.late_charge, words.currency));
  }
  add(words.balance_after, receipt.balance_after);
  add_number("grant", receipt.grant);
  add_number("invoice", receipt.invoice);
  add_number("credit note", receipt.credit_note);
  add("expires", receipt.hold_expiry_ns == 0 ? "" : timeText(receipt.hold_expiry_ns));
  if (receipt.hold_expired) add("hold", "had expired: recorded as plain usage");
  facts.print(console_);
  if (receipt.items.size() > 1) printItems(receipt.items, words, console_);
  return ExitCode::ok;
}

ExitCode Session::withKey(const std::string& given,
                          const std::function<ExitCode(const std::string& key)>& command) {
  const std::string key = given.empty() ? client::newKey() : given;
  try {
    return command(key);
  } catch (const client::Error& e) {
    if (e.kind() != client::ErrorKind::unknownOutcome) throw;
    console_.error(e.what(), fmt::format("Repeat the command with --key {}", key));
    return ExitCode::unreachable;
  }
}

client::Reply<client::Invoice> invoiceCalled(Session& session, const std::string& which,
                                             const client::CallOptions& options) {
  if (const auto number = numberCalled(which)) return session.client().invoice(*number, options);
  return session.client().invoice(which, options);
}

std::optional<std::uint64_t> numberCalled(const std::string& which) {
  std::uint64_t number = 0;
  const char* const end = which.data() + which.size();
  const auto [rest, error] = std::from_chars(which.data(), end, number);
  if (error != std::errc() || rest != end || number == 0) return std::nullopt;
  return number;
}

std::int64_t timeArgument(std::string_view option, std::string_view text) {
  if (text.empty()) return 0;
  const auto instant = Instant::parse(text);
  if (!instant) {
    throw UsageError(fmt::format("{}: '{}' is not a time", option, text),
                     "Give RFC 3339, like 2026-01-31T12:00:00Z, or a date, like 2026-01-31.");
  }
  return instant->ns;
}

std::int64_t durationArgument(std::string_view option, std::string_view text) {
  const auto duration = Duration::parse(text);
  if (!duration) {
    throw UsageError(fmt::format("{}: '{}' is not a length of time", option, text),
                     "Give a whole number and a unit of ms, s, m, h, d: 90s, 1h, 35d.");
  }
  return duration->ns;
}

std::string readFile(const std::string& path) {
  const auto fail = [&] {
    throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  };
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail();
  std::string text;
  char buffer[65'536];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file)) {
    text.append(buffer, got);
  }
  const bool failed = std::ferror(file) != 0;
  if (file != stdin) std::fclose(file);
  if (failed) fail();
  return text;
}

}  // namespace daybook::cli
