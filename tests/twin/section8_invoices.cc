// Section 8: invoices, credit notes, payments.
#include <algorithm>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// What the calls of each model used and cost, voids taken off, dearest first.
std::vector<ModelUsage> modelsOf(const Book& book, std::size_t index, const std::string& feature,
                                 const std::string& variant) {
  std::vector<ModelUsage> models;
  for (const Use& entry : book.uses) {
    const Use& use = entry.reverses ? book.uses[*entry.reverses] : entry;
    const bool counts = use.period == index && use.feature == feature && use.variant == variant;
    if (!counts || use.tokens == TokenTotals{}) continue;
    auto found = std::find_if(models.begin(), models.end(), [&use](const ModelUsage& one) {
      return one.provider == use.provider && one.model == use.model;
    });
    if (found == models.end()) {
      found = models.insert(found, ModelUsage{use.provider, use.model, {}, {}});
    }
    const auto count = [&entry](std::uint64_t& total, std::uint64_t part) {
      total = entry.reverses ? total - part : total + part;
    };
    count(found->tokens.input, use.tokens.input);
    count(found->tokens.output, use.tokens.output);
    count(found->tokens.cache_read, use.tokens.cache_read);
    count(found->tokens.cache_write, use.tokens.cache_write);
    found->cost += entry.quantity.decimal();
  }
  std::erase_if(models, [](const ModelUsage& one) { return one.tokens == TokenTotals{}; });
  std::sort(models.begin(), models.end(), [](const ModelUsage& a, const ModelUsage& b) {
    if (a.cost != b.cost) return a.cost > b.cost;
    return std::pair(a.provider, a.model) < std::pair(b.provider, b.model);
  });
  CHECK(models.size() <= 6, "the twin's world has few models");
  return models;
}

/// Overage and minimum of one feature at one price.
void addUsageLines(const Desk& desk, std::size_t index, const PlanFeature& sold,
                   const std::string& variant, std::vector<InvoiceLine>& lines) {
  const Period& period = desk.book.periods[index];
  const auto price = priceOf(desk, period, sold, variant);
  if (!price) return;
  const Number share = shareOf(period.span);
  Number charge = chargesOf(desk, index, sold, std::nullopt)[variant];
  if (price->maximum_charge) charge = least(charge, recorded(share * *price->maximum_charge));
  const int digits = minorDigits(period.currency);
  const Number used = usedOf(desk.book, index, sold.feature, variant);
  const Number beyond = beyondIncluded(desk, index, sold, std::nullopt).at(variant);
  if (charge != 0) {
    InvoiceLine line = lineOf(LineType::overage, charge, period.span.from, period.span.to);
    line.feature = sold.feature;
    line.variant = variant;
    line.quantity = used.decimal();
    line.included = (positivePart(used) - beyond).decimal();
    if (price->scheme == Scheme::perUnit) line.unit_price = price->unit_price;
    line.tiers = tierChargesFor(*price, beyond);
    line.models = modelsOf(desk.book, index, sold.feature, variant);
    lines.push_back(line);
  }
  if (!price->minimum_charge) return;
  const Number missing = recorded(share * *price->minimum_charge) - charge.rounded(digits);
  if (missing <= 0) return;
  InvoiceLine line = lineOf(LineType::minimum, missing, period.span.from, period.span.to);
  line.feature = sold.feature;
  line.variant = variant;
  lines.push_back(line);
}

void addSeatLines(const Desk& desk, std::size_t index, const PlanFeature& sold,
                  std::vector<InvoiceLine>& lines) {
  const Period& period = desk.book.periods[index];
  Number sum;
  for (const SeatsEntry& entry : desk.book.seats) {
    if (entry.period == index && entry.feature == sold.feature) sum += entry.true_up;
  }
  if (sum == 0) return;
  lines.push_back(lineOf(LineType::seats, sum, period.span.from, period.span.to));
  lines.back().feature = sold.feature;
}

Bill* billOf(Book& book, InvoiceNumber number) {
  if (number.isNone() || number.value > book.bills.size()) return nullptr;
  return &book.bills[number.value - 1];
}

Number dueOf(const Bill& bill) { return Number(bill.invoice.total) - bill.paid - bill.credited; }

/// What was charged before customer credit, less what is credited already.
Number creditable(const Bill& bill) {
  return Number(bill.invoice.total) + bill.credit_used - bill.credited - bill.restored;
}

bool isPayable(Decimal amount, const std::string& currency) {
  return amount.isPositive() && isInMinorUnits(amount, currency);
}

