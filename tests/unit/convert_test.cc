#include <catch2/catch.hpp>

#include <capnp/message.h>
#include <capnp/schema.h>

#include <string>

#include "ledger/base/limits.h"
#include "protocol/codec.h"
#include "protocol/convert_command.h"
#include "protocol/convert_reply.h"
#include "protocol/json.h"
#include "tests/support/golden_events.h"

namespace daybook {
namespace {

using testing::golden::decimal;

/// What a command in JSON is answered for its form.
Verdict verdictOf(const std::string& json) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::Command>();
  protocol::fromJson(json, root);
  return protocol::readCommand(root.asReader()).verdict;
}

Verdict verdictOfUsage(const std::string& fields) {
  return verdictOf(R"({"key":"k","customer":"acme","recordUsage":{"feature":"calls",)" + fields +
                   "}}");
}

Verdict refusal(Outcome outcome, const std::string& detail) { return {outcome, detail}; }

template <typename Wire>
std::vector<std::string> enumerants() {
  std::vector<std::string> names;
  for (auto enumerant : capnp::Schema::from<Wire>().getEnumerants()) {
    names.emplace_back(enumerant.getProto().getName().cStr());
  }
  return names;
}

/// Through the wire form, as JSON.
template <typename Wire, typename Write, typename Value>
std::string written(Write write, const Value& value) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<Wire>();
  write(root, value);
  return protocol::jsonOf(root.asReader());
}

bool has(const std::string& json, const std::string& part) {
  return json.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Every outcome has the same number and name in the model and in the schema") {
  const auto names = enumerants<wire::Outcome>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(outcomeName(static_cast<Outcome>(i)) == names[i]);
  }
  CHECK(outcomeName(static_cast<Outcome>(names.size())) == "unknown");
}

TEST_CASE("Every event has the same number and name in the model and in the schema") {
  using Body = wire::Event::Body;
  const auto fields = capnp::Schema::from<Body>().getUnionFields();
  CHECK(fields.size() == std::variant_size_v<EventBody>);
  for (const auto& golden : testing::goldenEvents()) {
    const auto number = static_cast<unsigned int>(golden.event.body.index());
    CHECK(eventName(golden.event.body) == fields[number].getProto().getName().cStr());
  }
}

TEST_CASE("No enumerant of a schema is unknown to the model") {
  using namespace wire;
  const auto newest = [](auto enumeration) {
    using Wire = decltype(enumeration);
    return static_cast<std::size_t>(protocol::EnumOf<Wire>::kNewest) + 1 ==
           enumerants<Wire>().size();
  };
  CHECK(newest(wire::Outcome{}));
  CHECK(newest(wire::FeatureType{}));
  CHECK(newest(wire::Meter{}));
  CHECK(newest(wire::Scheme{}));
  CHECK(newest(wire::Overage{}));
  CHECK(newest(wire::ConsumptionModel{}));
  CHECK(newest(wire::Interval{}));
  CHECK(newest(wire::AtZero{}));
  CHECK(newest(wire::OnShortfall{}));
  CHECK(newest(wire::CancelWhen{}));
  CHECK(newest(wire::ChangeWhen{}));
  CHECK(newest(wire::AlertKind{}));
  CHECK(newest(wire::GrantKind{}));
  CHECK(newest(wire::Disposition{}));
  CHECK(newest(wire::InvoiceType{}));
  CHECK(newest(wire::LineType{}));
  CHECK(newest(wire::InvoiceStatus{}));
  CHECK(newest(wire::ClockKind{}));
  CHECK(newest(wire::SubscriptionState{}));
  CHECK(newest(wire::ItemKind{}));
  CHECK(newest(wire::ChangeAction{}));
}

TEST_CASE("Absent fields of a command stay absent in the model") {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::RecordUsage>();
  root.setFeature("calls");
  const auto usage = protocol::readUsage(root.asReader());
  REQUIRE(usage.isOk());
  CHECK(usage.value == RecordUsage{.feature = "calls"});
}

