#include <catch2/catch.hpp>

#include <string>

#include "ledger/model/catalog.h"

namespace daybook {
namespace {

TEST_CASE("currencies have the minor-unit digits of ISO 4217") {
  for (const char* code : {"USD", "EUR", "GBP", "CHF", "AED", "ZWG", "HUF", "IDR"}) {
    INFO(code);
    CHECK(currencyExponent(code) == 2);
  }
  for (const char* code : {"JPY", "KRW", "BIF", "CLP", "ISK", "VND", "XPF", "UGX"}) {
    INFO(code);
    CHECK(currencyExponent(code) == 0);
  }
  for (const char* code : {"KWD", "BHD", "IQD", "JOD", "LYD", "OMR", "TND"}) {
    INFO(code);
    CHECK(currencyExponent(code) == 3);
  }
  CHECK(currencyExponent("CLF") == 4);
  CHECK(currencyExponent("UYW") == 4);
}

TEST_CASE("what is no currency of an invoice is unknown") {
  for (const char* code : {"", "US", "USDX", "usd", "XDR", "XAU", "DEM", "HRK", " US", "SD ", "D A",
                           "AED AFN", "BTC"}) {
    INFO(code);
    CHECK_FALSE(currencyExponent(code).has_value());
  }
}

TEST_CASE("as many currencies are known as ISO 4217 lists with a minor unit") {
  int known = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z'; ++c) {
        if (currencyExponent(std::string{a, b, c})) ++known;
      }
    }
  }
  CHECK(known == 165);
}

}  // namespace
}  // namespace daybook