Outcome checkCurrency(const Desk& desk, const std::string& asked) {
  const std::string& fixed = desk.book.currency;
  if (asked.empty() && fixed.empty()) return Outcome::unknownCurrency;
  if (!asked.empty() && !fixed.empty() && asked != fixed) return Outcome::currencyMismatch;
  return Outcome::ok;
}

Heading purchaseHeading(const Desk& desk, InvoiceType type) {
  return {type, desk.now, desk.now, desk.now, "", 0, Heading::By::command};
}

/// Without a subscription credits wait for one; a plan of another model never draws them.
bool canDrawCredits(const Desk& desk) {
  const auto running = runningPeriod(desk.book);
  if (!running) return true;
  return planOf(desk.published, desk.book.periods[*running]).model == ConsumptionModel::credits;
}

void fixCurrency(Desk& desk, const std::string& asked) {
  if (desk.book.currency.empty()) desk.book.currency = asked;
}

bool isOwed(const Bill& bill) {
  return bill.status == InvoiceStatus::open || bill.status == InvoiceStatus::uncollectible;
}

/// Nothing is due any more: paid, or voided when neither a payment nor customer credit is left on
/// it.
void settle(Bill& bill) {
  if (bill.status == InvoiceStatus::voided || dueOf(bill) > 0) return;
  const bool is_kept = bill.paid > 0 || bill.credit_used > bill.restored;
  bill.status = is_kept ? InvoiceStatus::paid : InvoiceStatus::voided;
}

/// A credit note over (part of) an invoice.
CreditNoteNumber closeNote(Desk& desk, Bill& bill, const Number& amount, const std::string& reason,
                           bool as_customer_credit) {
  Book& book = desk.book;
  CreditNote note;
  note.number = CreditNoteNumber(book.notes.size() + 1);
  note.invoice = bill.invoice.number;
  note.customer = book.id;
  note.currency = bill.invoice.currency;
  note.date = desk.now;
  note.reason = reason;
  note.total = amount.decimal();
  note.as_customer_credit = as_customer_credit;
  book.notes.push_back(note);
  // Money first; what is beyond it had been paid with customer credit, and becomes that again.
  const Number money = least(amount, Number(bill.invoice.total) - bill.credited);
  const Number restored = amount - money;
  bill.credited += money;
  bill.restored += restored;
  settle(bill);
  if (restored > 0) book.credits.push_back({restored, reason});
  if (as_customer_credit && amount > restored) book.credits.push_back({amount - restored, reason});
  return note.number;
}

}  // namespace

bool isInMinorUnits(Decimal amount, const std::string& currency) {
  return amount.roundedTo(minorDigits(currency)) == amount;
}

Number creditLeft(const Book& book) {
  Number sum;
  for (const CreditEntry& entry : book.credits) sum += entry.amount;
  return sum;
}

std::vector<InvoiceLine> closingLines(const Desk& desk, std::size_t index) {
  std::vector<InvoiceLine> lines;
  const Period& period = desk.book.periods[index];
  const Plan& plan = planOf(desk.published, period);
  if (period.trial) return lines;
  for (const PlanFeature& sold : plan.features) addSeatLines(desk, index, sold, lines);
  for (const PlanFeature& sold : plan.features) {
    if (plan.model == ConsumptionModel::metered) {
      const Feature& feature = *featureOf(desk.published, sold.feature);
      const bool charged = feature.type == FeatureType::metered && !sold.unlimited &&
                           sold.overage == Overage::charge;
      if (!charged) continue;
      for (const std::string& variant : variantsOf(sold)) {
        addUsageLines(desk, index, sold, variant, lines);
      }
    }
    if (plan.model != ConsumptionModel::balance) continue;
    for (const Overdraft& overdraft : overdraftsOf(desk.book, index)) {
      if (overdraft.feature != sold.feature) continue;
      lines.push_back(
          lineOf(LineType::balanceOverage, overdraft.amount, period.span.from, period.span.to));
      lines.back().feature = sold.feature;
    }
  }
  return lines;
}

std::vector<InvoiceLine> pendingLines(const Desk& desk) {
  std::vector<InvoiceLine> lines;
  for (const LateEntry& entry : desk.book.late) {
    if (entry.billed) continue;
    const Span& span = desk.book.periods[entry.period].span;
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const InvoiceLine& line) {
      return line.feature == entry.feature && line.variant == entry.variant &&
             line.from == span.from && line.to == span.to;
    });
    if (same == lines.end()) {
      lines.push_back(lineOf(LineType::lateAdjustment, entry.amount, span.from, span.to));
      lines.back().feature = entry.feature;
      lines.back().variant = entry.variant;
      lines.back().quantity = entry.quantity.decimal();
    } else {
      same->exact = (Number(same->exact) + entry.amount).decimal();
      same->quantity = (Number(same->quantity) + entry.quantity).decimal();
      if (same->exact.isZero()) lines.erase(same);  // it cancels out: the next one is a new line
    }
  }
  for (const Adjustment& entry : desk.book.adjustments) {
    if (entry.billed) continue;
    lines.push_back(lineOf(LineType::adjustment, entry.amount, desk.now, desk.now));
    lines.back().description = entry.description;
  }
  return lines;
}

