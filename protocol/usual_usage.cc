#include "protocol/usual_usage.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "protocol/convert_common.h"

namespace daybook::protocol {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they lie");

constexpr std::size_t kWordBytes = 8;
constexpr std::uint64_t kStructPointer = 0;
constexpr std::uint64_t kListPointer = 1;
constexpr std::uint64_t kListOfBytes = 2;

/// A struct's sections.
struct Sections {
  std::size_t data = 0;      // index of its first word
  std::size_t pointers = 0;  // index of its first pointer
  std::size_t end = 0;
};

/// The words of a canonical message, whose objects follow each other in the order of the pointers
/// to them. What is not so makes isOk() false.
class CanonicalWords {
 public:
  explicit CanonicalWords(BytesView bytes) : bytes_(bytes), count_(bytes.size() / kWordBytes) {
    // The frame: one segment, of all that follows.
    is_ok_ = bytes.size() % kWordBytes == 0 && count_ > 2 &&
             word(0) == static_cast<std::uint64_t>(count_ - 1) << 32;
  }

  bool isOk() const { return is_ok_; }
  void refuse() { is_ok_ = false; }
  /// Nothing follows.
  bool isAtEnd() const { return next_ == count_; }

  std::uint64_t word(std::size_t index) const {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes_.data() + index * kWordBytes, kWordBytes);
    return word;
  }
  /// 0 for what the sections are too short for.
  std::uint64_t data(const Sections& sections, std::size_t index) const {
    const std::size_t at = sections.data + index;
    return at < sections.pointers ? word(at) : 0;
  }

  /// The struct that the pointer at `at` names.
  Sections takeStruct(std::size_t at) {
    const std::uint64_t pointer = word(at);
    Sections sections;
    sections.data = next_;
    sections.pointers = next_ + (pointer >> 32 & 0xFFFF);
    sections.end = sections.pointers + (pointer >> 48);
    if (!leadsToNext(pointer, at, kStructPointer) || sections.end > count_ ||
        sections.end == sections.data) {
      refuse();
      return {};
    }
    next_ = sections.end;
    // Nothing to cut off: the last word of each section says something.
    const bool ends_empty =
        (sections.pointers > sections.data && word(sections.pointers - 1) == 0) ||
        (sections.end > sections.pointers && word(sections.end - 1) == 0);
    if (ends_empty) refuse();
    return sections;
  }

  /// The text that pointer `index` of a struct names; empty when there is none.
  std::string_view takeText(const Sections& sections, std::size_t index) {
    const std::size_t at = sections.pointers + index;
    if (!is_ok_ || at >= sections.end || word(at) == 0) return {};
    const std::uint64_t pointer = word(at);
    const std::uint64_t size = pointer >> 35;  // with the zero at its end
    const std::uint64_t words = (size + kWordBytes - 1) / kWordBytes;
    if (!leadsToNext(pointer, at, kListPointer) || (pointer >> 32 & 7) != kListOfBytes ||
        size < 2 || words > count_ - next_) {
      refuse();
      return {};
    }
    const char* const text = reinterpret_cast<const char*>(bytes_.data()) + next_ * kWordBytes;
    next_ += words;
    // The zero at the end, and the padding after it.
    if (word(next_ - 1) >> (size - 1) % kWordBytes * 8 != 0) refuse();
    return {text, static_cast<std::size_t>(size - 1)};
  }

 private:
  bool leadsToNext(std::uint64_t pointer, std::size_t at, std::uint64_t kind) const {
    const auto offset = static_cast<std::uint32_t>((next_ - at - 1) << 2);
    return static_cast<std::uint32_t>(pointer) == (offset | kind);
  }

  BytesView bytes_;
  std::size_t count_;
  std::size_t next_ = 2;  // after the frame and the pointer to the root
  bool is_ok_ = false;
};