TEST_CASE("Where 0 or none is a value, absent is told from it") {
  const auto bodyOf = [](const std::string& body) {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<wire::Command>();
    protocol::fromJson(R"({"key":"k","customer":"acme",)" + body + "}", root);
    const auto command = protocol::readCommand(root.asReader());
    REQUIRE(command.isOk());
    return command.value.body;
  };
  CHECK(bodyOf(R"("subscribe":{"plan":"pro"})") == CommandBody(Subscribe{.plan = "pro"}));
  CHECK(bodyOf(R"("subscribe":{"plan":"pro","trialDays":0,"interval":"week"})") ==
        CommandBody(Subscribe{.plan = "pro", .interval = Interval::week, .trial_days = 0}));
  CHECK(bodyOf(R"("changePlan":{"plan":"pro","interval":"absent"})") ==
        CommandBody(ChangePlan{.plan = "pro"}));
  CHECK(bodyOf(R"("setAlerts":{})") == CommandBody(SetAlerts{}));
  CHECK(bodyOf(R"("setAlerts":{"alerts":{}})") ==
        CommandBody(SetAlerts{.rules = std::vector<AlertRule>()}));
  CHECK(bodyOf(R"("setAlerts":{"alerts":{"rules":[{"level":"80"}]}})") ==
        CommandBody(SetAlerts{.rules = {{{.level = decimal("80")}}}}));
  CHECK(bodyOf(R"("creditInvoice":{"invoice":42})") ==
        CommandBody(CreditInvoice{.invoice = InvoiceNumber(42)}));
  CHECK(bodyOf(R"("pinVersion":{})") == CommandBody(PinVersion{.pinned = true}));
  const auto plan = [&](const std::string& fields) {
    const CommandBody body = bodyOf(R"("publishCatalog":{"plans":[{)" + fields + "}]}");
    return std::get<PublishCatalog>(body).catalog.plans.at(0);
  };
  CHECK(plan("") == Plan{});
  CHECK(plan(R"("rank":0,"rollover":{},"alerts":{})") ==
        Plan{.rank = 0, .rollover = Rollover{}, .alerts = std::vector<AlertRule>()});
  CHECK(verdictOf(R"({"subscribe":{"trialDays":-2}})") ==
        refusal(Outcome::invalidNumber, "trialDays"));
}

TEST_CASE("Numbers that are none are refused by the field's name") {
  CHECK(verdictOfUsage(R"("quantity":"1e3")") == refusal(Outcome::invalidNumber, "quantity"));
  CHECK(verdictOfUsage(R"("quantity":"+1")") == refusal(Outcome::invalidNumber, "quantity"));
  CHECK(verdictOfUsage(R"("quantity":".5")") == refusal(Outcome::invalidNumber, "quantity"));
  CHECK(verdictOfUsage(R"("quantity":"5.")") == refusal(Outcome::invalidNumber, "quantity"));
  CHECK(verdictOfUsage(R"("quantity":"0.0000000000001")") ==
        refusal(Outcome::invalidNumber, "quantity"));
  CHECK(verdictOfUsage(R"("tokens":{"output":"-2"})") ==
        refusal(Outcome::invalidNumber, "tokens.output"));
  CHECK(verdictOfUsage(R"("quantity":"0.1000000000000000")").isOk());
}

TEST_CASE("Well-formed numbers that do not fit are amounts that overflow") {
  const std::string digits(40, '9');
  CHECK(verdictOfUsage(R"("quantity":")" + digits + "\"") ==
        refusal(Outcome::amountOverflow, "quantity"));
  CHECK(verdictOfUsage(R"("quantity":"-)" + digits + ".5\"") ==
        refusal(Outcome::amountOverflow, "quantity"));
}

TEST_CASE("The first thing that is wrong is named, with its place in the message") {
  const std::string catalog = R"({"key":"k","publishCatalog":{"plans":[{"code":"a"},{"code":"b",
      "features":[{"feature":"f","prices":[{"currency":"USD","tiers":[{"upTo":"1","unitPrice":"x"}],
      "packageSize":"y"}]}]}]}})";
  CHECK(verdictOf(catalog) ==
        refusal(Outcome::invalidNumber, "plans[1].features[0].prices[0].tiers[0].unitPrice"));
}

TEST_CASE("Enumerants of a later version are refused by the field's name and their number") {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::RecordUsage>();
  root.setOnShortfall(static_cast<wire::OnShortfall>(9));
  CHECK(protocol::readUsage(root.asReader()).verdict ==
        refusal(Outcome::invalidNumber, "onShortfall: unknown value 9"));
  auto change = message.initRoot<wire::ChangePlan>();
  change.setInterval(static_cast<wire::OptionalInterval>(6));
  CHECK(protocol::readChangePlan(change.asReader()).verdict ==
        refusal(Outcome::invalidNumber, "interval: unknown value 6"));
}

