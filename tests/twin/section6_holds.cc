// Section 6: holds.
#include <algorithm>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

Desk onCopy(const Desk& desk, Book& copy) {
  return {desk.published, desk.settings, desk.zones, copy, desk.now};
}

std::optional<std::size_t> findHold(const Book& book, const std::string& key) {
  for (std::size_t i = 0; i < book.holds.size(); ++i) {
    if (book.holds[i].key == key) return i;
  }
  return std::nullopt;
}

std::optional<HeldAt> findItem(const Book& book, std::size_t hold, const std::string& feature) {
  const std::vector<Held>& items = book.holds[hold].items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].asked.feature == feature) return HeldAt{hold, i};
  }
  return std::nullopt;
}

bool wasUsed(const Book& book, const HeldAt& at) {
  return std::any_of(book.hold_moves.begin(), book.hold_moves.end(),
                     [&at](const HoldMove& move) { return move.of == at && move.used; });
}

/// All that is left of it is free.
void freeItem(Book& book, const HeldAt& at) {
  book.hold_moves.push_back({at, heldLeft(book, at), pinsLeft(book, at), false});
}

/// Items that may be settled in the period, in its units.
std::vector<HeldAt> heldIn(const Desk& desk, std::size_t index, const PlanFeature& sold) {
  const Period& period = desk.book.periods[index];
  const Plan& plan = planOf(desk.published, period);
  std::vector<HeldAt> found;
  for (std::size_t hold = 0; hold < desk.book.holds.size(); ++hold) {
    const auto at = findItem(desk.book, hold, sold.feature);
    if (!at || heldLeft(desk.book, *at) <= 0) continue;
    const Held& held = desk.book.holds[hold].items[at->item];
    // Into later periods, not into earlier ones.
    if (held.period_from > period.span.from) continue;
    if (isMeasuredAs(desk, period, plan, sold, held)) found.push_back(*at);
  }
  return found;
}

ReceiptItem itemOf(const Receipt& receipt, const std::string& feature) {
  return {feature,
          receipt.disposition,
          receipt.period_from,
          receipt.quantity,
          receipt.price,
          receipt.draws,
          receipt.overdrawn,
          receipt.unpaid,
          receipt.late_charge,
          receipt.balance_after};
}

/// One item says it all at the top, too.
void addItems(Receipt& receipt, std::vector<Receipt> each, const std::vector<std::string>& names) {
  if (each.size() == 1) receipt = each.front();
  for (std::size_t i = 0; i < each.size(); ++i) {
    receipt.items.push_back(itemOf(each[i], names[i]));
  }
}

Receipt receiptFor(const Desk& desk, const Judged& judged) {
  Receipt receipt = receiptFor(desk, judged.use);
  receipt.balance_after = judged.balance_after.decimal();
  return receipt;
}

Answer notOpen(const std::optional<std::size_t>& hold) {
  return refused(hold ? Outcome::holdEnded : Outcome::unknownHold);
}

/// What is used when nothing is said: all that the hold still holds.
Outcome allHeld(const Desk& desk, std::size_t hold, std::vector<HoldItem>& items) {
  for (std::size_t i = 0; i < desk.book.holds[hold].items.size(); ++i) {
    const Held& held = desk.book.holds[hold].items[i];
    const HeldAt at{hold, i};
    Number left = held.quantity;
    for (const HoldMove& move : desk.book.hold_moves) {
      if (move.of == at) left -= move.quantity;
    }
    const bool used = wasUsed(desk.book, at);
    if (used && held.asked.tokens) return Outcome::tokensMissing;
    if (used && left == 0) continue;
    items.push_back(held.asked);
    const Meter meter = featureOf(desk.published, held.asked.feature)->meter;
    if (used && meter == Meter::sum) items.back().quantity = left.decimal();
  }
  return Outcome::ok;
}

/// In the order in which what one frees is there for the others.
class Settling {
 public:
  Settling(const Desk& desk, std::size_t hold, const std::vector<RecordUsage>& usages)
      : book_(desk.book), desk_(onCopy(desk, book_)), hold_(hold), usages_(usages) {
    std::vector<RecordUsage> ordered;
    for (const bool within : {true, false}) {
      for (const RecordUsage& usage : usages) {
        if (isWithin(usage.feature) == within) ordered.push_back(usage);
      }
    }
    usages_ = std::move(ordered);
    judged_.resize(usages_.size());
  }

  Outcome judgeAll() {
    freeUnused();
    for (std::size_t i = 0; i < usages_.size(); ++i) {
      const Outcome outcome = judgeOne(i);
      if (outcome != Outcome::ok) return outcome;
    }
    return Outcome::ok;
  }

  const std::vector<RecordUsage>& usages() const { return usages_; }
  const std::vector<Judged>& judged() const { return judged_; }
  const std::vector<AlertEntry>& alerts() const { return book_.alerts; }

 private:
  bool isOpen() const { return book_.holds[hold_].state == HoldEntry::State::open; }

