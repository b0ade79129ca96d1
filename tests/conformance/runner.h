// Runs the text tables against the engine. Each test is a new ledger with a manual clock that
// stands at 2026-01-01; every line is checked at once.
//
// What is sold (catalog_lines.h) is published before the next line of another kind. Commands must
// be accepted unless "->" says otherwise: the name of the outcome, or parts of the receipt.
//
//   ledger grace=1h late=35d future=5m              settings; only as a test's first line
//   clock 2026-02-01T01:00:00Z                      moves it and does what has become due
//   customer acme [zone=Europe/Paris]    zone acme America/New_York
//   subscribe acme pro [EUR] [anchor=2026-01-15]
//   cancel acme [now]    revoke acme
//   record acme calls 15 [at=...] [cap|overdraw] -> price=0.15 left=0 draws=1:10,2:5 [grace]
//   tokens acme chat anthropic/opus in=1000 out=500 [total=] [read=] [write=] [at=...] -> ...
//   buy acme small [EUR]    topup acme 50
//   publish -> invalidCatalog                       publishes now what the lines above describe
//
// Reads; all that is named must be equal:
//
//   check acme calls 5 -> yes|no [outcome] [overage] cost= remaining= available= balance=
//   show acme -> state= plan= from= to= cancel= used.calls= left.calls= unpaid.calls= charge.calls=
//       credits.plan= credits.purchased= debt= available= money= topUps= grants=2:10,1:5
//   invoices acme 3                                 how many there are
//   invoice acme [last|1|2|...] -> renewal 149.00 date= from= to= label= due= currency= book=
//     overage calls 50.00 [exact=] [quantity=] [from=] [to=]       its lines: all, in order
//   upcoming acme [-> none]                         as invoice
#pragma once

#include <algorithm>

#include "daemon/zone_database.h"
#include "tests/conformance/catalog_lines.h"
#include "tests/support/engine_fixture.h"

namespace daybook::conformance {

class Runner {
 public:
  explicit Runner(const ZoneRules& zones) : zones_(zones) {}

  /// Throws at the first line that does not hold.
  void run(const Script& script) {
    ledger_.reset();
    for (const Line& line : script.lines) {
      current_ = &line;
      if (line.word(0) == "ledger") {
        create(settingsOf(line));
        continue;
      }
      if (!ledger_) create(testing::manualClock());
      if (addToCatalog(catalog_, line)) continue;
      if (line.word(0) == "publish") {
        expectVerdict(publishStaged());
        continue;
      }
      if (!isEmpty(catalog_)) {
        const Verdict verdict = publishStaged();
        if (!verdict.isOk()) line.fail("the catalog above is refused: " + verdict.detail);
      }
      if (!command(line)) read(line);
    }
  }

 private:
  static bool isEmpty(const Catalog& catalog) { return catalog == Catalog(); }

  LedgerSettings settingsOf(const Line& line) const {
    LedgerSettings settings = testing::manualClock();
    const auto length = [&line](const std::string& name, Duration& value) {
      if (const auto text = line.words.option(name)) value = Duration::parse(*text).value();
    };
    length("grace", settings.grace);
    length("late", settings.late_window);
    length("future", settings.future_limit);
    return settings;
  }

  void create(LedgerSettings settings) {
    catalog_ = Catalog();
    ledger_.emplace(zones_, Instant::parse("2026-01-01").value(), std::move(settings));
  }

  Verdict publishStaged() {
    PublishCatalog publish{std::move(catalog_), "digest"};
    catalog_ = Catalog();
    return ledger_->give("", std::move(publish)).verdict;
  }

  // Commands.

  bool command(const Line& line) {
    const std::string& verb = line.word(0);
    if (verb == "clock") {
      const Instant to = line.instant(line.word(1));
      if (line.expected) {
        expectVerdict(ledger_->give("", MoveClock{to}).verdict);
      } else {
        ledger_->advance(to);
      }
      return true;
    }
    std::optional<CommandBody> body = bodyOf(line);
    if (!body) return false;
    const Answer answer = ledger_->give(line.word(1), std::move(*body));
    expectVerdict(answer.verdict);
    if (answer.verdict.isOk()) expectReceipt(answer.receipt);
    return true;
  }

