#include "client/src/json_form.h"

#include <capnp/schema.h>
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "protocol/json.h"

namespace daybook::client {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& place, const std::string& problem) {
  throw FormError(place, problem);
}

std::string below(const std::string& place, const std::string& name) {
  return place.empty() ? name : place + "." + name;
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

void normalise(json& value, capnp::Type type, const std::string& place);

void checkUnion(const json& object, capnp::StructSchema schema, const std::string& place) {
  std::vector<std::string> known;
  std::vector<std::string> found;
  for (auto field : schema.getUnionFields()) {
    known.emplace_back(field.getProto().getName().cStr());
    if (object.contains(known.back())) found.push_back(known.back());
  }
  if (known.empty() || found.size() == 1) return;
  if (found.empty()) refuse(place, "one of these is missing: " + listed(known));
  refuse(place, "only one of these may be there: " + listed(found));
}

void normaliseStruct(json& object, capnp::StructSchema schema, const std::string& place) {
  if (!object.is_object()) refuse(place, fmt::format("an object is due, not {}", object.dump()));
  for (auto member = object.begin(); member != object.end();) {
    if (member->is_null()) {
      member = object.erase(member);
      continue;
    }
    KJ_IF_MAYBE (field, schema.findFieldByName(member.key())) {
      normalise(*member, field->getType(), below(place, member.key()));
    } else {
      std::vector<std::string> known;
      for (auto each : schema.getFields()) known.emplace_back(each.getProto().getName().cStr());
      refuse(below(place, member.key()), "unknown field; known are " + listed(known));
    }
    ++member;
  }
  checkUnion(object, schema, place);
}

void normaliseText(json& value, const std::string& place) {
  if (value.is_number_float()) {
    refuse(place, "write numbers with a fraction as text, in quotes, so that they stay exact");
  }
  if (value.is_number()) value = value.dump();
  if (!value.is_string()) refuse(place, fmt::format("text is due, not {}", value.dump()));
}

template <typename Integer>
void normaliseInteger(json& value, const std::string& place) {
  const auto refuse_value = [&] {
    refuse(place, fmt::format("a whole number from {} to {} is due, not {}",
                              std::numeric_limits<Integer>::min(),
                              std::numeric_limits<Integer>::max(), value.dump()));
  };
  if (value.is_string()) {
    // The standard form of 64-bit numbers. Parsed as JSON, it is the same number or none.
    const json number = json::parse(value.get_ref<const std::string&>(), nullptr, false);
    if (!number.is_number_integer()) refuse_value();
    value = number;
  }
  if (!value.is_number_integer()) refuse_value();
  const bool fits = value.is_number_unsigned() ? std::in_range<Integer>(value.get<std::uint64_t>())
                                               : std::in_range<Integer>(value.get<std::int64_t>());
  if (!fits) refuse_value();
  if (sizeof(Integer) == sizeof(std::int64_t)) value = value.dump();  // the codec's form of it
}

void normaliseEnum(const json& value, capnp::EnumSchema schema, const std::string& place) {
  std::vector<std::string> known;
  for (auto enumerant : schema.getEnumerants()) {
    known.emplace_back(enumerant.getProto().getName().cStr());
    if (value == known.back()) return;
  }
  refuse(place, fmt::format("one of {} is due, not {}", listed(known), value.dump()));
}

// Turns one value into the form that the codec reads exactly, or refuses it.
void normalise(json& value, capnp::Type type, const std::string& place) {
  switch (type.which()) {
    case capnp::schema::Type::STRUCT:
      return normaliseStruct(value, type.asStruct(), place);
    case capnp::schema::Type::LIST:
      if (!value.is_array()) refuse(place, fmt::format("a list is due, not {}", value.dump()));
      for (std::size_t i = 0; i < value.size(); ++i) {
        normalise(value[i], type.asList().getElementType(), fmt::format("{}[{}]", place, i));
      }
      return;
    case capnp::schema::Type::TEXT:
      return normaliseText(value, place);
    case capnp::schema::Type::ENUM:
      return normaliseEnum(value, type.asEnum(), place);
    case capnp::schema::Type::BOOL:
      if (!value.is_boolean()) refuse(place, "true or false is due, not " + value.dump());
      return;
    case capnp::schema::Type::INT8:
      return normaliseInteger<std::int8_t>(value, place);
    case capnp::schema::Type::INT16:
      return normaliseInteger<std::int16_t>(value, place);
    case capnp::schema::Type::INT32:
      return normaliseInteger<std::int32_t>(value, place);
    case capnp::schema::Type::INT64:
      return normaliseInteger<std::int64_t>(value, place);
    case capnp::schema::Type::UINT8:
      return normaliseInteger<std::uint8_t>(value, place);
    case capnp::schema::Type::UINT16:
      return normaliseInteger<std::uint16_t>(value, place);
    case capnp::schema::Type::UINT32:
      return normaliseInteger<std::uint32_t>(value, place);
    case capnp::schema::Type::UINT64:
      return normaliseInteger<std::uint64_t>(value, place);
    default:
      return;  // the codec has the last word
  }
}

}  // namespace

FormError::FormError(std::string place, std::string problem)
    : Error(ErrorKind::invalidArgument, place.empty() ? problem : place + ": " + problem),
      place_(std::move(place)),
      problem_(std::move(problem)) {}

void readJson(std::string_view text, capnp::DynamicStruct::Builder out) {
  json value;
  try {
    value = json::parse(text);
    normaliseStruct(value, out.getSchema(), "");
  } catch (const json::exception& e) {
    throw FormError("", std::string("not JSON: ") + e.what());
  }
  try {
    protocol::fromJson(value.dump(), out);
  } catch (const protocol::JsonError& e) {
    throw FormError("", e.what());
  }
}

}  // namespace daybook::client
