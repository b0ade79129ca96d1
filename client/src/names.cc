// Names of enums, taken from the schema, which has them once.
#include <capnp/schema.h>

#include <cstdint>
#include <string_view>

#include "daybook/error.h"
#include "daybook/types.h"
#include "protocol/common.capnp.h"
#include "protocol/daybook.capnp.h"
#include "protocol/event.capnp.h"

namespace daybook::client {
namespace {

template <typename Wire, typename Enum>
std::string_view schemaName(Enum value) {
  auto enumerants = capnp::Schema::from<Wire>().getEnumerants();
  const auto number = static_cast<std::uint16_t>(value);
  if (number >= enumerants.size()) return "unknown";
  const capnp::Text::Reader text = enumerants[number].getProto().getName();
  return {text.begin(), text.size()};
}

}  // namespace

std::string_view name(OnShortfall value) { return schemaName<wire::OnShortfall>(value); }
std::string_view name(CancelWhen value) { return schemaName<wire::CancelWhen>(value); }
std::string_view name(ChangeWhen value) { return schemaName<wire::ChangeWhen>(value); }
std::string_view name(Disposition value) { return schemaName<wire::Disposition>(value); }
std::string_view name(GrantKind value) { return schemaName<wire::GrantKind>(value); }
std::string_view name(SubscriptionState value) {
  return schemaName<wire::SubscriptionState>(value);
}
std::string_view name(ConsumptionModel value) { return schemaName<wire::ConsumptionModel>(value); }
std::string_view name(Interval value) { return schemaName<wire::Interval>(value); }
std::string_view name(AlertKind value) { return schemaName<wire::AlertKind>(value); }
std::string_view name(InvoiceType value) { return schemaName<wire::InvoiceType>(value); }
std::string_view name(InvoiceStatus value) { return schemaName<wire::InvoiceStatus>(value); }
std::string_view name(LineType value) { return schemaName<wire::LineType>(value); }
std::string_view name(StatementKind value) { return schemaName<wire::StatementKind>(value); }
std::string_view name(ItemKind value) { return schemaName<wire::ItemKind>(value); }
std::string_view name(ChangeAction value) { return schemaName<wire::ChangeAction>(value); }
std::string_view name(ClockKind value) { return schemaName<wire::ClockKind>(value); }

const char* name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalidArgument:
      return "invalidArgument";
    case ErrorKind::unreachable:
      return "unreachable";
    case ErrorKind::timedOut:
      return "timedOut";
    case ErrorKind::unknownOutcome:
      return "unknownOutcome";
    case ErrorKind::overloaded:
      return "overloaded";
    case ErrorKind::failed:
      return "failed";
  }
  return "unknown";
}

}  // namespace daybook::client