  std::optional<CommandBody> bodyOf(const Line& line) const {
    const std::string& verb = line.word(0);
    const Words& words = line.words;
    const std::string currency = words.plain.size() > 3 ? words.plain[3] : "";
    if (verb == "customer") return CreateCustomer{words.option("zone").value_or("")};
    if (verb == "zone") return UpdateCustomer{line.word(2)};
    if (verb == "subscribe") {
      Subscribe subscribe{line.word(2), currency, std::nullopt};
      if (const auto anchor = words.option("anchor")) subscribe.anchor = line.instant(*anchor);
      return subscribe;
    }
    if (verb == "cancel") {
      return Cancel{words.has("now") ? CancelWhen::now : CancelWhen::periodEnd};
    }
    if (verb == "revoke") return RevokeCancel{};
    if (verb == "buy") return BuyCredits{line.word(2), currency};
    if (verb == "topup") return TopUp{line.decimal(line.word(2)), currency};
    if (verb == "record" || verb == "tokens") return usageOf(line);
    return std::nullopt;
  }

  RecordUsage usageOf(const Line& line) const {
    RecordUsage usage;
    usage.feature = line.word(2);
    if (line.words.has("cap")) usage.on_shortfall = OnShortfall::cap;
    if (line.words.has("overdraw")) usage.on_shortfall = OnShortfall::overdraw;
    if (const auto at = line.words.option("at")) usage.at = line.instant(*at);
    if (line.word(0) == "tokens") {
      usage.tokens = tokensOf(line);
    } else if (line.words.plain.size() > 3) {
      if (const auto quantity = Decimal::parse(line.word(3))) usage.quantity = *quantity;
    }
    return usage;
  }

  Tokens tokensOf(const Line& line) const {
    Tokens tokens;
    const std::string& name = line.word(3);
    const std::size_t slash = name.find('/');
    if (slash != std::string::npos) tokens.provider = name.substr(0, slash);
    tokens.model = slash == std::string::npos ? name : name.substr(slash + 1);
    const auto count = [&line](const std::string& option) -> std::optional<std::uint64_t> {
      const auto text = line.words.option(option);
      if (!text) return std::nullopt;
      return std::stoull(*text);
    };
    tokens.input = count("in");
    tokens.total_input = count("total");
    tokens.output = count("out");
    tokens.cache_read = count("read").value_or(0);
    tokens.cache_write = count("write").value_or(0);
    return tokens;
  }

  // Expectations.

  void expect(const std::string& what, const std::string& wanted, const std::string& got) const {
    if (wanted != got) current_->fail(what + " is " + got + ", not " + wanted);
  }
  void expectDecimal(const std::string& what, const std::string& wanted, Decimal got) const {
    if (current_->decimal(wanted) != got) current_->fail(what + " is " + got.toString());
  }
  void expectInstant(const std::string& what, const std::string& wanted, Instant got) const {
    if (current_->instant(wanted) != got) current_->fail(what + " is " + got.toString());
  }

  /// The outcome named after "->", or ok when no word there is an outcome.
  void expectVerdict(const Verdict& verdict) const {
    std::string wanted = "ok";
    if (current_->expected) {
      for (const std::string& word : current_->expected->plain) {
        if (outcomeFromName(word)) wanted = word;
      }
    }
    expect("the outcome (" + verdict.detail + ")", wanted,
           std::string(outcomeName(verdict.outcome)));
  }

  void expectReceipt(const Receipt& receipt) const {
    if (!current_->expected) return;
    const bool grace = current_->expected->has("grace");
    if (grace != (receipt.disposition == Disposition::grace)) {
      current_->fail(grace ? "it is not grace usage" : "it is grace usage");
    }
    for (const auto& [name, wanted] : current_->expected->options) {
      if (name == "price") {
        expectDecimal(name, wanted, receipt.price);
      } else if (name == "left") {
        expectDecimal(name, wanted, receipt.balance_after);
      } else if (name == "quantity") {
        expectDecimal(name, wanted, receipt.quantity);
      } else if (name == "unpaid") {
        expectDecimal(name, wanted, receipt.unpaid);
      } else if (name == "overdrawn") {
        expectDecimal(name, wanted, receipt.overdrawn);
      } else if (name == "draws") {
        expect(name, wanted, textOf(receipt.draws));
      } else if (name == "invoice") {
        expect(name, wanted, std::to_string(receipt.invoice.value));
      } else {
        current_->fail("a receipt has no '" + name + "'");
      }
    }
  }

