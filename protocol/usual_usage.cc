#include "protocol/usual_usage.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "protocol/convert_common.h"
#include "protocol/convert_event_body.h"

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

/// Appends a canonical message of a known size, object behind object.
class CanonicalWriter {
 public:
  CanonicalWriter(std::size_t words, Bytes& to) {
    const std::size_t begin = to.size();
    to.resize(begin + words * kWordBytes);
    to_ = to.data() + begin;
    put(0, static_cast<std::uint64_t>(words - 1) << 32);
  }

  void put(std::size_t index, std::uint64_t word) {
    std::memcpy(to_ + index * kWordBytes, &word, kWordBytes);
  }
  /// A struct for the pointer at `at`; returns the index of its first word.
  std::size_t addStruct(std::size_t at, std::size_t data, std::size_t pointers) {
    put(at, offsetFrom(at) | kStructPointer | std::uint64_t{data} << 32 |
                std::uint64_t{pointers} << 48);
    const std::size_t begin = next_;
    next_ += data + pointers;
    return begin;
  }
  /// An empty text is no object.
  void addText(std::size_t at, std::string_view text) {
    if (text.empty()) return;
    put(at, offsetFrom(at) | kListPointer | kListOfBytes << 32 |
                static_cast<std::uint64_t>(text.size() + 1) << 35);
    std::memcpy(to_ + next_ * kWordBytes, text.data(), text.size());
    next_ += wordsOf(text);
  }
  /// With the zero at its end.
  static std::size_t wordsOf(std::string_view text) {
    return text.empty() ? 0 : text.size() / kWordBytes + 1;
  }

 private:
  std::uint64_t offsetFrom(std::size_t at) const {
    return static_cast<std::uint64_t>(next_ - at - 1) << 2;
  }

  std::byte* to_ = nullptr;
  std::size_t next_ = 2;  // after the frame and the pointer to the root
};

constexpr std::size_t kEventData = 5;
constexpr std::size_t kEventPointers = 2;
constexpr std::size_t kUsageData = 4;
constexpr std::size_t kUsagePointers = 5;
constexpr auto kUsageKind = static_cast<std::uint64_t>(wire::Event::Body::USAGE_RECORDED);

bool isUsual(const Event& event, const UsageRecorded& usage) {
  const bool has_details = usage.asked.tokens || usage.tokens != TokenTotals{} ||
                           !usage.asked.properties.empty() || !usage.variant.empty() ||
                           !usage.provider.empty();
  const bool has_shortfall =
      !usage.overdrawn.isZero() || !usage.unpaid.isZero() || !usage.late_charge.isZero();
  return !event.key.empty() && !has_details && !has_shortfall &&
         (usage.draws.empty() || isDrawnFromOne(usage)) && usage.asked.at != Instant{};
}

std::string_view viewOf(const std::optional<DecimalText>& text) {
  if (!text) return {};
  const capnp::Text::Reader reader = text->reader();
  return {reader.begin(), reader.size()};
}

/// The number of leading elements that say something.
template <typename Array, typename IsEmpty>
std::size_t lengthOf(const Array& array, IsEmpty is_empty) {
  std::size_t length = std::size(array);
  while (length > 0 && is_empty(array[length - 1])) --length;
  return length;
}

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
  if (usage.pointers - usage.data > kUsageData || usage.end - usage.pointers > kUsagePointers) {
    return words.refuse();
  }
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
  if (!words.isOk() || event.pointers - event.data != kEventData ||
      event.end - event.pointers != kEventPointers) {
    return false;
  }
  const std::uint64_t owner = words.data(event, 4);
  if (owner >> 48 != kUsageKind) return false;
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

bool appendUsualUsage(const Event& from, Bytes& to) {
  const auto* usage = std::get_if<UsageRecorded>(&from.body);
  if (usage == nullptr || !isUsual(from, *usage)) return false;
  const GrantNumber drawn_from = usage->draws.empty() ? GrantNumber() : usage->draws.front().grant;
  const auto on_shortfall =
      static_cast<std::uint64_t>(toWire<wire::OnShortfall>(usage->asked.on_shortfall));
  const auto disposition =
      static_cast<std::uint64_t>(toWire<wire::Disposition>(usage->disposition));
  const std::uint64_t data[kUsageData] = {
      static_cast<std::uint64_t>(usage->asked.at.value_or(Instant{}).ns),
      on_shortfall | disposition << 16 | std::uint64_t{usage->feature.value} << 32,
      static_cast<std::uint64_t>(usage->period_from.ns),
      drawn_from.value | std::uint64_t{usage->asked.set} << 32};
  std::optional<DecimalText> sent;
  std::optional<DecimalText> price;
  std::optional<DecimalText> quantity;
  if (usage->asked.quantity) sent.emplace(*usage->asked.quantity);
  const std::optional<DecimalText> balance(std::in_place, usage->balance_after);
  if (!usage->price.isZero()) price.emplace(usage->price);
  if (usage->asked.quantity != usage->quantity) quantity.emplace(usage->quantity);
  const std::string_view texts[kUsagePointers] = {usage->asked.feature, viewOf(sent),
                                                  viewOf(balance), viewOf(price), viewOf(quantity)};

  const std::size_t data_words = lengthOf(data, [](std::uint64_t word) { return word == 0; });
  const std::size_t pointers = lengthOf(texts, [](std::string_view text) { return text.empty(); });
  std::size_t size =
      2 + kEventData + kEventPointers + CanonicalWriter::wordsOf(from.key) + data_words + pointers;
  for (const std::string_view text : texts) size += CanonicalWriter::wordsOf(text);

  CanonicalWriter words(size, to);
  const std::size_t event = words.addStruct(1, kEventData, kEventPointers);
  words.put(event, from.position.value);
  words.put(event + 1, static_cast<std::uint64_t>(from.recorded.ns));
  words.put(event + 2, from.sequence);
  words.put(event + 3, from.previous.value);
  words.put(event + 4,
            from.customer.value | std::uint64_t{from.rule_version} << 32 | kUsageKind << 48);
  words.addText(event + kEventData, from.key);
  const std::size_t begin = words.addStruct(event + kEventData + 1, data_words, pointers);
  for (std::size_t i = 0; i < data_words; ++i) words.put(begin + i, data[i]);
  for (std::size_t i = 0; i < pointers; ++i) words.addText(begin + data_words + i, texts[i]);
  return true;
}

}  // namespace daybook::protocol
