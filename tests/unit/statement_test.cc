// Statements as they are made from a customer's events, which are taken newest first.
#include "daemon/statement.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/terms.h"

namespace daybook::daemon {
namespace {

using namespace daybook::testing;

/// A customer's events, oldest first, with the invoices as they stand after them.
class Account {
 public:
  void add(const char* recorded, EventBody body) {
    Event event;
    event.position = Position(10 * (events_.size() + 1));
    event.recorded = when(recorded);
    event.body = std::move(body);
    customer_.last = event.position;
    events_.push_back(std::move(event));
  }

  void invoice(const char* recorded, std::uint64_t number, const char* total,
               const char* credit_used = nullptr) {
    InvoiceClosed closed;
    closed.invoice.number = InvoiceNumber(number);
    closed.invoice.total = dec(total);
    closed.invoice.lines.push_back({.description = "Pro"});
    if (credit_used != nullptr) {
      closed.invoice.lines.push_back(
          {.type = LineType::customerCredit, .amount = dec(credit_used)});
    }
    add(recorded, closed);
    customer_.invoices.push_back({.number = InvoiceNumber(number), .total = dec(total)});
  }

  void pay(const char* recorded, std::uint64_t number, const char* amount) {
    PaymentRecorded payment;
    payment.asked.invoice = InvoiceNumber(number);
    payment.asked.reference = "wire";
    payment.amount = dec(amount);
    ref(number).paid += payment.amount;
    add(recorded, payment);
  }

  void credit(const char* recorded, std::uint64_t number, const char* total,
              const char* restored = "0", bool as_customer_credit = false) {
    CreditNoteClosed closed;
    closed.note.number = CreditNoteNumber(1);
    closed.note.invoice = InvoiceNumber(number);
    closed.note.reason = "outage";
    closed.note.total = dec(total);
    closed.note.as_customer_credit = as_customer_credit;
    closed.restored = dec(restored);
    ref(number).credited += closed.note.total - closed.restored;
    add(recorded, closed);
  }

  void giveUp(const char* recorded, std::uint64_t number) {
    ref(number).written_off = true;
    add(recorded, InvoiceUncollectible{{InvoiceNumber(number)}});
  }

  void tell(Statement& statement) const {
    for (std::size_t i = events_.size(); i-- > 0;) {
      if (statement.take(events_[i]) == HistoryStep::stop) return;
    }
  }

  Statement::Query query() const {
    return {.from = Instant{INT64_MIN}, .as_of = customer_.last, .limit = 100};
  }
  const Customer& customer() const { return customer_; }

 private:
  InvoiceRef& ref(std::uint64_t number) { return customer_.invoices.at(number - 1); }

