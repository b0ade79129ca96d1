// Laws that every log keeps, whatever happened in it.
#pragma once

#include <optional>
#include <string>

#include "tests/support/engine_fixture.h"

namespace daybook::twin {

/// The first law that the ledger breaks: replay gives the live state; an invoice is the sum of its
/// lines; what was granted is drawn, paid as debt, gone, held or left; debt is what was overdrawn
/// and not paid; the overages of a balance are its negative part.
std::optional<std::string> brokenLaw(const testing::TestLedger& ledger);

}  // namespace daybook::twin
