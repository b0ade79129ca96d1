// What people read of plans, prices, alerts and invoices.
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/account_text.h"
#include "client/cli/invoice_text.h"
#include "client/cli/terms_text.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string printed(const std::function<void(Console&)>& print) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  Console console(file.get(), file.get());
  print(console);
  std::fflush(file.get());
  std::rewind(file.get());
  std::string text;
  for (int c = std::fgetc(file.get()); c != EOF; c = std::fgetc(file.get())) {
    text += static_cast<char>(c);
  }
  return text;
}

std::string price(const char* json) { return priceText(Json::parse(json)); }

TEST_CASE("every price scheme has its words") {
  CHECK(price(R"({"unitPrice":"0.01"})") == "0.01 each");
  CHECK(price(R"({"scheme":"graduated","tiers":[{"upTo":"100","unitPrice":"0.2","flatFee":"1"},
                  {"unitPrice":"0.1"}]})") == "0.2 and a flat 1 up to 100, then 0.1 (graduated)");
  CHECK(price(R"({"scheme":"volume","tiers":[{"unitPrice":"3"}]})") == "3 (volume)");
  CHECK(price(R"({"scheme":"package","packageSize":"1000","packagePrice":"3"})") == "3 per 1000");
  CHECK(price(R"({"scheme":"tokens"})") == "tokens");
  CHECK(price(R"({"scheme":"tokens","marginPercent":"20"})") == "tokens + 20 %");
  CHECK(price(R"({"scheme":"percentage","ratePercent":"2.9","feePerEvent":"0.3",
                  "eventMinimum":"0.5","eventMaximum":"40"})") ==
        "2.9 % + 0.3 an event, at least 0.5, at most 40");
  CHECK(price(R"({"unitPrice":"1","minimumCharge":"5"})") == "1 each, at least 5 a period");
  CHECK(price(R"({"unitPrice":"100","interval":"year"})") == "100 each by the year");
}

constexpr char kCatalog[] = R"({
  "features":[{"code":"calls","type":"metered"},{"code":"sso","type":"boolean"},
              {"code":"editors","type":"seats"}],
  "plans":[{"code":"team","version":3,"model":"metered","interval":"month","rank":20,"trialDays":14,
    "prices":[{"currency":"USD","base":"99"},{"currency":"USD","interval":"year","base":"990"},
              {"currency":"EUR","base":"89"}],
    "alerts":{"rules":[{"kind":"usage","level":"80","percent":true}]},
    "features":[
      {"feature":"calls","included":"1000","overage":"block","dimension":"region",
       "prices":[{"currency":"USD","unitPrice":"0.01"},{"currency":"EUR","unitPrice":"0.02"}],
       "variants":[{"value":"eu","prices":[{"currency":"USD","unitPrice":"0.03"}]}]},
      {"feature":"sso"},
      {"feature":"editors","included":"2","prices":[{"currency":"USD","unitPrice":"10"}]}]}]})";

TEST_CASE("a plan's terms are shown in the customer's currency") {
  const Json catalog = Json::parse(kCatalog);
  REQUIRE(findPlan(catalog, "team") != nullptr);
  CHECK(findPlan(catalog, "gone") == nullptr);
  CHECK(printed([&](Console& console) {
          printTerms(console, catalog, *findPlan(catalog, "team"), "USD");
        }) ==
        "Terms of    team version 3\n"
        "Model       metered\n"
        "Interval    month\n"
        "Base price  99.00 USD\n"
        "Base price  990.00 USD by the year\n"
        "Trial       14 days\n"
        "Rank        20\n"
        "Alerts      usage=80%\n"
        "\n"
        "FEATURE      INCLUDED  BEYOND   PRICE\n"
        "calls            1000  refused  0.01 each\n"
        "  region=eu         -  -        0.03 each\n"
        "sso                on  -        -\n"
        "editors             2  -        10 each\n");
  const std::string all = printed(
      [&](Console& console) { printTerms(console, catalog, *findPlan(catalog, "team"), ""); });
  CHECK(all.find("USD 0.01 each; EUR 0.02 each") != std::string::npos);
  CHECK(all.find("Base price  89.00 EUR") != std::string::npos);
}

TEST_CASE("alerts and scheduled changes are sentences") {
  CHECK(alertText({.kind = client::AlertKind::usage, .feature = "calls", .level = "80"}) ==
        "usage of calls reaches 80 %");
  CHECK(alertText(
            {.kind = client::AlertKind::balance, .feature = "", .level = "5", .percent = false}) ==
        "balance below 5");
  CHECK(changeText({.plan = "pro", .interval = client::Interval::year}) == "pro, by the year");
  CHECK(intervalText(client::Interval::once) == "paid once");
  CHECK(ruleText(Json::parse(R"({"kind":"usage","feature":"f","level":"5","percent":false})")) ==
        "usage:f=5");
}

TEST_CASE("what is due of an invoice is what is neither paid nor credited") {
  client::Invoice invoice;
  invoice.total = "99.5";
  CHECK(dueOf(invoice) == "99.5");
  invoice.paid = "50";
  invoice.credited = "9.5";
  CHECK(dueOf(invoice) == "40");
  invoice.paid = "99.5";  // and credited afterwards: nothing is due, something is owed
  CHECK(dueOf(invoice) == "0");
  invoice.paid = "";
  invoice.status = client::InvoiceStatus::voided;
  CHECK(dueOf(invoice) == "0");
  invoice.status = client::InvoiceStatus::uncollectible;
  CHECK(dueOf(invoice) == "0");
}

TEST_CASE("an invoice that is not closed has no status and nothing due") {
  client::Invoice invoice;
  invoice.currency = "USD";
  invoice.total = "84.03";
  invoice.lines.push_back({.type = client::LineType::overage,
                           .feature = "calls",
                           .variant = "eu",
                           .description = "API calls",
                           .amount = "1"});
  const std::string upcoming = printed([&](Console& console) { printInvoice(console, invoice); });
  CHECK(upcoming.find("calls/eu") != std::string::npos);
  CHECK(upcoming.find("Total  84.03 USD\n") != std::string::npos);
  CHECK(upcoming.find("Due") == std::string::npos);
  CHECK(upcoming.find("Status") == std::string::npos);
  invoice.number = 3;
  invoice.paid = "80";
  const std::string closed = printed([&](Console& console) { printInvoice(console, invoice); });
  CHECK(closed.find("Total  84.03 USD\nPaid   80.00 USD\nDue    4.03 USD\n") != std::string::npos);
}

}  // namespace
}  // namespace daybook::cli