  void freeUnused() {
    for (std::size_t i = 0; isOpen() && i < book_.holds[hold_].items.size(); ++i) {
      const std::string& feature = book_.holds[hold_].items[i].asked.feature;
      const bool used = std::any_of(usages_.begin(), usages_.end(), [&](const RecordUsage& usage) {
        return usage.feature == feature;
      });
      if (!used) freeItem(book_, {hold_, i});
    }
  }

  /// Whether all usage of the feature stays within what was held of it.
  bool isWithin(const std::string& feature) const {
    const HeldAt at = *findItem(book_, hold_, feature);
    const Held& held = book_.holds[hold_].items[at.item];
    Number there = held.quantity;
    for (std::size_t i = 0; i < moves_before_; ++i) {
      if (book_.hold_moves[i].of == at) there -= book_.hold_moves[i].quantity;
    }
    Number sum;
    for (const RecordUsage& usage : usages_) {
      if (usage.feature != feature) continue;
      if (usage.tokens) return usage.tokens == held.asked.tokens;
      sum += usage.quantity ? Number(*usage.quantity) : Number(1);
    }
    return sum <= there;
  }

  Outcome judgeOne(std::size_t i) {
    const RecordUsage& usage = usages_[i];
    const auto own = isOpen() ? findItem(book_, hold_, usage.feature) : std::nullopt;
    judged_[i] = judge(desk_, usage, {own, hold_});
    if (!judged_[i].verdict.isOk()) return judged_[i].verdict.outcome;
    const bool last =
        std::none_of(usages_.begin() + static_cast<std::ptrdiff_t>(i) + 1, usages_.end(),
                     [&usage](const RecordUsage& later) { return later.feature == usage.feature; });
    // The drawn pins are free when they are drawn.
    if (own) book_.hold_moves.push_back({*own, 0, judged_[i].pins});
    if (own && last) freeItem(book_, *own);
    writeWatched(desk_, judged_[i].use);
    return Outcome::ok;
  }

  Book book_;
  Desk desk_;
  std::size_t hold_;
  std::vector<RecordUsage> usages_;
  std::vector<Judged> judged_;
  std::size_t moves_before_ = book_.hold_moves.size();
};

}  // namespace

Number heldLeft(const Book& book, const HeldAt& at) {
  if (book.holds[at.hold].state != HoldEntry::State::open) return 0;
  Number left = book.holds[at.hold].items[at.item].quantity;
  for (const HoldMove& move : book.hold_moves) {
    if (move.of == at) left -= move.quantity;
  }
  return left;
}

std::vector<Taken> pinsLeft(const Book& book, const HeldAt& at) {
  std::vector<Taken> left;
  if (book.holds[at.hold].state != HoldEntry::State::open) return left;
  for (Taken pin : book.holds[at.hold].items[at.item].pins) {
    for (const HoldMove& move : book.hold_moves) {
      for (const Taken& taken : move.pins) {
        if (move.of == at && taken.grant == pin.grant) pin.amount -= taken.amount;
      }
    }
    if (pin.amount > 0) left.push_back(pin);
  }
  return left;
}

Number pinnedIn(const Book& book, std::size_t grant) {
  Number sum;
  for (std::size_t hold = 0; hold < book.holds.size(); ++hold) {
    for (std::size_t item = 0; item < book.holds[hold].items.size(); ++item) {
      for (const Taken& pin : pinsLeft(book, {hold, item})) {
        if (pin.grant == grant) sum += pin.amount;
      }
    }
  }
  return sum;
}

bool isMeasuredAs(const Desk& desk, const Period& period, const Plan& plan, const PlanFeature& sold,
                  const Held& held) {
  return isTokenPriced(desk, period, plan, sold) == held.asked.tokens.has_value();
}

Number heldUnits(const Desk& desk, std::size_t period, const PlanFeature& sold) {
  Number sum;
  for (const HeldAt& at : heldIn(desk, period, sold)) sum += heldLeft(desk.book, at);
  return sum;
}

Number settleAll(Desk& desk, std::size_t period, const PlanFeature& sold) {
  Number sum;
  for (const HeldAt& at : heldIn(desk, period, sold)) {
    Use use;
    use.period = period;
    use.feature = sold.feature;
    use.variant = variantFor(sold, desk.book.holds[at.hold].items[at.item].asked.properties);
    use.quantity = heldLeft(desk.book, at);
    price(desk, sold, use);
    sum += use.price;
    desk.book.uses.push_back(use);
  }
  return sum;
}

Number heldMoney(const Desk& desk, std::size_t period) {
  Number sum;
  const Plan& plan = planOf(desk.published, desk.book.periods[period]);
  for (const PlanFeature& sold : plan.features) {
    Book copy = desk.book;
    Desk after = onCopy(desk, copy);
    sum += positivePart(settleAll(after, period, sold));  // it frees nothing
  }
  return sum;
}

std::optional<std::size_t> nextToExpire(const Book& book) {
  std::optional<std::size_t> next;
  for (std::size_t i = 0; i < book.holds.size(); ++i) {
    if (book.holds[i].state != HoldEntry::State::open) continue;
    if (!next || book.holds[i].expiry < book.holds[*next].expiry) next = i;
  }
  return next;
}

