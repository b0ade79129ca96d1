// Runs the text tables against the engine. Each test is a new ledger with a manual clock that
// stands at 2026-01-01; every line is checked at once.
//
// What is sold (catalog_lines.h) is published before the next line of another kind. Commands
// (command_lines.h) must be accepted unless "->" says otherwise: the name of the outcome, or parts
// of the receipt:
//
//   record acme calls 15 -> grace price=0.15 left=0 draws=1:10,2:5 lateCharge= unpaid= overdrawn=
//   ledger grace=1h late=35d future=5m due=14 prefix=INV- notes=CN- firstInvoice=1 firstNote=1
//                                                   settings; only as a test's first line
//   clock 2026-02-01T01:00:00Z                      moves it and does what has become due
//   clock 2026-02-01 idle                           moves it and does nothing
//   publish -> invalidCatalog                       publishes now what the lines above describe
//
// Reads; all that is named must be equal:
//
//   check acme calls 5 -> yes|no [outcome] [overage] cost= remaining= available= balance=
//   show acme -> state= plan= from= to= billing= cancel= trial= pinned= change=pro:month
//       used.calls= left.calls= included.calls= unpaid.calls= charge.calls= events.calls=
//       held.team= highest.team= trueUp.team= enabled=sso
//       credits.plan= credits.promotional= credits.purchased= debt= available= grants=2:10,1:5
//       money= moneyLeft= included= topUps= holds= onHold.calls= onHold.credits= onHold.money=
//       late=2026-01-01:5 adjustments= credit= alerts=usage.calls:80%
//   owed acme -> 10 5                               customer credit by entry, oldest first
//   invoices acme 3                                 how many there are
//   invoice acme [last|1|2|...] -> renewal 149.00   invoice_lines.h
//   status acme 2 -> open|paid|void|uncollectible [paid=] [credited=]
//   note acme [last|1|2|...] -> 10 [asCredit] invoice= label= date=
//   upcoming acme [-> none]                         as invoice
//   preview acme pro [year] [now|atPeriodEnd] -> now|atPeriodEnd at= [total=] | outcome
//                                                   of a change of plan; below it the lines
//   raised acme -> usage.calls:80% ...              every alert that was recorded, in order
//   raised acme last -> value= threshold=
//   holds acme -> h1:calls:5+images:2 h2:calls:1    open ones, with what they still hold
//   expired acme -> 1:40 3:10                       every CreditsExpired, in order
//   log acme -> periodStarted alertRaised           the kinds of the newest events, oldest first
#pragma once

#include <algorithm>

#include "daemon/zone_database.h"
#include "tests/conformance/catalog_lines.h"
#include "tests/conformance/command_lines.h"
#include "tests/conformance/invoice_lines.h"
#include "tests/support/engine_fixture.h"

namespace daybook::conformance {

/// When what has become due is done: as soon as the clock moves, or not before the customer's next
/// command. Numbers of invoices are the same for a test with one customer.
enum class Pace { prompt, lazy };

class Runner {
 public:
  Runner(const ZoneRules& zones, Pace pace) : zones_(zones), pace_(pace) {}

  /// Throws at the first line that does not hold, or when the log alone gives another state.
  void run(const Script& script) {
    ledger_.reset();
    for (const Line& line : script.lines) {
      obey(line);
      line.expectAllRead();
    }
    const core::Engine again = testing::replayed(ledger_->log());
    const bool is_same = again.state().customers == ledger_->state().customers &&
                         again.state().ledger == ledger_->state().ledger;
    if (!is_same) script.lines.back().fail("replay gives another state");
  }

 private:
  void obey(const Line& line) {
    if (line.word(0) == "ledger") return create(settingsOf(line));
    if (!ledger_) create(testing::manualClock());
    if (addToCatalog(catalog_, line)) return;
    if (line.word(0) == "publish") return expectVerdict(line, publishStaged());
    if (catalog_ != Catalog()) {
      const Verdict verdict = publishStaged();
      if (!verdict.isOk()) line.fail("the catalog above is refused: " + verdict.detail);
    }
    if (line.word(0) == "clock") return moveClock(line);
    if (const auto command = commandOf(line)) return give(line, *command);
    read(line);
  }

