// The form of every kind of command: each field that may be wrong, named, and each limit.
#include "ledger/core/forms.h"

#include <catch2/catch.hpp>

#include "ledger/base/limits.h"
#include "tests/support/terms.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

std::string textOf(const Verdict& verdict) {
  if (verdict.isOk()) return "ok";
  return std::string(outcomeName(verdict.outcome)) + " " + verdict.detail;
}

std::string form(CommandBody body, std::string customer = "acme", std::string key = "k") {
  return textOf(formOf(Command{std::move(key), std::move(customer), std::move(body)}));
}

template <typename Body, typename Change>
std::string with(Body body, Change change) {
  change(body);
  return form(body);
}

std::string letters(std::size_t count) { return std::string(count, 'x'); }

const std::vector<std::string> kNoText = {"a\nb", "\xFF"};

TEST_CASE("a command names a customer, and carries a key, which is looked at last") {
  CHECK(form(Pause{}) == "ok");
  CHECK(form(Pause{}, "") == "invalidText customer");
  CHECK(form(Pause{}, letters(limits::kCustomerIdBytesMax)) == "ok");
  CHECK(form(Pause{}, letters(limits::kCustomerIdBytesMax + 1)) == "invalidText customer");
  CHECK(form(Pause{}, "acme", "") == "keyMissing key");
  CHECK(form(Pause{}, "acme", letters(limits::kKeyBytesMax)) == "ok");
  CHECK(form(Pause{}, "acme", letters(limits::kKeyBytesMax + 1)) == "invalidText key");
  CHECK(form(VoidUsage{}, "acme", "") == "invalidText usageKey");
}

TEST_CASE("commands without contents have no form of their own") {
  CHECK(form(Cancel{}) == "ok");
  CHECK(form(RevokeCancel{}) == "ok");
  CHECK(form(RevokeChange{}) == "ok");
  CHECK(form(Resume{}) == "ok");
  CHECK(form(PinVersion{}) == "ok");
  CHECK(form(MarkUncollectible{}) == "ok");
}

TEST_CASE("usage has a feature, a quantity or tokens, and few short properties") {
  RecordUsage usage;
  usage.feature = "calls";
  CHECK(form(usage) == "ok");
  CHECK(textOf(formOf(usage)) == "ok");
  CHECK(with(usage, [](RecordUsage& u) { u.feature = ""; }) == "invalidText feature");
  CHECK(with(usage, [](RecordUsage& u) { u.quantity = dec("-1"); }) == "invalidNumber quantity");
  CHECK(with(usage, [](RecordUsage& u) { u.quantity = dec(limits::kQuantityMax); }) == "ok");
  CHECK(with(usage, [](RecordUsage& u) { u.quantity = dec(limits::kQuantityMax + 1); }) ==
        "amountOverflow quantity");
  CHECK(with(usage, [](RecordUsage& u) { u.set = true; }) == "invalidNumber quantity");
  CHECK(with(usage, [](RecordUsage& u) {
          u.set = true;
          u.quantity = dec("0");
        }) == "ok");
  CHECK(with(usage, [](RecordUsage& u) {
          u.tokens.emplace();
          u.quantity = dec("1");
        }) == "tokensInvalid quantity and tokens exclude each other");
  CHECK(with(usage, [](RecordUsage& u) {
          u.tokens.emplace();
          u.tokens->output = limits::kTokensMax + 1;
        }) == "amountOverflow tokens.output");
  CHECK(with(usage, [](RecordUsage& u) {
          u.properties = {{"a", "1"}, {"a", "2"}};
        }) == "invalidProperties properties[1] is repeated");
  CHECK(with(usage, [](RecordUsage& u) {
          u.properties = {{"a", letters(limits::kPropertyValueBytesMax + 1)}};
        }) == "invalidProperties properties[0].value");
  CHECK(with(usage, [](RecordUsage& u) {
          for (std::size_t i = 0; i <= limits::kPropertiesMax; ++i) {
            u.properties.push_back({std::to_string(i), ""});
          }
        }) == "invalidProperties more than 32");
}