TEST_CASE("Texts past their limit are refused, texts at it are taken") {
  const auto usage = [](const std::string& key, const std::string& customer) {
    return verdictOf(R"({"key":")" + key + R"(","customer":")" + customer +
                     R"(","recordUsage":{"feature":"calls"}})");
  };
  const auto text = [](std::size_t size) { return std::string(size, 'x'); };
  CHECK(usage(text(limits::kKeyBytesMax), text(limits::kCustomerIdBytesMax)).isOk());
  CHECK(usage(text(limits::kKeyBytesMax + 1), "acme") ==
        refusal(Outcome::invalidText, "key: longer than 128 bytes"));
  CHECK(usage("k", text(limits::kCustomerIdBytesMax + 1)) ==
        refusal(Outcome::invalidText, "customer: longer than 64 bytes"));
  CHECK(verdictOf(R"({"key":"k","createCustomer":{"zone":")" + text(limits::kZoneBytesMax + 1) +
                  R"("}})") == refusal(Outcome::invalidText, "zone: longer than 64 bytes"));
  CHECK(verdictOfUsage(R"("properties":[{"name":"a","value":")" +
                       text(limits::kPropertyValueBytesMax + 1) + R"("}])") ==
        refusal(Outcome::invalidProperties, "properties[0].value: longer than 256 bytes"));
  CHECK(verdictOfUsage(R"("properties":[{"name":")" + text(limits::kPropertyNameBytesMax + 1) +
                       R"("}])") ==
        refusal(Outcome::invalidProperties, "properties[0].name: longer than 64 bytes"));
}

TEST_CASE("Lists past their limit are refused before an element is read") {
  capnp::MallocMessageBuilder message;
  auto usage = message.initRoot<wire::RecordUsage>();
  usage.initProperties(limits::kPropertiesMax + 1);
  CHECK(protocol::readUsage(usage.asReader()).verdict ==
        refusal(Outcome::invalidProperties, "properties: more than 32"));
  usage.initProperties(limits::kPropertiesMax);
  CHECK(protocol::readUsage(usage.asReader()).isOk());

  const auto catalogWith = [](auto fill) {
    capnp::MallocMessageBuilder builder;
    auto catalog = builder.initRoot<wire::Catalog>();
    fill(catalog);
    return protocol::readCatalog(catalog.asReader()).verdict.detail;
  };
  using Root = wire::Catalog::Builder;
  CHECK(catalogWith([](Root to) { to.initFeatures(limits::kFeaturesMax + 1); }) ==
        "features: more than 1024");
  CHECK(catalogWith([](Root to) { to.initPlans(limits::kPlansMax + 1); }) ==
        "plans: more than 1024");
  CHECK(catalogWith([](Root to) { to.initPacks(limits::kPacksMax + 1); }) ==
        "packs: more than 1024");
  CHECK(catalogWith([](Root to) { to.initPriceBooks(limits::kPriceBooksMax + 1); }) ==
        "priceBooks: more than 64");
  CHECK(catalogWith([](Root to) {
          to.initPriceBooks(1)[0].initModels(limits::kModelsPerPriceBookMax + 1);
        }) == "priceBooks[0].models: more than 512");
  CHECK(catalogWith([](Root to) {
          to.initPlans(1)[0].initFeatures(limits::kFeaturesPerPlanMax + 1);
        }) == "plans[0].features: more than 64");
  CHECK(catalogWith([](Root to) {
          to.initPlans(1)[0].initPrices(limits::kCurrenciesPerPlanMax * 5 + 1);
        }) == "plans[0].prices: more than 40");
  CHECK(catalogWith([](Root to) {
          to.initPlans(1)[0].initFeatures(1)[0].initVariants(limits::kVariantsMax + 1);
        }) == "plans[0].features[0].variants: more than 32");
  CHECK(catalogWith([](Root to) {
          to.initPlans(1)[0].initAlerts().initRules(limits::kAlertRulesMax + 1);
        }) == "plans[0].alerts.rules: more than 16");
  CHECK(catalogWith([](Root to) {
          to.initPlans(1)[0].initFeatures(1)[0].initPrices(1)[0].initTiers(limits::kTiersMax + 1);
        }) == "plans[0].features[0].prices[0].tiers: more than 32");
}

