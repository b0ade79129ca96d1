// Shared by the files that check the form of commands: one overload per kind, and simple rules.
//
// A rule's Verdict names the field. Pure; usable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "ledger/core/forms.h"
#include "ledger/model/command.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

// Holds.
Verdict formOf(const PlaceHold& place);
Verdict formOf(const SettleHold& settle);
Verdict formOf(const UseHold& use);
Verdict formOf(const ReleaseHold& release);
Verdict formOf(const ExtendHold& extend);
// Customers and their subscriptions.
Verdict formOf(const CreateCustomer& create);
Verdict formOf(const UpdateCustomer& update);
Verdict formOf(const Subscribe& subscribe);
Verdict formOf(const ChangePlan& change);
Verdict formOf(const ChangeSeats& change);
Verdict formOf(const SetAlerts& alerts);
// Credits, corrections and money.
Verdict formOf(const BuyCredits& buy);
Verdict formOf(const TopUp& top_up);
Verdict formOf(const GrantCredits& grant);
Verdict formOf(const RefundPack& refund);
Verdict formOf(const VoidUsage& voiding);
Verdict formOf(const AddAdjustment& adjustment);
Verdict formOf(const AddCustomerCredit& credit);
Verdict formOf(const CreditInvoice& credit);
Verdict formOf(const RecordPayment& payment);
Verdict formOf(const RecordPaymentFailure& failure);

/// The first of them that is not ok.
Verdict firstRefusal(std::initializer_list<Verdict> verdicts);

/// Codes and currencies are short texts.
Verdict formOfCode(const std::string& code, const std::string& field);
Verdict formOfOptionalCode(const std::string& code, const std::string& field);
/// Text, or none.
Verdict formOfText(const std::string& text, std::size_t bytes_max, const std::string& field);

enum class Sign : std::uint8_t { positive, notNegative, notZero, any };
/// Within [-max, max], and of this sign.
Verdict formOfNumber(Decimal value, Sign sign, std::int64_t max, const std::string& field);
/// Not more entries than the limit.
Verdict formOfCount(std::size_t count, std::size_t max, const std::string& field);
/// Codes of features, each once.
Verdict formOfFeatures(const std::vector<std::string>& features, const std::string& field);
/// A time that a clock may show, or none; `expiry` after `effective`.
Verdict formOfTimes(const std::optional<Instant>& effective, const std::optional<Instant>& expiry,
                    const std::string& prefix);

/// "seats[2]".
std::string entry(const std::string& list, std::size_t index);

}  // namespace daybook::core