TEST_CASE("purchases and top-ups name what and how much") {
  CHECK(form(BuyCredits{"small", ""}) == "ok");
  CHECK(form(BuyCredits{"", ""}) == "invalidText pack");
  CHECK(form(BuyCredits{"small", "a\nb"}) == "invalidText currency");
  CHECK(form(TopUp{dec("0.01"), ""}) == "ok");
  CHECK(form(TopUp{dec("0"), ""}) == "invalidNumber amount");
  CHECK(form(TopUp{dec(limits::kMoneyMax), "USD"}) == "ok");
  CHECK(form(TopUp{dec(limits::kMoneyMax) + dec("0.01"), "USD"}) == "amountOverflow amount");
}

TEST_CASE("customers have a zone that is text") {
  CHECK(form(CreateCustomer{}) == "ok");
  CHECK(form(CreateCustomer{letters(limits::kZoneBytesMax + 1), {}}) == "invalidText zone");
  CHECK(form(UpdateCustomer{"Europe/Berlin"}) == "ok");
  CHECK(form(UpdateCustomer{}) == "invalidText zone");
}

TEST_CASE("a subscription names a plan, a trial within the limit, and seats once per feature") {
  Subscribe subscribe;
  subscribe.plan = "pro";
  CHECK(form(subscribe) == "ok");
  CHECK(with(subscribe, [](Subscribe& s) { s.plan = ""; }) == "invalidText plan");
  CHECK(with(subscribe, [](Subscribe& s) { s.trial_days = limits::kTrialDaysMax; }) == "ok");
  CHECK(with(subscribe, [](Subscribe& s) { s.trial_days = limits::kTrialDaysMax + 1; }) ==
        "amountOverflow trialDays");
  CHECK(with(subscribe, [](Subscribe& s) {
          s.seats = {{"seats", limits::kSeatsMax}, {"viewers", 0}};
        }) == "ok");
  CHECK(with(subscribe, [](Subscribe& s) {
          s.seats = {{"seats", static_cast<std::uint64_t>(limits::kSeatsMax) + 1}};
        }) == "amountOverflow seats[0].seats");
  CHECK(with(subscribe, [](Subscribe& s) {
          s.seats = {{"seats", 1}, {"", 1}};
        }) == "invalidText seats[1].feature");
  CHECK(with(subscribe, [](Subscribe& s) {
          s.seats = {{"seats", 1}, {"seats", 2}};
        }) == "invalidText seats[1] is repeated");
  CHECK(with(subscribe, [](Subscribe& s) {
          for (std::size_t i = 0; i <= limits::kFeaturesPerPlanMax; ++i) {
            s.seats.push_back({std::to_string(i), 1});
          }
        }) == "amountOverflow seats: at most 64");
}

TEST_CASE("changes of plan and seats name their target") {
  CHECK(form(ChangePlan{"pro", {}, {}}) == "ok");
  CHECK(form(ChangePlan{}) == "invalidText plan");
  CHECK(form(ChangeSeats{"seats", -5, false}) == "ok");
  CHECK(form(ChangeSeats{"seats", 0, true}) == "ok");
  CHECK(form(ChangeSeats{"seats", 0, false}) == "invalidNumber seats");
  CHECK(form(ChangeSeats{"seats", -1, true}) == "invalidNumber seats");
  CHECK(form(ChangeSeats{"seats", limits::kSeatsMax, false}) == "ok");
  CHECK(form(ChangeSeats{"seats", limits::kSeatsMax + 1, false}) == "amountOverflow seats");
  CHECK(form(ChangeSeats{"seats", -limits::kSeatsMax - 1, false}) == "amountOverflow seats");
  CHECK(form(ChangeSeats{"", 1, false}) == "invalidText feature");
}