void markPending(Desk& desk) {
  for (LateEntry& entry : desk.book.late) entry.billed = true;
  for (Adjustment& entry : desk.book.adjustments) entry.billed = true;
}

std::optional<Bill> billOf(const Desk& desk, const Heading& heading,
                           std::vector<InvoiceLine> lines) {
  if (lines.empty()) return std::nullopt;
  const Book& book = desk.book;
  const int digits = minorDigits(book.currency);
  Number total;
  for (InvoiceLine& line : lines) {
    line.amount = Number(line.exact).rounded(digits).decimal();
    total += line.amount;
  }
  Bill bill;
  Number credit;  // positive: what becomes of a negative total
  if (total > 0) {
    bill.credit_used = least(total, creditLeft(book));
    credit = -bill.credit_used;
  } else {
    credit = -total;
  }
  if (credit != 0) {
    lines.push_back(lineOf(LineType::customerCredit, credit, heading.date, heading.date));
    lines.back().amount = credit.decimal();
    total += credit;
  }
  Invoice& invoice = bill.invoice;
  invoice.type = heading.type;
  invoice.customer = book.id;
  invoice.currency = book.currency;
  invoice.date = heading.date;
  invoice.due = heading.date + Duration::days(desk.settings.due_days);
  invoice.from = heading.from;
  invoice.to = heading.to;
  invoice.plan = heading.plan;
  invoice.plan_version = heading.version;
  invoice.price_book_version =
      bookVersionAt(desk.published, book.currency,
                    heading.by == Heading::By::command ? heading.date : heading.date - Duration{1});
  invoice.lines = std::move(lines);
  invoice.total = total.decimal();
  invoice.status = total == 0 ? InvoiceStatus::paid : InvoiceStatus::open;
  bill.status = invoice.status;
  return bill;
}

InvoiceNumber closeBill(Desk& desk, const Heading& heading, std::vector<InvoiceLine> lines) {
  Book& book = desk.book;
  auto bill = billOf(desk, heading, std::move(lines));
  if (!bill) return {};
  bill->invoice.number = InvoiceNumber(book.bills.size() + 1);
  if (bill->credit_used > 0) book.credits.push_back({-bill->credit_used, "used"});
  const InvoiceLine& last = bill->invoice.lines.back();
  if (last.type == LineType::customerCredit && last.amount.isPositive()) {
    book.credits.push_back({last.amount, "credits exceed the charges"});
  }
  book.bills.push_back(*bill);
  return bill->invoice.number;
}

void closePeriod(Desk& desk, std::size_t index) {
  Book& book = desk.book;
  const bool canceled = !book.periods[index].next;
  const Instant at = book.periods[index].span.to;
  // What waits for an invoice waits for the one at a trial's end, unless there will be none.
  const bool trial = book.periods[index].trial;
  if (!trial || canceled) {
    std::vector<InvoiceLine> lines;
    if (!canceled) lines = book.periods[*book.periods[index].next].ahead;
    if (!trial) {
      for (const InvoiceLine& line : closingLines(desk, index)) lines.push_back(line);
    }
    for (const InvoiceLine& line : pendingLines(desk)) lines.push_back(line);
    markPending(desk);
    const InvoiceType type = canceled ? InvoiceType::final : InvoiceType::renewal;
    closeBill(desk, headingOf(book.periods[index], type, at), lines);
  }
  book.periods[index].closed = true;
  const auto running = runningPeriod(book);
  if (!canceled && running && book.periods[*running].life == book.periods[index].life) {
    carryTopUps(desk, index, *running);
  }
}