  static LedgerSettings settingsOf(const Line& line) {
    LedgerSettings settings = testing::manualClock();
    const auto length = [&line](const std::string& name, Duration& value) {
      if (const auto text = line.words.option(name)) value = Duration::parse(*text).value();
    };
    length("grace", settings.grace);
    length("late", settings.late_window);
    length("future", settings.future_limit);
    settings.invoice_prefix = line.option("prefix", settings.invoice_prefix);
    settings.credit_note_prefix = line.option("notes", settings.credit_note_prefix);
    settings.first_invoice = line.number(line.option("firstInvoice", "1"));
    settings.first_credit_note = line.number(line.option("firstNote", "1"));
    settings.due_days = line.smallNumber(line.option("due", "14"));
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

  void moveClock(const Line& line) {
    const Instant to = line.instant(line.word(1));
    if (line.expected) return expectVerdict(line, ledger_->give("", MoveClock{to}).verdict);
    if (line.words.has("idle") || pace_ == Pace::lazy) return ledger_->moveClock(to);
    ledger_->advance(to);
  }

  void give(const Line& line, const CommandBody& command) {
    const bool is_hold = std::holds_alternative<PlaceHold>(command);
    const std::string key = is_hold ? line.word(2) : line.option("key", "");
    const Answer answer = ledger_->give(line.word(1), command, key);
    expectVerdict(line, answer.verdict);
    if (answer.verdict.isOk()) return expectReceipt(line, answer.receipt);
    if (const auto detail = line.expected->option("detail")) {
      expectText(line, "the detail", *detail, answer.verdict.detail);
    }
  }

  // Reads.

  void read(const Line& line) {
    using Reader = void (Runner::*)(const Line&) const;
    static const std::map<std::string, Reader> readers = {
        {"check", &Runner::check},     {"show", &Runner::show},
        {"owed", &Runner::owed},       {"invoices", &Runner::invoices},
        {"invoice", &Runner::invoice}, {"status", &Runner::status},
        {"note", &Runner::creditNote}, {"upcoming", &Runner::upcoming},
        {"preview", &Runner::preview}, {"raised", &Runner::raised},
        {"expired", &Runner::expired}, {"log", &Runner::log},
        {"holds", &Runner::holds},
    };
    const auto reader = readers.find(line.word(0));
    if (reader == readers.end()) line.fail("'" + line.word(0) + "' is no command");
    if (line.word(0) != "invoices" && !line.expected && line.word(0) != "upcoming") {
      line.fail("it expects something");
    }
    // These show what is due as done; the others read what is recorded.
    const bool is_projected = line.word(0) == "check" || line.word(0) == "show" ||
                              line.word(0) == "upcoming" || line.word(0) == "preview";
    if (pace_ == Pace::lazy && !is_projected) ledger_->workOff(customerOf(line).number);
    (this->*reader->second)(line);
  }

  const Customer& customerOf(const Line& line) const { return ledger_->customer(line.word(1)); }

  /// The bodies of this kind in the customer's events, oldest first.
  template <typename Body>
  std::vector<Body> recorded(const Line& line) const {
    std::vector<Body> bodies;
    for (const Event& event : ledger_->log()) {
      if (event.customer != customerOf(line).number) continue;
      if (const auto* body = std::get_if<Body>(&event.body)) bodies.push_back(*body);
    }
    return bodies;
  }

  /// The element that a word names: "last", or its number from 1.
  template <typename Element>
  static const Element& chosen(const Line& line, const std::vector<Element>& elements) {
    const std::string& which = line.word(2);
    const std::size_t index = which == "last" ? elements.size() : line.number(which);
    if (index == 0 || index > elements.size()) {
      line.fail("there is no such one of " + std::to_string(elements.size()));
    }
    return elements[index - 1];
  }

  static void expectWords(const Line& line, const std::vector<std::string>& got) {
    std::vector<std::string> wanted = line.expected->all();
    if (wanted == std::vector<std::string>{"none"}) wanted.clear();
    expectText(line, "the list", joined(wanted), joined(got));
  }

  void check(const Line& line) const {
    expectAnswer(
        line, core::check(ledger_->state(), customerOf(line), usageOf(line), ledger_->context()));
  }

  void show(const Line& line) const {
    expectFacts(line, *line.expected, factsOf(ledger_->balance(line.word(1))));
  }

  void owed(const Line& line) const {
    std::vector<std::string> left;
    for (const CustomerCredit& credit : customerOf(line).credits) {
      left.push_back(credit.remaining.toString());
    }
    expectWords(line, left);
  }

  void invoices(const Line& line) const {
    expectText(line, "the number of invoices", line.word(2),
               std::to_string(ledger_->invoices(line.word(1)).size()));
  }

  void invoice(const Line& line) const {
    expectInvoice(line, chosen(line, ledger_->invoices(line.word(1))));
  }

  void status(const Line& line) const {
    const InvoiceRef& ref = chosen(line, customerOf(line).invoices);
    expectText(line, "the status", line.expected->all().front(), nameOf(ref.status));
    expectFacts(line, *line.expected,
                {{"paid", ref.paid.toString()},
                 {"credited", ref.credited.toString()},
                 {"total", ref.total.toString()}});
  }

  void creditNote(const Line& line) const {
    std::vector<CreditNote> notes;
    for (const CreditNoteClosed& closed : recorded<CreditNoteClosed>(line)) {
      notes.push_back(closed.note);
    }
    expectCreditNote(line, chosen(line, notes));
  }

  void upcoming(const Line& line) const {
    const auto invoice = core::upcoming(ledger_->state(), customerOf(line), ledger_->context());
    const bool none = line.expected && line.expected->has("none");
    if (none != !invoice) line.fail(none ? "there is an upcoming invoice" : "there is none");
    if (invoice) expectInvoice(line, *invoice);
  }

  void preview(const Line& line) const {
    const std::size_t events = ledger_->log().size();
    const ChangePreview preview = core::previewChange(ledger_->state(), customerOf(line),
                                                      changePlanOf(line), ledger_->context());
    if (ledger_->log().size() != events) line.fail("a preview records nothing");
    expectVerdict(line, preview.verdict);
    if (!preview.verdict.isOk()) return;
    expectText(line, "when", line.expected->all().front(), preview.at_once ? "now" : "atPeriodEnd");
    Facts facts{{"at", preview.at.toString()}};
    if (preview.invoice) facts["total"] = preview.invoice->total.toString();
    expectFacts(line, *line.expected, facts);
    if (preview.invoice) return expectLines(line, *preview.invoice);
    if (!line.below.empty()) line.fail("it has no invoice");
  }

  void raised(const Line& line) const {
    const std::vector<AlertRaised> alerts = recorded<AlertRaised>(line);
    if (line.words.size() > 2) {
      const AlertRaised& alert = chosen(line, alerts);
      return expectFacts(line, *line.expected,
                         {{"rule", textOf(alert.rule)},
                          {"value", alert.value.toString()},
                          {"threshold", alert.threshold.toString()}});
    }
    std::vector<std::string> rules;
    for (const AlertRaised& alert : alerts) rules.push_back(textOf(alert.rule));
    expectWords(line, rules);
  }

  void expired(const Line& line) const {
    std::vector<std::string> grants;
    for (const CreditsExpired& expired : recorded<CreditsExpired>(line)) {
      grants.push_back(std::to_string(expired.grant.value) + ":" + expired.amount.toString());
    }
    expectWords(line, grants);
  }

  void holds(const Line& line) const {
    std::vector<std::string> open;
    for (const Hold& hold : customerOf(line).holds) {
      std::string items;
      for (const HeldItem& item : hold.items) {
        items += (items.empty() ? ":" : "+") + item.asked.feature + ":" + item.quantity.toString();
      }
      open.push_back(hold.key + items);
    }
    expectWords(line, open);
  }

  void log(const Line& line) const {
    std::vector<std::string> names;
    for (const Event& event : ledger_->log()) {
      if (event.customer == customerOf(line).number) names.emplace_back(eventName(event.body));
    }
    const std::size_t wanted = line.expected->all().size();
    if (names.size() > wanted) {
      names.erase(names.begin(), names.end() - static_cast<std::ptrdiff_t>(wanted));
    }
    expectWords(line, names);
  }

  const ZoneRules& zones_;
  const Pace pace_;
  std::optional<testing::TestLedger> ledger_;
  Catalog catalog_;
};

}  // namespace daybook::conformance
