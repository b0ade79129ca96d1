#include "ledger/model/invoice.h"

#include "ledger/base/check.h"

namespace daybook {

std::string invoiceLabel(const std::string& prefix, InvoiceNumber number) {
  CHECK(!number.isNone(), "an invoice has a number");
  constexpr std::size_t kDigitsMin = 6;
  const std::string digits = std::to_string(number.value);
  const std::size_t zeros = digits.size() < kDigitsMin ? kDigitsMin - digits.size() : 0;
  return prefix + std::string(zeros, '0') + digits;
}

}  // namespace daybook