void expireHold(Desk& desk, std::size_t index) {
  HoldEntry& expired = desk.book.holds[index];
  expired.state = HoldEntry::State::expired;
  const Duration kept = std::max(desk.settings.late_window, Duration::hours(24));
  for (HoldEntry& earlier : desk.book.holds) {
    const bool is_old =
        earlier.state == HoldEntry::State::expired && earlier.expiry < expired.expiry - kept;
    if (is_old) earlier.state = HoldEntry::State::forgotten;
  }
}

Answer placeHold(Desk& desk, const std::string& key, const PlaceHold& asked) {
  Book book = desk.book;
  Desk after = onCopy(desk, book);
  const std::size_t hold = book.holds.size();
  const Duration ttl = asked.ttl.value_or(Duration::minutes(5));
  book.holds.push_back({key, desk.now, desk.now + ttl, {}});
  std::vector<Receipt> receipts;
  std::vector<std::string> names;
  for (const HoldItem& item : asked.items) {
    const Judged judged = judge(after, usageOf(item, std::nullopt), {.places = true});
    if (!judged.verdict.isOk()) return refused(judged.verdict.outcome);
    receipts.push_back(receiptFor(after, judged));
    receipts.back().price = positivePart(judged.use.price).decimal();
    names.push_back(item.feature);
    book.holds[hold].items.push_back(
        {item, book.periods[judged.use.period].span.from, judged.use.quantity, judged.use.draws});
  }
  desk.book = std::move(book);
  Answer answer;
  addItems(answer.receipt, std::move(receipts), names);
  answer.receipt.expiry = desk.book.holds[hold].expiry;
  return answer;
}

Answer settleHold(Desk& desk, const std::string& key, const SettleHold& asked) {
  using State = HoldEntry::State;
  const auto hold = findHold(desk.book, asked.hold);
  const State state = hold ? desk.book.holds[*hold].state : State::forgotten;
  if (state != State::open && state != State::expired) return notOpen(hold);
  std::vector<HoldItem> items = asked.items;
  if (items.empty()) {
    const Outcome outcome = allHeld(desk, *hold, items);
    if (outcome != Outcome::ok) return refused(outcome);
  }
  std::vector<RecordUsage> usages;
  for (const HoldItem& item : items) {
    if (!findItem(desk.book, *hold, item.feature)) return refused(Outcome::featureNotHeld);
    usages.push_back(usageOf(item, asked.at));
  }
  Settling settling(desk, *hold, usages);
  const Outcome outcome = settling.judgeAll();
  if (outcome != Outcome::ok) return refused(outcome);
  desk.book.holds[*hold].state = State::settled;
  std::vector<Receipt> receipts;
  for (Judged judged : settling.judged()) {
    receipts.push_back(receiptFor(desk, judged));
    judged.use.key = key;
    write(desk, judged.use);
  }
  desk.book.alerts = settling.alerts();
  std::vector<std::string> names;
  for (const RecordUsage& usage : settling.usages()) names.push_back(usage.feature);
  Answer answer;
  addItems(answer.receipt, std::move(receipts), names);
  answer.receipt.hold_expired = state == State::expired;
  return answer;
}

Answer useHold(Desk& desk, const std::string& key, const UseHold& asked) {
  const auto hold = findHold(desk.book, asked.hold);
  if (!hold || desk.book.holds[*hold].state != HoldEntry::State::open) return notOpen(hold);
  const auto own = findItem(desk.book, *hold, asked.usage.feature);
  if (!own) return refused(Outcome::featureNotHeld);
  Judged judged = judge(desk, asked.usage, {.own = own});
  if (!judged.verdict.isOk()) return refused(judged.verdict.outcome);
  desk.book.hold_moves.push_back({*own, judged.taken, judged.pins});
  judged.use.key = key;
  writeWatched(desk, judged.use);
  Answer answer;
  addItems(answer.receipt, {receiptFor(desk, judged)}, {asked.usage.feature});
  return answer;
}

Answer answerTo(Desk& desk, const ReleaseHold& asked) {
  const auto hold = findHold(desk.book, asked.hold);
  if (!hold || desk.book.holds[*hold].state != HoldEntry::State::open) return notOpen(hold);
  desk.book.holds[*hold].state = HoldEntry::State::released;
  return {};
}

Answer answerTo(Desk& desk, const ExtendHold& asked) {
  const auto hold = findHold(desk.book, asked.hold);
  if (!hold || desk.book.holds[*hold].state != HoldEntry::State::open) return notOpen(hold);
  HoldEntry& entry = desk.book.holds[*hold];
  const Duration ttl = asked.ttl.value_or(Duration::minutes(5));
  const Instant expiry = std::max(entry.expiry, desk.now + ttl);
  if (expiry > entry.placed + Duration::hours(24)) return refused(Outcome::holdTooLong);
  entry.expiry = expiry;
  Answer answer;
  answer.receipt.expiry = expiry;
  return answer;
}

}  // namespace daybook::twin