Answer answerTo(Desk& desk, const BuyCredits& asked) {
  Book& book = desk.book;
  const Pack* pack = nullptr;
  for (const Pack& one : desk.published.packs) {
    if (one.code == asked.pack) pack = &one;
  }
  if (pack == nullptr) return refused(Outcome::unknownPack);
  std::string currency = asked.currency.empty() ? book.currency : asked.currency;
  if (currency.empty() && pack->prices.size() > 1) return refused(Outcome::unknownCurrency);
  if (currency.empty()) currency = pack->prices.front().currency;
  if (checkCurrency(desk, currency) != Outcome::ok) return refused(Outcome::currencyMismatch);
  const auto price = std::find_if(pack->prices.begin(), pack->prices.end(),
                                  [&](const PackPrice& one) { return one.currency == currency; });
  if (price == pack->prices.end()) return refused(Outcome::currencyMismatch);
  if (!canDrawCredits(desk)) return refused(Outcome::wrongModel);
  fixCurrency(desk, currency);
  Answer answer;
  if (price->price.isPositive()) {
    InvoiceLine line = lineOf(LineType::pack, price->price, desk.now, desk.now);
    line.quantity = Decimal::fromInteger(1);
    line.unit_price = price->price;
    const Heading heading = purchaseHeading(desk, InvoiceType::creditPurchase);
    answer.receipt.invoice = closeBill(desk, heading, {line});
  }
  Grant grant;
  grant.kind = GrantKind::purchased;
  grant.priority = pack->priority;
  grant.credits = pack->credits;
  grant.effective = desk.now;
  if (pack->expires_after_days > 0) {
    grant.expiry = desk.now + Duration::days(pack->expires_after_days);
  }
  for (const std::string& code : pack->features) {
    const auto feature =
        std::find_if(desk.published.features.begin(), desk.published.features.end(),
                     [&](const Feature& one) { return one.code == code; });
    const auto index = feature - desk.published.features.begin();
    grant.features.emplace_back(static_cast<std::uint32_t>(index + 1));
  }
  grant.pack = pack->code;
  grant.price = price->price;
  grant.invoice = answer.receipt.invoice;
  const std::size_t index = addGrant(desk, grant);
  armCreditAlerts(desk);
  answer.receipt.quantity = pack->credits;
  answer.receipt.price = price->price;
  answer.receipt.grant = book.grants[index].terms.number;
  return answer;
}

Answer answerTo(Desk& desk, const TopUp& asked) {
  Book& book = desk.book;
  if (!asked.amount.isPositive()) return refused(Outcome::invalidNumber);
  if (!book.subscription) return refused(Outcome::noSubscription);
  const Outcome currency = checkCurrency(desk, asked.currency);
  if (currency != Outcome::ok) return refused(currency);
  if (!isPayable(asked.amount, book.currency)) return refused(Outcome::invalidNumber);
  if (book.subscription->paused) return refused(Outcome::paused);
  const std::size_t running = *runningPeriod(book);
  const Plan& plan = planOf(desk.published, book.periods[running]);
  if (plan.model != ConsumptionModel::balance) return refused(Outcome::wrongModel);
  InvoiceLine line = lineOf(LineType::topUp, asked.amount, desk.now, desk.now);
  line.quantity = Decimal::fromInteger(1);
  line.unit_price = asked.amount;
  const Heading heading = purchaseHeading(desk, InvoiceType::balanceTopUp);
  Answer answer;
  answer.receipt.invoice = closeBill(desk, heading, {line});
  book.money_moves.push_back({running, "", asked.amount, MoneyMove::Kind::topUp});
  answer.receipt.quantity = asked.amount;
  answer.receipt.price = asked.amount;
  answer.receipt.balance_after = moneyOf(book, running).decimal();
  return answer;
}

Answer answerTo(Desk& desk, const GrantCredits& asked) {
  if (!asked.credits.isPositive()) return refused(Outcome::invalidNumber);
  Grant grant;
  grant.kind = GrantKind::promotional;
  grant.priority = asked.priority;
  grant.credits = asked.credits;
  grant.effective = asked.effective.value_or(desk.now);
  grant.expiry = asked.expiry.value_or(Instant::never());
  for (const std::string& code : asked.features) {
    const auto feature =
        std::find_if(desk.published.features.begin(), desk.published.features.end(),
                     [&](const Feature& one) { return one.code == code; });
    if (feature == desk.published.features.end()) return refused(Outcome::unknownFeature);
    const auto index = feature - desk.published.features.begin();
    grant.features.emplace_back(static_cast<std::uint32_t>(index + 1));
  }
  if (grant.expiry <= grant.effective || grant.expiry <= desk.now) {
    return refused(Outcome::invalidTime);
  }
  if (!canDrawCredits(desk)) return refused(Outcome::wrongModel);
  const std::size_t index = addGrant(desk, grant);
  armCreditAlerts(desk);
  Answer answer;
  answer.receipt.quantity = asked.credits;
  answer.receipt.grant = desk.book.grants[index].terms.number;
  return answer;
}

