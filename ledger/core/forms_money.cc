// The form of commands about credits, corrections and money.
#include "ledger/base/limits.h"
#include "ledger/core/form_checks.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

Verdict formOfReason(const std::string& reason) {
  return formOfText(reason, limits::kReasonBytesMax, "reason");
}

Verdict formOfMoney(Decimal amount, Sign sign) {
  return formOfNumber(amount, sign, limits::kMoneyMax, "amount");
}

Verdict formOfOptionalMoney(const std::optional<Decimal>& amount) {
  return amount ? formOfMoney(*amount, Sign::positive) : Verdict();
}

}  // namespace

Verdict formOf(const BuyCredits& buy) {
  return firstRefusal({formOfCode(buy.pack, "pack"), formOfOptionalCode(buy.currency, "currency")});
}

Verdict formOf(const TopUp& top_up) {
  return firstRefusal({formOfMoney(top_up.amount, Sign::positive),
                       formOfOptionalCode(top_up.currency, "currency")});
}

Verdict formOf(const GrantCredits& grant) {
  return firstRefusal({formOfNumber(grant.credits, Sign::positive, limits::kQuantityMax, "credits"),
                       formOfTimes(grant.effective, grant.expiry, ""),
                       formOfFeatures(grant.features, "features"), formOfReason(grant.reason)});
}

Verdict formOf(const RefundPack& refund) { return formOfReason(refund.reason); }

Verdict formOf(const VoidUsage& voiding) {
  if (!isText(voiding.usage_key, limits::kKeyBytesMax)) return {Outcome::invalidText, "usageKey"};
  return formOfReason(voiding.reason);
}

Verdict formOf(const AddAdjustment& adjustment) {
  Verdict amount = formOfMoney(adjustment.amount, Sign::notZero);
  if (!amount.isOk()) return amount;
  // It becomes the description of an invoice's line.
  if (!isText(adjustment.description, limits::kNameBytesMax)) {
    return {Outcome::invalidText, "description"};
  }
  return formOfOptionalCode(adjustment.currency, "currency");
}

Verdict formOf(const AddCustomerCredit& credit) {
  return firstRefusal({formOfMoney(credit.amount, Sign::positive),
                       formOfOptionalCode(credit.currency, "currency"),
                       formOfReason(credit.reason)});
}

Verdict formOf(const CreditInvoice& credit) {
  return firstRefusal({formOfOptionalMoney(credit.amount), formOfReason(credit.reason)});
}

Verdict formOf(const RecordPayment& payment) {
  return firstRefusal({formOfOptionalMoney(payment.amount),
                       formOfText(payment.reference, limits::kReasonBytesMax, "reference")});
}

Verdict formOf(const RecordPaymentFailure& failure) { return formOfReason(failure.reason); }

}  // namespace daybook::core
