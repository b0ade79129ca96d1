#include "ledger/base/instant.h"

#include <array>
#include <charconv>

#include "ledger/base/calendar.h"
#include "ledger/base/checked.h"

namespace daybook {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kNsPerDay = 86'400 * kNsPerSecond;
constexpr std::size_t kFractionDigitsMax = 9;

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

/// Largest first, so that toString finds the shortest form.
constexpr std::array<Unit, 7> kUnits = {{{"d", kNsPerDay},
                                         {"h", 3'600 * kNsPerSecond},
                                         {"m", 60 * kNsPerSecond},
                                         {"s", kNsPerSecond},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

/// Reads a text from its front; one mismatch makes every later step fail too.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool failed() const { return failed_; }
  bool atEnd() const { return rest_.empty(); }
  bool startsWith(char c) const { return !rest_.empty() && rest_.front() == c; }

  /// Exactly `count` digits, with a value in [min, max].
  std::int32_t number(std::size_t count, std::int32_t min, std::int32_t max) {
    if (rest_.size() < count) return fail();
    std::int32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!isDigit(rest_[i])) return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value < min || value > max ? fail() : value;
  }

  void expect(char c) {
    if (!accept(c)) fail();
  }

  bool accept(char c) {
    if (failed_ || !startsWith(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// The digits after a point, as nanoseconds.
  std::int64_t fraction() {
    std::int64_t ns = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && isDigit(rest_[digits]); ++digits) {
      if (digits == kFractionDigitsMax) return fail();
      ns = ns * 10 + (rest_[digits] - '0');
    }
    if (digits == 0) return fail();
    rest_.remove_prefix(digits);
    for (; digits < kFractionDigitsMax; ++digits) ns *= 10;
    return ns;
  }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  std::int32_t fail() {
    failed_ = true;
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

CivilDate readDate(Scanner& scanner) {
  CivilDate date;
  date.year = scanner.number(4, 0, 9999);
  scanner.expect('-');
  date.month = scanner.number(2, 1, 12);
  scanner.expect('-');
  if (scanner.failed()) return {};
  date.day = scanner.number(2, 1, daysInMonth(date.year, date.month));
  return scanner.failed() ? CivilDate{} : date;
}

std::int64_t readTimeOfDay(Scanner& scanner) {
  const std::int64_t hour = scanner.number(2, 0, 23);
  scanner.expect(':');
  const std::int64_t minute = scanner.number(2, 0, 59);
  scanner.expect(':');
  const std::int64_t second = scanner.number(2, 0, 59);
  const std::int64_t ns = scanner.accept('.') ? scanner.fraction() : 0;
  return (hour * 3'600 + minute * 60 + second) * kNsPerSecond + ns;
}

/// Local time less UTC, in nanoseconds.
std::int64_t readOffset(Scanner& scanner) {
  if (scanner.accept('Z') || scanner.accept('z')) return 0;
  const bool west = scanner.accept('-');
  if (!west) scanner.expect('+');
  const std::int64_t hours = scanner.number(2, 0, 23);
  scanner.expect(':');
  const std::int64_t minutes = scanner.number(2, 0, 59);
  const std::int64_t ns = (hours * 3'600 + minutes * 60) * kNsPerSecond;
  return west ? -ns : ns;
}

/// Exactly `digits` digits. Returns the end.
char* writePadded(char* to, std::int64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + digits;
}

}  // namespace

std::optional<Duration> Duration::parse(std::string_view text) {
  // from_chars reads a sign, which a length of time has not.
  if (text.empty() || text.front() == '-') return std::nullopt;
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc()) return std::nullopt;
  const std::string_view name(read.ptr, static_cast<std::size_t>(end - read.ptr));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    Duration result;
    if (__builtin_mul_overflow(count, unit.ns, &result.ns)) return std::nullopt;
    return result;
  }
  return std::nullopt;
}

std::string Duration::toString() const {
  if (ns == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (ns % unit.ns == 0) return std::to_string(ns / unit.ns).append(unit.name);
  }
  return {};
}

Instant Instant::operator+(Duration length) const { return {checkedSum(ns, length.ns)}; }

Instant Instant::operator-(Duration length) const { return {checkedDifference(ns, length.ns)}; }

Duration Instant::operator-(Instant earlier) const { return {checkedDifference(ns, earlier.ns)}; }

std::int64_t Instant::wholeSecondsSince(Instant earlier) const {
  const Int128 difference = static_cast<Int128>(ns) - earlier.ns;
  const Int128 seconds = difference / kNsPerSecond;
  return static_cast<std::int64_t>(difference % kNsPerSecond < 0 ? seconds - 1 : seconds);
}

std::optional<Instant> Instant::parse(std::string_view text) {
  Scanner scanner(text);
  const CivilDate date = readDate(scanner);
  std::int64_t ns = 0;
  if (!scanner.atEnd() && scanner.accept(' ')) {
    ns = readTimeOfDay(scanner);
  } else if (!scanner.atEnd()) {
    if (!scanner.accept('t')) scanner.expect('T');
    ns = readTimeOfDay(scanner);
    ns -= readOffset(scanner);
  }
  if (scanner.failed() || !scanner.atEnd()) return std::nullopt;
  // The offset may have moved the time into a neighbouring day. Before 1970 one day less is
  // counted, because the whole days alone may leave the 64 bits where the sum does not.
  const std::int64_t days_over = ns < 0 ? -1 : ns / kNsPerDay;
  std::int64_t days = daysFromCivil(date) + days_over;
  ns -= days_over * kNsPerDay;
  if (days < 0) {
    ++days;
    ns -= kNsPerDay;
  }
  Instant result;
  if (__builtin_mul_overflow(days, kNsPerDay, &result.ns) ||
      __builtin_add_overflow(result.ns, ns, &result.ns) || result.isNever()) {
    return std::nullopt;
  }
  return result;
}

std::string Instant::toString() const {
  if (isNever()) return "never";
  std::int64_t days = ns / kNsPerDay;
  std::int64_t time = ns % kNsPerDay;
  if (time < 0) {
    --days;
    time += kNsPerDay;
  }
  const CivilDate date = civilFromDays(days);
  const std::int64_t seconds = time / kNsPerSecond;
  std::array<char, 32> buffer;  // "2026-01-31T00:00:00.123456789Z" has 30
  char* to = buffer.data();
  to = writePadded(to, date.year, 4);
  *to++ = '-';
  to = writePadded(to, date.month, 2);
  *to++ = '-';
  to = writePadded(to, date.day, 2);
  *to++ = 'T';
  to = writePadded(to, seconds / 3'600, 2);
  *to++ = ':';
  to = writePadded(to, seconds / 60 % 60, 2);
  *to++ = ':';
  to = writePadded(to, seconds % 60, 2);
  if (const std::int64_t fraction = time % kNsPerSecond; fraction != 0) {
    *to++ = '.';
    to = writePadded(to, fraction, kFractionDigitsMax);
    while (to[-1] == '0') --to;
  }
  *to++ = 'Z';
  return std::string(buffer.data(), to);
}

}  // namespace daybook
