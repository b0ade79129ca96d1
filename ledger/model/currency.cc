#include <algorithm>
#include <string_view>

#include "ledger/model/catalog.h"

namespace daybook {
namespace {

// ISO 4217, active codes with a minor unit, by its digits; separated by spaces. Units of account
// without one (gold, special drawing rights) are no currencies of an invoice.
constexpr std::string_view kNoDigits =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view kTwoDigits =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
    "ZWG";
constexpr std::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view kFourDigits = "CLF UYW";

constexpr std::size_t kCodeLength = 3;

bool holds(std::string_view codes, std::string_view code) {
  for (std::size_t at = 0; at < codes.size(); at += kCodeLength + 1) {
    if (codes.substr(at, kCodeLength) == code) return true;
  }
  return false;
}

}  // namespace

std::optional<int> currencyExponent(std::string_view currency) {
  if (holds(kTwoDigits, currency)) return 2;
  if (holds(kNoDigits, currency)) return 0;
  if (holds(kThreeDigits, currency)) return 3;
  if (holds(kFourDigits, currency)) return 4;
  return std::nullopt;
}

}  // namespace daybook