  static std::string textOf(const std::vector<Draw>& draws) {
    std::string text;
    for (const Draw& draw : draws) {
      text += (text.empty() ? "" : ",") + std::to_string(draw.grant.value) + ":" +
              draw.amount.toString();
    }
    return text.empty() ? "none" : text;
  }

  // Reads.

  void read(const Line& line) {
    const std::string& verb = line.word(0);
    if (verb == "check") return check(line);
    if (verb == "show") return show(line);
    if (verb == "invoices") {
      return expect("the number of invoices", line.word(2),
                    std::to_string(ledger_->invoices(line.word(1)).size()));
    }
    if (verb == "invoice") return closedInvoice(line);
    if (verb == "upcoming") return upcoming(line);
    line.fail("'" + verb + "' is no command");
  }

  void check(const Line& line) const {
    const CheckAnswer answer = core::check(ledger_->state(), ledger_->customer(line.word(1)),
                                           usageOf(line), ledger_->context());
    if (!line.expected) line.fail("a check expects an answer");
    expectVerdict(answer.verdict);
    expect("the answer", line.expected->has("yes") ? "yes" : "no", answer.allowed ? "yes" : "no");
    expect("overage", line.expected->has("overage") ? "begins" : "does not begin",
           answer.overage_begins ? "begins" : "does not begin");
    for (const auto& [name, wanted] : line.expected->options) {
      if (name == "cost") {
        expectDecimal(name, wanted, answer.cost);
      } else if (name == "remaining") {
        expectDecimal(name, wanted, answer.remaining_included);
      } else if (name == "available") {
        expectDecimal(name, wanted, answer.credits.available);
      } else if (name == "balance") {
        expectDecimal(name, wanted, answer.balance);
      } else {
        line.fail("a check has no '" + name + "'");
      }
    }
  }

  void show(const Line& line) const {
    const Balance balance = ledger_->balance(line.word(1));
    if (!line.expected) line.fail("a balance expects something");
    for (const auto& [name, wanted] : line.expected->options) {
      const std::size_t dot = name.find('.');
      if (name.rfind("credits.", 0) != 0 && dot != std::string::npos) {
        showFeature(balance, name.substr(0, dot), name.substr(dot + 1), wanted);
      } else if (!showCredits(balance, name, wanted)) {
        showSubscription(balance, name, wanted);
      }
    }
  }

  void showFeature(const Balance& balance, const std::string& what, const std::string& code,
                   const std::string& wanted) const {
    const auto feature = std::find_if(balance.features.begin(), balance.features.end(),
                                      [&code](const auto& one) { return one.feature == code; });
    if (feature == balance.features.end()) current_->fail("no feature " + code);
    if (what == "used") return expectDecimal(what, wanted, feature->used);
    if (what == "left") return expectDecimal(what, wanted, feature->remaining);
    if (what == "unpaid") return expectDecimal(what, wanted, feature->unpaid);
    if (what == "charge") return expectDecimal(what, wanted, feature->charge);
    if (what == "events") return expect(what, wanted, std::to_string(feature->events));
    current_->fail("a feature's balance has no '" + what + "'");
  }

  bool showCredits(const Balance& balance, const std::string& name,
                   const std::string& wanted) const {
    if (name == "credits.plan") {
      expectDecimal(name, wanted, balance.credits.plan);
    } else if (name == "credits.purchased") {
      expectDecimal(name, wanted, balance.credits.purchased);
    } else if (name == "debt") {
      expectDecimal(name, wanted, balance.credits.debt);
    } else if (name == "available") {
      expectDecimal(name, wanted, balance.credits.available);
    } else if (name == "money") {
      expectDecimal(name, wanted, balance.money.amount);
    } else if (name == "topUps") {
      expectDecimal(name, wanted, balance.money.top_ups);
    } else if (name == "grants") {
      std::vector<Draw> left;
      for (const Grant& grant : balance.grants) left.push_back({grant.number, grant.remaining});
      expect(name, wanted, textOf(left));
    } else {
      return false;
    }
    return true;
  }