TEST_CASE("JSON of commands refuses unknown names and malformed text") {
  capnp::MallocMessageBuilder message;
  const auto read = [&](const char* json) {
    protocol::fromJson(json, message.initRoot<wire::Command>());
  };
  CHECK_THROWS_AS(read(R"({"key":"k","recordUsage":{"feture":"calls"}})"), protocol::JsonError);
  CHECK_THROWS_AS(read(R"({"key":"k")"), protocol::JsonError);
  CHECK_THROWS_AS(read(R"([])"), protocol::JsonError);
  CHECK_THROWS_AS(read(R"({"key":5})"), protocol::JsonError);
  CHECK_THROWS_AS(read(R"({"recordUsage":{"onShortfall":"maybe"}})"), protocol::JsonError);
  CHECK_THROWS_AS(read(R"({"recordUsage":{"at":"tomorrow"}})"), protocol::JsonError);
  CHECK_NOTHROW(read(R"({"recordUsage":{"at":1700000000000000000}})"));
}

TEST_CASE("Escaped characters in JSON are the characters that they stand for") {
  const auto zone = [](const std::string& text) {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<wire::CreateCustomer>();
    protocol::fromJson(R"({"zone":")" + text + R"("})", root);
    return std::string(root.getZone().cStr());
  };
  CHECK(zone(R"(M\u00fcller)") == "Müller");
  CHECK(zone(R"(M\u00FCller)") == "Müller");
  CHECK(zone(R"(\u20ac \ud83d\ude00 \u0041)") == "€ 😀 A");
  CHECK(zone(R"(\u0022\u005c\u002f)") == R"("\/)");
  CHECK(zone(R"(a\\u00fc)") == R"(a\u00fc)");
  CHECK(zone(R"(\n\"\u0009)") == "\n\"\t");
  for (const char* text : {R"(\u00g0)", R"(\u00)", R"(\ud83d)", R"(\ude00)", R"(\ud83dx)",
                           R"(\ud83d\u0041)", R"(\u001d)", R"(\u0000)"}) {
    CHECK_THROWS_AS(zone(text), protocol::JsonError);
  }
}

TEST_CASE("Token counts that the wire cannot hold arrive as more than any ledger takes") {
  Command command{.key = "k", .customer = "acme"};
  command.body = RecordUsage{.tokens = Tokens{.output = UINT64_MAX}};
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::Command>();
  protocol::writeCommand(root, command);
  const auto parsed = protocol::readCommand(root.asReader());
  REQUIRE(parsed.isOk());
  CHECK(std::get<RecordUsage>(parsed.value.body).tokens->output > limits::kTokensMax);
}

TEST_CASE("A receipt of usage shows its zeros, a refusal shows outcome and detail only") {
  Answer answer;
  answer.receipt.position = Position(5);
  answer.receipt.period_from = {9};
  const std::string json = written<wire::Receipt>(protocol::writeReceipt, answer);
  CHECK(has(json, R"("outcome":"ok")"));
  CHECK(has(json, R"("quantity":"0")"));
  CHECK(has(json, R"("price":"0")"));
  CHECK(has(json, R"("balanceAfter":"0")"));
  CHECK_FALSE(has(json, "overdrawn"));

  answer.verdict = {Outcome::insufficientCredits, "calls"};
  const std::string refused = written<wire::Receipt>(protocol::writeReceipt, answer);
  CHECK(has(refused, R"("outcome":"insufficientCredits","detail":"calls")"));
  CHECK(has(refused, R"("position":"0")"));
  CHECK_FALSE(has(refused, "quantity"));
}

TEST_CASE("A balance holds only what its model has") {
  Balance balance{.customer = "acme", .as_of = Position(7)};
  balance.terms = {"pro", 1, "USD"};
  balance.features = {{.feature = "calls", .used = decimal("3.5")}};
  const auto json = [&] { return written<wire::Balance>(protocol::writeBalance, balance); };
  CHECK(has(json(), R"("used":"3.5")"));
  CHECK(has(json(), R"("cancelAt":"0")"));
  CHECK_FALSE(has(json(), "credits"));
  CHECK_FALSE(has(json(), "money"));
  balance.model = ConsumptionModel::credits;
  CHECK(has(json(), R"("credits":{"plan":"0")"));
  balance.model = ConsumptionModel::balance;
  balance.money.amount = decimal("-0.5");
  CHECK(has(json(), R"("amount":"-0.5")"));
  CHECK_FALSE(has(json(), "credits"));
  balance.credits.purchased = decimal("3");
  CHECK(has(json(), R"("purchased":"3")"));
}

