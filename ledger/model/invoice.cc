#include "ledger/model/invoice.h"

#include "ledger/base/check.h"

namespace daybook {

namespace {

std::string label(const std::string& prefix, std::uint64_t number) {
  CHECK(number > 0, "a document has a number");
  constexpr std::size_t kDigitsMin = 6;
  const std::string digits = std::to_string(number);
  const std::size_t zeros = digits.size() < kDigitsMin ? kDigitsMin - digits.size() : 0;
  return prefix + std::string(zeros, '0') + digits;
}

}  // namespace

std::string invoiceLabel(const std::string& prefix, InvoiceNumber number) {
  return label(prefix, number.value);
}

std::string creditNoteLabel(const std::string& prefix, CreditNoteNumber number) {
  return label(prefix, number.value);
}

}  // namespace daybook