/// A decimal in its one spelling; refuses others, and none.
Decimal takeDecimal(CanonicalWords& words, std::string_view text) {
  const std::optional<Decimal> value = Decimal::parse(text);
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool has_needless_zero =
      (digits.starts_with('0') && digits.size() > 1 && digits[1] != '.') ||
      (digits.ends_with('0') && digits.find('.') != std::string_view::npos);
  if (!value || has_needless_zero || (value->isZero() && text.size() != 1)) {
    words.refuse();
    return {};
  }
  return *value;
}

template <typename Wire>
auto takeEnumerant(CanonicalWords& words, std::uint64_t number) {
  const auto value = static_cast<Wire>(static_cast<std::uint16_t>(number));
  if (isKnown(value)) return toModel(value);
  words.refuse();
  return decltype(toModel(value))();
}

void takeUsage(CanonicalWords& words, const Sections& usage, UsageRecorded& to) {
  // draws, details and shortfall follow the fifth pointer.
  if (usage.pointers - usage.data > 4 || usage.end - usage.pointers > 5) return words.refuse();
  if (const auto at = static_cast<std::int64_t>(words.data(usage, 0)); at != 0) {
    to.asked.at = Instant{at};
  }
  const std::uint64_t kinds = words.data(usage, 1);
  to.asked.on_shortfall = takeEnumerant<wire::OnShortfall>(words, kinds);
  to.disposition = takeEnumerant<wire::Disposition>(words, kinds >> 16);
  to.feature = FeatureNumber(static_cast<std::uint32_t>(kinds >> 32));
  to.period_from = {static_cast<std::int64_t>(words.data(usage, 2))};
  const std::uint64_t more = words.data(usage, 3);
  to.asked.set = more >> 32 == 1;
  if (more >> 33 != 0 || to.feature.isNone()) return words.refuse();

  to.asked.feature = words.takeText(usage, 0);
  const std::string_view sent = words.takeText(usage, 1);
  if (!sent.empty()) to.asked.quantity = takeDecimal(words, sent);
  to.balance_after = takeDecimal(words, words.takeText(usage, 2));
  const std::string_view price = words.takeText(usage, 3);
  if (!price.empty()) {
    to.price = takeDecimal(words, price);
    if (to.price.isZero()) return words.refuse();
  }
  const std::string_view quantity = words.takeText(usage, 4);
  if (!quantity.empty()) {
    to.quantity = takeDecimal(words, quantity);
    if (to.asked.quantity == to.quantity) return words.refuse();
  } else if (to.asked.quantity) {
    to.quantity = *to.asked.quantity;
  } else {
    return words.refuse();
  }
  const GrantNumber grant(static_cast<std::uint32_t>(more));
  if (grant.isNone()) return;
  if (to.price.isZero()) return words.refuse();
  to.draws.push_back({grant, to.price});
}

}  // namespace

bool readUsualUsage(BytesView bytes, Event& to) {
  CanonicalWords words(bytes);
  if (!words.isOk()) return false;
  const Sections event = words.takeStruct(1);
  if (!words.isOk() || event.pointers - event.data != 5 || event.end - event.pointers != 2) {
    return false;
  }
  const std::uint64_t owner = words.data(event, 4);
  constexpr auto kUsage = static_cast<std::uint64_t>(wire::Event::Body::USAGE_RECORDED);
  if (owner >> 48 != kUsage) return false;
  to.position = Position(words.data(event, 0));
  to.recorded = {static_cast<std::int64_t>(words.data(event, 1))};
  to.sequence = words.data(event, 2);
  to.previous = Position(words.data(event, 3));
  to.customer = CustomerNumber(static_cast<std::uint32_t>(owner));
  to.rule_version = static_cast<std::uint16_t>(owner >> 32);
  // The first event of a chain is no usage.
  if (to.previous.isNone() || to.previous >= to.position || to.sequence < 2 ||
      to.rule_version == 0 || to.rule_version > kRuleVersion) {
    return false;
  }
  to.key = words.takeText(event, 0);
  if (!words.isOk() || to.key.empty()) return false;
  const Sections usage = words.takeStruct(event.pointers + 1);
  if (!words.isOk()) return false;
  takeUsage(words, usage, to.body.emplace<UsageRecorded>());
  return words.isOk() && words.isAtEnd();
}

}  // namespace daybook::protocol
