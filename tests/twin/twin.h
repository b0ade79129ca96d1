// The naive twin: a second, slow implementation of BILLING.md, to compare the core with.
//
// It is told the same commands at the same instants and answers the same questions. Numbers of
// invoices, credit notes and grants count within the customer, from 1. It takes every catalog as
// valid, and keys are never repeated. Errors: a broken rule of its own aborts.
// The zones and the settings outlive it. Belongs to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/model/balance.h"
#include "ledger/model/command.h"
#include "tests/twin/book.h"

namespace daybook::twin {

class Twin {
 public:
  Twin(const ZoneRules& zones, LedgerSettings settings);

  /// Decides the command as of `now`, and remembers it when it is accepted.
  Answer give(const Command& command, Instant now);

  /// REQUIRES for all below: the customer exists; `now` is not before its last command.
  Balance balance(const std::string& customer, Instant now) const;
  std::optional<Invoice> upcoming(const std::string& customer, Instant now) const;
  /// With the status, what is paid and what is credited as of now.
  std::vector<Bill> bills(const std::string& customer, Instant now) const;
  /// Raised so far, oldest first.
  std::vector<AlertRaised> alerts(const std::string& customer, Instant now) const;
  std::vector<CreditNote> creditNotes(const std::string& customer) const;
  /// Its journals, for the laws.
  Book book(const std::string& customer, Instant now) const;

  /// Tells everything again from the accepted commands alone.
  Twin retold() const;

 private:
  struct Accepted {
    Command command;
    Instant recorded;
  };
  Answer decide(const Command& command, Instant now);
  Answer create(const Command& command, const CreateCustomer& asked, Instant now);
  void publish(const Catalog& catalog, Instant now);

  const ZoneRules& zones_;
  LedgerSettings settings_;
  std::vector<Accepted> accepted_;
  Published published_;
  std::map<std::string, Book> books_;
};

}  // namespace daybook::twin