// ---- moving in

TEST_CASE("an opening state names a plan, and its amounts are within limits") {
  CreateCustomer create;
  create.opening.emplace().plan = "pro";
  CHECK(form(create) == "ok");
  const auto opening = [&create](const auto& change) {
    return with(create, [&change](CreateCustomer& c) { change(*c.opening); });
  };
  CHECK(opening([](Opening& o) { o.plan = ""; }) == "invalidText opening.plan");
  CHECK(opening([](Opening& o) { o.currency = "a\nb"; }) == "invalidText opening.currency");
  CHECK(opening([](Opening& o) { o.base_charged = dec("-1"); }) ==
        "invalidNumber opening.baseCharged");
  CHECK(opening([](Opening& o) { o.balance = dec("-1"); }) == "ok");
  CHECK(opening([](Opening& o) { o.balance = dec(limits::kMoneyMax + 1); }) ==
        "amountOverflow opening.balance");
  CHECK(opening([](Opening& o) { o.top_ups = dec("-1"); }) == "invalidNumber opening.topUps");
  CHECK(opening([](Opening& o) { o.customer_credit = dec("-1"); }) ==
        "invalidNumber opening.customerCredit");
  CHECK(opening([](Opening& o) { o.seats = {{"", 1}}; }) == "invalidText opening.seats[0].feature");
  CHECK(with(create, [](CreateCustomer& c) {
          c.zone = "a\nb";
          c.opening->plan = "";
        }) == "invalidText zone");
}

TEST_CASE("usage that is moved in is of each feature and variant once") {
  const auto moved = [](const std::vector<OpeningUsage>& usage) {
    CreateCustomer create;
    create.opening.emplace().plan = "pro";
    create.opening->usage = usage;
    return form(create);
  };
  CHECK(moved({{"calls", "", dec("5"), {}}, {"calls", "eu", dec("5"), dec("1")}}) == "ok");
  CHECK(moved({{"calls", "eu", dec("5"), {}}, {"calls", "eu", dec("6"), {}}}) ==
        "invalidText opening.usage[1] is repeated");
  CHECK(moved({{"", "", dec("5"), {}}}) == "invalidText opening.usage[0].feature");
  CHECK(moved({{"calls", letters(limits::kVariantValueBytesMax + 1), dec("5"), {}}}) ==
        "invalidText opening.usage[0].variant");
  CHECK(moved({{"calls", "", dec("-5"), {}}}) == "invalidNumber opening.usage[0].quantity");
  CHECK(moved({{"calls", "", dec("5"), dec("-1")}}) == "invalidNumber opening.usage[0].charged");
  std::vector<OpeningUsage> many;
  for (std::size_t i = 0; i < limits::kOpeningUsageMax; ++i) {
    many.push_back({"calls", std::to_string(i), {}, {}});
  }
  CHECK(moved(many) == "ok");
  many.push_back({"calls", "more", {}, {}});
  CHECK(moved(many) == "amountOverflow opening.usage: at most 256");
}

TEST_CASE("grants that are moved in have no more left than was given") {
  const auto moved = [](const auto& change) {
    CreateCustomer create;
    create.opening.emplace().plan = "pro";
    OpeningGrant& grant = create.opening->grants.emplace_back();
    grant.credits = dec("100");
    grant.remaining = dec("40");
    change(grant);
    return form(create);
  };
  CHECK(moved([](OpeningGrant&) {}) == "ok");
  CHECK(moved([](OpeningGrant& g) { g.credits = {}; }) ==
        "invalidNumber opening.grants[0].credits");
  CHECK(moved([](OpeningGrant& g) { g.remaining = dec("-1"); }) ==
        "invalidNumber opening.grants[0].remaining");
  CHECK(moved([](OpeningGrant& g) { g.remaining = dec("101"); }) ==
        "invalidNumber opening.grants[0].remaining is above its credits");
  CHECK(moved([](OpeningGrant& g) {
          g.effective = when("2026-02-01");
          g.expiry = when("2026-02-01");
        }) == "invalidTime opening.grants[0].expiry is not after effective");
  CHECK(moved([](OpeningGrant& g) { g.features = {""}; }) ==
        "invalidText opening.grants[0].features[0]");
  CreateCustomer create;
  create.opening.emplace().plan = "pro";
  create.opening->grants.resize(limits::kGrantsPerCustomerMax + 1);
  CHECK(form(create) == "amountOverflow opening.grants: at most 256");
}