  Customer customer_;
  std::vector<Event> events_;
};

std::string text(const std::optional<Decimal>& value) { return value ? value->toString() : "-"; }

/// "position: amount, customer credit, credits, due".
std::vector<std::string> told(const Statement& statement) {
  std::vector<std::string> lines;
  for (const StatementEntry& entry : statement.entries()) {
    lines.push_back(std::to_string(entry.position.value) + ": " + text(entry.amount) + ", " +
                    text(entry.customer_credit) + ", " + text(entry.credits) + ", " +
                    entry.due.toString());
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("what is due follows invoices, payments and credit notes") {
  Account account;
  account.invoice("2026-01-01", 1, "100");
  account.pay("2026-01-02", 1, "40");
  account.invoice("2026-02-01", 2, "30");
  account.credit("2026-02-02", 1, "60");
  account.pay("2026-02-03", 2, "30");
  // Of a paid invoice: paid out by the seller, nothing that is due changes.
  account.credit("2026-02-04", 2, "5");
  Statement statement(account.customer(), account.query());
  account.tell(statement);
  CHECK(told(statement) == Lines{"10: 100, -, -, 100", "20: -40, -, -, 60", "30: 30, -, -, 90",
                                 "40: -60, -, -, 30", "50: -30, -, -, 0", "60: 0, -, -, 0"});
  CHECK(statement.opening().isZero());
  CHECK(statement.closing().isZero());
  const StatementEntry& note = statement.entries()[5];
  CHECK(note.kind == wire::StatementKind::CREDIT_NOTE_CLOSED);
  CHECK(note.total == dec("5"));
  CHECK(note.description == "outage");
  CHECK(note.invoice == InvoiceNumber(2));
}

TEST_CASE("what is due of an uncollectible invoice is written off, and paid later all the same") {
  Account account;
  account.invoice("2026-01-01", 1, "100");
  account.invoice("2026-01-01", 2, "7");
  account.pay("2026-01-02", 1, "30");
  account.giveUp("2026-01-03", 1);
  account.pay("2026-01-04", 1, "20");
  account.credit("2026-01-05", 1, "10");
  account.pay("2026-01-06", 1, "40");
  Statement statement(account.customer(), account.query());
  account.tell(statement);
  CHECK(told(statement) == Lines{"10: 100, -, -, 100", "20: 7, -, -, 107", "30: -30, -, -, 77",
                                 "40: -70, -, -, 7", "50: 0, -, -, 7", "60: 0, -, -, 7",
                                 "70: 0, -, -, 7"});
  CHECK(statement.closing() == dec("7"));
}

TEST_CASE("what was written off before a page is not due on it") {
  Account account;
  account.invoice("2026-01-01", 1, "100");
  account.giveUp("2026-01-02", 1);
  account.invoice("2026-02-01", 2, "7");
  Statement::Query query = account.query();
  query.from = when("2026-02-01");
  Statement statement(account.customer(), query);
  account.tell(statement);
  CHECK(told(statement) == Lines{"30: 7, -, -, 7"});
  CHECK(statement.opening().isZero());
}

TEST_CASE("customer credit has a column of its own") {
  Account account;
  account.add("2026-01-01", CustomerCreditAdded{{dec("50"), "", "goodwill"}, "USD"});
  account.invoice("2026-01-02", 1, "69", "-30");
  account.credit("2026-01-03", 1, "99", "30");
  account.invoice("2026-01-04", 2, "10");
  account.pay("2026-01-05", 2, "10");
  account.credit("2026-01-06", 2, "10", "0", true);
  account.invoice("2026-01-07", 3, "0", "12.5");
  Statement statement(account.customer(), account.query());
  account.tell(statement);
  CHECK(told(statement) == Lines{"10: -, 50, -, 0", "20: 69, -30, -, 69", "30: -69, 30, -, 0",
                                 "40: 10, -, -, 10", "50: -10, -, -, 0", "60: 0, 10, -, 0",
                                 "70: 0, 12.5, -, 0"});
}

TEST_CASE("credits are shown as they come and go, usage apart") {
  Account account;
  const auto grant = [](std::uint32_t number, const char* credits) {
    Grant to;
    to.number = GrantNumber(number);
    to.credits = dec(credits);
    to.remaining = dec("1");
    return to;
  };
  CustomerMovedIn moved;
  moved.grants = {grant(1, "10"), grant(2, "20")};
  moved.customer_credit = dec("3");
  account.add("2026-01-01", moved);
  PeriodStarted started;
  account.add("2026-01-02", started);
  started.grant = grant(3, "1000");
  account.add("2026-01-02", started);
  account.add("2026-01-03", UsageRecorded{});
  account.add("2026-01-04", CreditsGranted{std::nullopt, grant(4, "7"), {}});
  account.add("2026-02-02", CreditsRolledOver{GrantNumber(3), grant(5, "100")});
  account.add("2026-02-02", CreditsExpired{GrantNumber(3), dec("900"), {}});
  PackRefunded refunded;
  refunded.asked.grant = GrantNumber(1);
  refunded.credits = dec("9");
  account.add("2026-02-03", refunded);
  Statement statement(account.customer(), account.query());
  account.tell(statement);
  CHECK(told(statement) == Lines{"10: -, 3, 2, 0", "30: -, -, 1000, 0", "50: -, -, 7, 0",
                                 "70: -, -, -900, 0", "80: -, -, -9, 0"});
  CHECK(statement.entries()[3].grant == GrantNumber(3));
}

TEST_CASE("a range shows its own entries, with what was due before and after it") {
  Account account;
  account.invoice("2026-01-01", 1, "100");
  account.invoice("2026-02-01", 2, "30");
  account.pay("2026-02-02", 1, "100");
  account.pay("2026-03-01", 2, "30");
  Statement::Query february = account.query();
  february.from = when("2026-02-01");
  february.to = when("2026-03-01");
  Statement statement(account.customer(), february);
  account.tell(statement);
  CHECK(told(statement) == Lines{"20: 30, -, -, 130", "30: -100, -, -, 30"});
  CHECK(statement.opening() == dec("100"));
  CHECK(statement.closing() == dec("30"));

  february.from = when("2026-02-10");
  february.to = when("2026-02-20");
  Statement empty(account.customer(), february);
  account.tell(empty);
  CHECK(empty.entries().empty());
  CHECK(empty.opening() == dec("30"));
  CHECK(empty.closing() == dec("30"));
}

TEST_CASE("pages of a statement follow each other, and show the log as at the first of them") {
  Account account;
  for (std::uint64_t i = 1; i <= 3; ++i) account.invoice("2026-01-01", i, "10");
  for (std::uint64_t i = 1; i <= 3; ++i) account.pay("2026-01-02", i, "10");
  Statement::Query query = account.query();
  Statement whole(account.customer(), query);
  account.tell(whole);
  const Lines all = told(whole);
  REQUIRE(all.size() == 6);
  account.invoice("2026-01-03", 4, "99");
  account.credit("2026-01-04", 4, "99");
  for (std::size_t limit = 1; limit <= 7; ++limit) {
    query.limit = limit;
    query.after = {};
    Lines pages;
    Decimal opening;
    while (true) {
      Statement page(account.customer(), query);
      account.tell(page);
      CHECK(page.entries().size() <= limit);
      CHECK(page.opening() == opening);
      CHECK(page.closing().isZero());
      const Lines lines = told(page);
      pages.insert(pages.end(), lines.begin(), lines.end());
      if (!page.hasMore()) break;
      query.after = page.entries().back().position;
      opening = page.entries().back().due;
    }
    CHECK(pages == all);
  }
}

}  // namespace daybook::daemon
