// Finds the first field in which two values differ, and says it for people.
//
// Used by difference.cc alone. Belongs to one thread.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"

namespace daybook::replay {

inline std::string textOf(const std::string& text) { return '"' + text + '"'; }
inline std::string textOf(Decimal value) { return value.toString(); }
inline std::string textOf(Instant at) { return at.toString(); }
inline std::string textOf(std::optional<Instant> at) { return at ? at->toString() : "none"; }
template <std::integral Number>
std::string textOf(Number number) {
  return std::to_string(number);
}
template <typename Enum>
requires std::is_enum_v<Enum> std::string textOf(Enum value) {
  return std::to_string(static_cast<int>(value));
}
template <typename Tag, typename Number>
std::string textOf(Id<Tag, Number> id) {
  return id.isNone() ? "none" : std::to_string(id.value);
}

/// Finds the first difference. A path is that of the parts entered: "invoice.lines[2]".
class Comparison {
 public:
  const std::string& text() const { return text_; }
  bool isDone() const { return !text_.empty(); }

  template <typename T>
  void field(const char* name, const T& decided, const T& recorded) {
    if (isDone() || decided == recorded) return;
    report(name, textOf(decided), textOf(recorded));
  }
  /// What has no text of its own.
  template <typename T>
  void contents(const char* name, const T& decided, const T& recorded) {
    if (!isDone() && !(decided == recorded)) text_ = pathOf(name) + " differs";
  }
  /// Parts that have fields of their own, by compare(decided, recorded).
  template <typename T, typename Compare>
  void part(const std::string& name, const T& decided, const T& recorded, Compare compare) {
    if (isDone() || decided == recorded) return;
    const std::string outer = path_;
    path_ = pathOf(name);
    compare(decided, recorded);
    if (!isDone()) text_ = path_ + " differs";
    path_ = outer;
  }
  template <typename T, typename Compare>
  void optional(const char* name, const std::optional<T>& decided, const std::optional<T>& recorded,
                Compare compare) {
    if (isDone() || decided == recorded) return;
    if (decided && recorded) return part(name, *decided, *recorded, compare);
    report(name, decided ? "given" : "none", recorded ? "given" : "none");
  }
  template <typename T, typename Compare>
  void list(const std::string& name, const std::vector<T>& decided, const std::vector<T>& recorded,
            Compare compare) {
    if (isDone() || decided == recorded) return;
    if (decided.size() != recorded.size()) {
      return report(name, std::to_string(decided.size()) + " entries",
                    std::to_string(recorded.size()) + " entries");
    }
    for (std::size_t i = 0; i < decided.size(); ++i) {
      part(name + '[' + std::to_string(i) + ']', decided[i], recorded[i], compare);
    }
  }

 private:
  std::string pathOf(const std::string& name) const {
    return path_.empty() ? name : path_ + '.' + name;
  }
  void report(const std::string& name, const std::string& decided, const std::string& recorded) {
    text_ = pathOf(name) + ": decided again " + decided + ", recorded " + recorded;
  }

  std::string path_;
  std::string text_;
};

}  // namespace daybook::replay