// ---- credits, corrections and money

TEST_CASE("a promotion gives credits, and expires after it takes effect") {
  GrantCredits grant;
  grant.credits = dec("10");
  CHECK(form(grant) == "ok");
  CHECK(with(grant, [](GrantCredits& g) { g.credits = {}; }) == "invalidNumber credits");
  CHECK(with(grant, [](GrantCredits& g) { g.credits = dec(limits::kQuantityMax + 1); }) ==
        "amountOverflow credits");
  CHECK(with(grant, [](GrantCredits& g) {
          g.effective = when("2026-02-01");
          g.expiry = when("2026-02-01T00:00:00.000000001Z");
        }) == "ok");
  CHECK(with(grant, [](GrantCredits& g) {
          g.effective = when("2026-02-01");
          g.expiry = when("2026-02-01");
        }) == "invalidTime expiry is not after effective");
  CHECK(with(grant, [](GrantCredits& g) { g.expiry = Instant{limits::kClockMaxNs}; }) == "ok");
  CHECK(with(grant, [](GrantCredits& g) { g.expiry = Instant{limits::kClockMaxNs + 1}; }) ==
        "invalidTime expiry");
  CHECK(with(grant, [](GrantCredits& g) { g.effective = Instant::never(); }) ==
        "invalidTime effective");
  CHECK(with(grant, [](GrantCredits& g) {
          g.features = {"calls", "calls"};
        }) == "invalidText features[1] is repeated");
  CHECK(with(grant, [](GrantCredits& g) { g.features = {letters(limits::kCodeBytesMax + 1)}; }) ==
        "invalidText features[0]");
  CHECK(with(grant, [](GrantCredits& g) {
          for (std::size_t i = 0; i <= limits::kFeaturesPerPlanMax; ++i) {
            g.features.push_back(std::to_string(i));
          }
        }) == "amountOverflow features: at most 64");
  CHECK(with(grant, [](GrantCredits& g) { g.reason = letters(limits::kReasonBytesMax); }) == "ok");
  CHECK(with(grant, [](GrantCredits& g) { g.reason = letters(limits::kReasonBytesMax + 1); }) ==
        "invalidText reason");
}

TEST_CASE("a correction names the key of the usage") {
  CHECK(form(VoidUsage{"u1", ""}) == "ok");
  CHECK(form(VoidUsage{letters(limits::kKeyBytesMax + 1), ""}) == "invalidText usageKey");
  CHECK(form(VoidUsage{"u1", "a\nb"}) == "invalidText reason");
  CHECK(form(RefundPack{GrantNumber(1), "a\nb"}) == "invalidText reason");
}

TEST_CASE("an adjustment has an amount of either sign and says what it is") {
  CHECK(form(AddAdjustment{dec("-5"), "", "setup", false}) == "ok");
  CHECK(form(AddAdjustment{dec("5"), "USD", letters(limits::kNameBytesMax), false}) == "ok");
  CHECK(form(AddAdjustment{dec("0"), "", "setup", false}) == "invalidNumber amount");
  CHECK(form(AddAdjustment{dec(-limits::kMoneyMax - 1), "", "setup", false}) ==
        "amountOverflow amount");
  CHECK(form(AddAdjustment{dec("5"), "", "", false}) == "invalidText description");
  CHECK(form(AddAdjustment{dec("5"), "", letters(limits::kNameBytesMax + 1), false}) ==
        "invalidText description");
  CHECK(form(AddAdjustment{dec("5"), "a\nb", "setup", false}) == "invalidText currency");
}

