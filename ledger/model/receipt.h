// Receipts: what a recorded command is answered, the first time and every time its key comes again.
//
// A receipt is a function of the command's keyed event alone, so that a repeated key gives the
// original one after any restart.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook {

/// One feature of a hold that was placed, used or settled.
struct ReceiptItem {
  std::string feature;  // code
  Disposition disposition = Disposition::current;
  Instant period_from;
  Decimal quantity;
  Decimal price;
  std::vector<Draw> draws;  // of a hold that was placed: what it pins
  Decimal overdrawn;
  Decimal unpaid;
  Decimal late_charge;
  Decimal balance_after;
  bool operator==(const ReceiptItem&) const = default;
};

/// Where the numbers came from. Fields that the command's kind has no use for are zero or empty.
struct Receipt {
  Position position;
  Instant recorded;
  bool duplicate = false;  // the key was known: nothing was recorded now
  Disposition disposition = Disposition::current;
  Instant period_from;  // usage: the usage period it counts in
  Decimal quantity;
  Decimal price;  // money, or credits on credits plans
  std::vector<Draw> draws;
  Decimal overdrawn;
  Decimal unpaid;
  Decimal balance_after;
  Decimal late_charge;  // late usage and voids: what the next invoice charges
  GrantNumber grant;    // of a purchase or promotion
  InvoiceNumber invoice;
  CreditNoteNumber credit_note;
  HoldNumber hold;
  Instant expiry;                  // of the hold, when it was placed or extended
  bool hold_expired = false;       // it was settled after it had expired
  std::vector<ReceiptItem> items;  // of the hold; when there is one, the fields above are its own
  bool operator==(const Receipt&) const = default;
};

/// REQUIRES: `event` carries a key.
Receipt receiptOf(const Event& event);

/// The answer to a command: a receipt if the verdict is ok, else no position.
struct Answer {
  Verdict verdict;
  Receipt receipt;
  bool operator==(const Answer&) const = default;
};

}  // namespace daybook
