// The pieces that every converter is made of: places, texts, numbers, times, enumerants, lists.
//
// Reading: an Intake is handed down through the readers of one message and keeps the first thing
// that is wrong; what is read after it does not matter. Nothing is copied before its size is
// checked, and each field is read once. Writing: fields are set in the order of their numbers,
// depth first, so that messages come out in the order of the canonical form. Values and functions;
// an Intake belongs to one thread.
#pragma once

#include <capnp/blob.h>
#include <capnp/list.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/instant.h"
#include "ledger/base/limits.h"
#include "ledger/model/outcome.h"
#include "protocol/convert_enums.h"

namespace daybook::protocol {

/// Where a field stands in its message: "plans[2].features[0].included". Lives on the stack of the
/// readers; the text is only made for a refusal. Names and parents outlive it.
class Place {
 public:
  static constexpr std::size_t kNoIndex = SIZE_MAX;

  /// The message itself.
  constexpr Place() = default;
  constexpr Place(const Place& parent, const char* name, std::size_t index = kNoIndex)
      : parent_(&parent), name_(name), index_(index) {}

  std::string text() const;

 private:
  const Place* parent_ = nullptr;
  const char* name_ = "";
  std::size_t index_ = kNoIndex;
};

/// Where a message comes from. The limits of text and lists are for what callers send: they may be
/// lower than they were when something was stored.
enum class Origin { caller, storage };

class Intake {
 public:
  explicit Intake(Origin origin) : origin_(origin) {}

  bool isOk() const { return verdict_.isOk(); }
  const Verdict& verdict() const { return verdict_; }
  bool isStored() const { return origin_ == Origin::storage; }
  /// The first refusal counts.
  void refuse(Outcome outcome, std::string detail);
  void refuse(Outcome outcome, const Place& place, std::string_view problem);

  /// Longer than the limit: `outcome`.
  std::string text(capnp::Text::Reader text, std::size_t bytes_max, const Place& place,
                   Outcome outcome = Outcome::invalidText);
  /// Empty: 0. Malformed: invalidNumber; well formed, but too large for a Decimal: amountOverflow.
  Decimal decimal(capnp::Text::Reader text, const Place& place);
  /// Empty: absent.
  std::optional<Decimal> optionalDecimal(capnp::Text::Reader text, const Place& place);
  /// -1: absent.
  std::optional<std::uint64_t> optionalCount(std::int64_t count, const Place& place);
  /// A number that this version does not know: invalidNumber.
  template <typename Wire>
  typename EnumOf<Wire>::Model enumerant(Wire value, const Place& place) {
    if (isKnown(value)) return toModel(value);
    refuseEnumerant(static_cast<std::uint16_t>(value), place);
    return {};
  }
  std::optional<Interval> optionalInterval(wire::OptionalInterval value, const Place& place);
  /// Each element by read(element, *this, place of it). Longer than the limit: `outcome`.
  template <typename List, typename Read>
  auto list(List from, std::size_t size_max, const Place& parent, const char* name, Read read,
            Outcome outcome = Outcome::invalidCatalog) {
    std::vector<decltype(read(from[0], *this, parent))> to;
    if (!isStored() && from.size() > size_max) {
      refuse(outcome, Place(parent, name), "more than " + std::to_string(size_max));
      return to;
    }
    for (unsigned int i = 0; i < from.size() && isOk(); ++i) {
      to.push_back(read(from[i], *this, Place(parent, name, i)));
    }
    return to;
  }

 private:
  void refuseEnumerant(std::uint16_t value, const Place& place);

  Origin origin_;
  Verdict verdict_;
};

/// The code of an item: text of field `name` of what stands at `parent`.
inline std::string readCode(capnp::Text::Reader from, Intake& intake, const Place& parent,
                            const char* name) {
  return intake.text(from, limits::kCodeBytesMax, Place(parent, name));
}
/// One of a list of codes.
inline std::string readCodeElement(capnp::Text::Reader from, Intake& intake, const Place& at) {
  return intake.text(from, limits::kCodeBytesMax, at);
}

/// What reading a caller's message gave. The value is only meant for an ok verdict.
template <typename T>
struct Parsed {
  Verdict verdict;
  T value;
  bool isOk() const { return verdict.isOk(); }
};

/// 0 stands for absent.
inline std::optional<Instant> optionalInstant(std::int64_t ns) {
  return ns == 0 ? std::nullopt : std::optional(Instant{ns});
}
/// REQUIRES: a present one is not 0.
std::int64_t instantOrZero(const std::optional<Instant>& at);

/// The canonical text of a decimal, on the stack.
class DecimalText {
 public:
  explicit DecimalText(Decimal value) : end_(value.format(buffer_.data())) { *end_ = '\0'; }
  DecimalText(const DecimalText&) = delete;
  DecimalText& operator=(const DecimalText&) = delete;

  capnp::Text::Reader reader() const {
    return {buffer_.data(), static_cast<std::size_t>(end_ - buffer_.data())};
  }

 private:
  std::array<char, Decimal::kTextBytesMax + 1> buffer_;
  char* end_;
};

inline capnp::Text::Reader textOf(const std::string& text) { return {text.c_str(), text.size()}; }

/// Sizes of lists in messages.
inline unsigned int listSize(std::size_t size) { return static_cast<unsigned int>(size); }

// setText(text, [&](auto value) { builder.setName(value); }) sets a pointer only when there is
// something to say: empty texts, absent and (setNonZero) zero decimals are null pointers.
template <typename Set>
void setText(const std::string& text, Set set) {
  if (!text.empty()) set(textOf(text));
}
template <typename Set>
void setOptional(const std::optional<Decimal>& value, Set set) {
  if (value) set(DecimalText(*value).reader());
}
template <typename Set>
void setNonZero(Decimal value, Set set) {
  if (!value.isZero()) set(DecimalText(value).reader());
}

/// Codes into what init(size) gives; nothing for none.
template <typename Init>
void writeCodes(const std::vector<std::string>& from, Init init) {
  if (from.empty()) return;
  auto to = init(listSize(from.size()));
  for (unsigned int i = 0; i < to.size(); ++i) to.set(i, textOf(from[i]));
}

/// Each element by write(builder, element) into what init(size) gives; nothing for an empty list.
template <typename T, typename Write, typename Init>
void writeList(const std::vector<T>& from, Write write, Init init) {
  if (from.empty()) return;
  auto to = init(listSize(from.size()));
  for (unsigned int i = 0; i < to.size(); ++i) write(to[i], from[i]);
}

}  // namespace daybook::protocol