TEST_CASE("customer credit, credit notes and payments have positive amounts") {
  CHECK(form(AddCustomerCredit{dec("5"), "", "sorry"}) == "ok");
  CHECK(form(AddCustomerCredit{dec("0"), "", "sorry"}) == "invalidNumber amount");
  CHECK(form(AddCustomerCredit{dec("-5"), "", "sorry"}) == "invalidNumber amount");
  CHECK(form(AddCustomerCredit{dec("5"), "a\nb", "sorry"}) == "invalidText currency");
  CHECK(form(CreditInvoice{InvoiceNumber(1), {}, "", false}) == "ok");
  CHECK(form(CreditInvoice{InvoiceNumber(1), dec("0"), "", false}) == "invalidNumber amount");
  CHECK(form(CreditInvoice{InvoiceNumber(1), dec("1"), "\xFF", false}) == "invalidText reason");
  CHECK(form(RecordPayment{InvoiceNumber(1), {}, ""}) == "ok");
  CHECK(form(RecordPayment{InvoiceNumber(1), dec("-1"), ""}) == "invalidNumber amount");
  CHECK(form(RecordPayment{InvoiceNumber(1), dec("1"), letters(limits::kReasonBytesMax + 1)}) ==
        "invalidText reference");
  CHECK(form(RecordPaymentFailure{InvoiceNumber(1), "\xFF"}) == "invalidText reason");
}

TEST_CASE("a customer's alerts have levels, each once, and may be none") {
  const auto alerts = [](std::vector<AlertRule> rules) {
    return form(SetAlerts{std::move(rules)});
  };
  CHECK(form(SetAlerts{}) == "ok");
  CHECK(alerts({}) == "ok");
  CHECK(alerts({{AlertKind::usage, "calls", dec("80"), true},
                {AlertKind::credits, "", dec("50"), false}}) == "ok");
  CHECK(alerts({{AlertKind::usage, "a\nb", dec("80"), true}}) == "invalidText rules[0].feature");
  CHECK(alerts({{AlertKind::usage, "", dec("-1"), true}}) ==
        "invalidNumber rules[0].level must be above 0");
  CHECK(alerts({{AlertKind::usage, "", dec(limits::kQuantityMax + 1), false}}) ==
        "invalidNumber rules[0].level is too large");
  CHECK(alerts({{AlertKind::balance, "", dec("100"), true}}) == "ok");
  CHECK(alerts({{AlertKind::balance, "", dec("100.5"), true}}) ==
        "invalidNumber rules[0].level must be at most 100 percent");
  CHECK(alerts({{AlertKind::usage, "", dec("80"), true},
                {AlertKind::usage, "", dec("80"), true}}) == "invalidText rules[1] is repeated");
  CHECK(alerts(std::vector<AlertRule>(limits::kAlertRulesMax + 1)) ==
        "amountOverflow rules: at most 16");
}

TEST_CASE("a manual clock stays before its end, and a catalog carries its digest") {
  CHECK(form(MoveClock{Instant{limits::kClockMaxNs}}, "") == "ok");
  CHECK(form(MoveClock{Instant{limits::kClockMaxNs + 1}}, "") == "invalidTime to");
  CHECK(form(PublishCatalog{{}, "abc"}, "") == "ok");
  CHECK(form(PublishCatalog{}, "") == "invalidText digest");
}

TEST_CASE("text that could not be printed is refused wherever text is taken") {
  for (const std::string& text : kNoText) {
    CHECK(form(Pause{}, text) == "invalidText customer");
    CHECK(form(Pause{}, "acme", text) == "invalidText key");
    CHECK(form(ChangePlan{text, {}, {}}) == "invalidText plan");
  }
}

}  // namespace
}  // namespace daybook::core