TEST_CASE("A customer's state is that of its subscriptions") {
  const auto json = [](const Customer& customer) {
    return written<wire::CustomerInfo>(protocol::writeCustomerInfo, customer);
  };
  Customer customer{.number = CustomerNumber(4), .id = "acme"};
  CHECK(has(json(customer), R"("state":"none")"));
  customer.subscribed = {{{1}, {2}}};
  CHECK(has(json(customer), R"("state":"canceled")"));
  customer.subscription = Subscription{.plan = "pro"};
  CHECK(has(json(customer), R"("state":"active","plan":"pro")"));
  customer.subscription->trial_to = Instant{9};
  CHECK(has(json(customer), R"("state":"trialing","plan":"pro")"));
  customer.subscription->trial_to.reset();
  customer.subscription->paused = Instant{9};
  CHECK(has(json(customer), R"("state":"paused","plan":"pro")"));
}

TEST_CASE("An invoice is shown with its status now, and stored with that when it was closed") {
  const Invoice invoice = testing::golden::invoice();
  const std::string stored = written<wire::Invoice>(protocol::writeInvoice, invoice);
  CHECK(has(stored, R"("status":"open")"));
  CHECK_FALSE(has(stored, R"("paid")"));
  CHECK_FALSE(has(stored, R"("credited")"));

  InvoiceRef ref{.number = invoice.number, .status = InvoiceStatus::voided};
  ref.credited = decimal("164.53");
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::Invoice>();
  protocol::writeInvoiceNow(root, invoice, ref);
  const std::string shown = protocol::jsonOf(root.asReader());
  CHECK(has(shown, R"("status":"void")"));
  CHECK(has(shown, R"("paid":"0","credited":"164.53")"));
}

TEST_CASE("A balance shows what the subscription waits for") {
  Balance balance{.customer = "acme", .as_of = Position(7)};
  balance.trial_to = {9};
  balance.change = ScheduledChange{"team", Interval::month};
  balance.enabled = {"sso"};
  balance.seats = {{.feature = "seats", .held = 5, .true_up = decimal("2.5")}};
  balance.late.emplace_back().feature = FeatureNumber(2);
  balance.late.back().exact = decimal("1.25");
  balance.adjustments = {{"Support", decimal("-3")}};
  balance.alerts = {{{.feature = "calls", .level = decimal("80")}}};
  balance.billing_interval = Interval::quarter;
  balance.alert_rules = {{AlertKind::usage, {}, decimal("75"), true}};
  balance.has_own_alert_rules = true;
  const std::string json = written<wire::Balance>(protocol::writeBalance, balance);
  CHECK(has(json, R"("billingInterval":"quarter")"));
  CHECK(has(json, R"("alertRules":[{"kind":"usage")"));
  CHECK(has(json, R"("hasOwnAlertRules":true)"));
  CHECK(has(json, R"("trialTo":"9")"));
  CHECK(has(json, R"("change":{"plan":"team","interval":"month"})"));
  CHECK(has(json, R"("enabled":["sso"])"));
  CHECK(has(json, R"("held":"5")"));
  CHECK(has(json, R"("exact":"1.25")"));
  CHECK(has(json, R"("amount":"-3")"));
  CHECK(has(json, R"("level":"80","percent":true)"));
  CHECK_FALSE(has(json, "customerCredit"));
}

TEST_CASE("A check and a catalog change show what they were given") {
  CheckAnswer answer;
  answer.verdict = {Outcome::insufficientBalance, "calls"};
  answer.cost = decimal("1.5");
  answer.overage_begins = true;
  const std::string check = written<wire::CheckAnswer>(protocol::writeCheckAnswer, answer);
  CHECK(has(check, R"("allowed":false)"));
  CHECK(has(check, R"("outcome":"insufficientBalance","detail":"calls")"));
  CHECK(has(check, R"("cost":"1.5","overageBegins":true)"));

  const CatalogChange change{ItemKind::priceBook, "USD", ChangeAction::changed, 3};
  CHECK(written<wire::CatalogChange>(protocol::writeCatalogChange, change) ==
        R"({"kind":"priceBook","code":"USD","action":"changed","version":3})");
}

}  // namespace daybook