  void showSubscription(const Balance& balance, const std::string& name,
                        const std::string& wanted) const {
    if (name == "state") {
      const char* const names[] = {"none", "active", "canceled"};
      return expect(name, wanted, names[static_cast<std::size_t>(balance.state)]);
    }
    if (name == "plan") {
      return expect(name, wanted, balance.terms.plan + ":" + std::to_string(balance.terms.version));
    }
    if (name == "from") return expectInstant(name, wanted, balance.period_from);
    if (name == "to") return expectInstant(name, wanted, balance.period_to);
    if (name == "cancel") return expectInstant(name, wanted, balance.cancel_at);
    current_->fail("a balance has no '" + name + "'");
  }

  void closedInvoice(const Line& line) {
    const std::vector<Invoice> invoices = ledger_->invoices(line.word(1));
    if (invoices.empty()) line.fail("there is no invoice");
    const std::string& which = line.word(2);
    const std::size_t index = which == "last" ? invoices.size() : std::stoul(which);
    if (index == 0 || index > invoices.size()) line.fail("there is no such invoice");
    expectInvoice(line, invoices[index - 1]);
  }

  void upcoming(const Line& line) {
    const auto invoice =
        core::upcoming(ledger_->state(), ledger_->customer(line.word(1)), ledger_->context());
    const bool none = line.expected && line.expected->has("none");
    if (none != !invoice) line.fail(none ? "there is an upcoming invoice" : "there is none");
    if (invoice) expectInvoice(line, *invoice);
  }

  static std::string nameOf(InvoiceType type) {
    const char* const names[] = {"start", "renewal", "final", "creditPurchase", "balanceTopUp"};
    return names[static_cast<std::size_t>(type)];
  }
  static std::string nameOf(LineType type) {
    const char* const names[] = {"plan_base",       "overage", "minimum",
                                 "balance_overage", "pack",    "top_up"};
    return names[static_cast<std::size_t>(type)];
  }

  void expectInvoice(const Line& line, const Invoice& invoice) {
    if (!line.expected || line.expected->plain.size() != 2) line.fail("expected: type total");
    expect("the type", line.expected->plain[0], nameOf(invoice.type));
    expectDecimal("the total", line.expected->plain[1], invoice.total);
    for (const auto& [name, wanted] : line.expected->options) {
      if (name == "date") {
        expectInstant(name, wanted, invoice.date);
      } else if (name == "from") {
        expectInstant(name, wanted, invoice.from);
      } else if (name == "to") {
        expectInstant(name, wanted, invoice.to);
      } else if (name == "due") {
        expectInstant(name, wanted, invoice.due);
      } else if (name == "label") {
        expect(name, wanted, invoice.label);
      } else if (name == "currency") {
        expect(name, wanted, invoice.currency);
      } else if (name == "plan") {
        expect(name, wanted, invoice.plan + ":" + std::to_string(invoice.plan_version));
      } else if (name == "book") {
        expect(name, wanted, std::to_string(invoice.price_book_version));
      } else {
        line.fail("an invoice has no '" + name + "'");
      }
    }
    expect("the number of lines", std::to_string(line.below.size()),
           std::to_string(invoice.lines.size()));
    for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
      current_ = &line.below[i];
      expectLine(line.below[i], invoice.lines[i]);
    }
    current_ = &line;
  }

  void expectLine(const Line& wanted, const InvoiceLine& line) const {
    const bool has_feature = !line.feature.empty();
    expect("the line", wanted.word(0), nameOf(line.type));
    if (has_feature) expect("the feature", wanted.word(1), line.feature);
    expectDecimal("the amount", wanted.word(has_feature ? 2 : 1), line.amount);
    for (const auto& [name, value] : wanted.words.options) {
      if (name == "exact") {
        expectDecimal(name, value, line.exact);
      } else if (name == "quantity") {
        expectDecimal(name, value, line.quantity);
      } else if (name == "included") {
        expectDecimal(name, value, line.included);
      } else if (name == "from") {
        expectInstant(name, value, line.from);
      } else if (name == "to") {
        expectInstant(name, value, line.to);
      } else {
        wanted.fail("a line has no '" + name + "'");
      }
    }
  }

  const ZoneRules& zones_;
  std::optional<testing::TestLedger> ledger_;
  Catalog catalog_;
  const Line* current_ = nullptr;
};

}  // namespace daybook::conformance