Answer answerTo(Desk& desk, const RefundPack& asked) {
  Book& book = desk.book;
  if (asked.grant.isNone() || asked.grant.value > book.grants.size()) {
    return refused(Outcome::unknownGrant);
  }
  const std::size_t index = asked.grant.value - 1;
  const Grant grant = book.grants[index].terms;
  const Number left = remainingOf(book, index);
  if (grant.kind != GrantKind::purchased || left <= 0 || desk.now >= grant.expiry) {
    return refused(Outcome::nothingToRefund);
  }
  const Watched before = watched(desk, desk.now);
  book.grants[index].refunded += left;
  raiseAlerts(desk, before, watched(desk, desk.now));
  Answer answer;
  answer.receipt.quantity = left.decimal();
  answer.receipt.grant = asked.grant;
  if (grant.invoice.isNone()) return answer;
  Bill& bill = book.bills[grant.invoice.value - 1];
  Number amount = (left / grant.credits * grant.price).rounded(minorDigits(book.currency));
  amount = least(amount, creditable(bill));
  if (amount > 0) {
    answer.receipt.credit_note = closeNote(desk, bill, amount, asked.reason, false);
  }
  return answer;
}

Answer answerTo(Desk& desk, const AddAdjustment& asked) {
  Book& book = desk.book;
  const Outcome currency = checkCurrency(desk, asked.currency);
  if (currency != Outcome::ok) return refused(currency);
  fixCurrency(desk, asked.currency);
  const bool at_once = asked.at_once || !runningPeriod(book);
  Answer answer;
  if (!at_once) {
    book.adjustments.push_back({asked.description, asked.amount});
    return answer;
  }
  InvoiceLine line = lineOf(LineType::adjustment, asked.amount, desk.now, desk.now);
  line.description = asked.description;
  const Heading heading = purchaseHeading(desk, InvoiceType::adjustment);
  answer.receipt.invoice = closeBill(desk, heading, {line});
  return answer;
}

Answer answerTo(Desk& desk, const AddCustomerCredit& asked) {
  if (!asked.amount.isPositive()) return refused(Outcome::invalidNumber);
  const Outcome currency = checkCurrency(desk, asked.currency);
  if (currency != Outcome::ok) return refused(currency);
  fixCurrency(desk, asked.currency);
  desk.book.credits.push_back({asked.amount, asked.reason});
  return {};
}

Answer answerTo(Desk& desk, const CreditInvoice& asked) {
  Bill* bill = billOf(desk.book, asked.invoice);
  if (bill == nullptr) return refused(Outcome::unknownInvoice);
  const Number left = creditable(*bill);
  if (left <= 0) return refused(Outcome::invoiceSettled);
  if (asked.as_customer_credit && dueOf(*bill) > 0) return refused(Outcome::notAvailableNow);
  const Number amount = asked.amount ? Number(*asked.amount) : left;
  if (amount > left) return refused(Outcome::amountTooLarge);
  Answer answer;
  answer.receipt.invoice = asked.invoice;
  answer.receipt.price = amount.decimal();
  answer.receipt.credit_note =
      closeNote(desk, *bill, amount, asked.reason, asked.as_customer_credit);
  return answer;
}

Answer answerTo(Desk& desk, const RecordPayment& asked) {
  Bill* bill = billOf(desk.book, asked.invoice);
  if (bill == nullptr) return refused(Outcome::unknownInvoice);
  const Number due = dueOf(*bill);
  if (!isOwed(*bill) || due <= 0) return refused(Outcome::invoiceSettled);
  const Number amount = asked.amount ? Number(*asked.amount) : due;
  if (amount > due) return refused(Outcome::amountTooLarge);
  bill->paid += amount;
  settle(*bill);
  Answer answer;
  answer.receipt.invoice = asked.invoice;
  answer.receipt.price = amount.decimal();
  return answer;
}

Answer answerTo(Desk& desk, const RecordPaymentFailure& asked) {
  const Bill* bill = billOf(desk.book, asked.invoice);
  if (bill == nullptr) return refused(Outcome::unknownInvoice);
  if (dueOf(*bill) <= 0) return refused(Outcome::invoiceSettled);
  return {};
}

Answer answerTo(Desk& desk, const MarkUncollectible& asked) {
  Bill* bill = billOf(desk.book, asked.invoice);
  if (bill == nullptr) return refused(Outcome::unknownInvoice);
  if (bill->status != InvoiceStatus::open) return refused(Outcome::invoiceSettled);
  bill->status = InvoiceStatus::uncollectible;
  return {};
}

}  // namespace daybook::twin
