// What `daybook help TOPIC` prints: the rules of billing in short, and what the command line itself
// takes.
//
// Lines that open with two blanks and "daybook" are examples, a comment behind them what they show;
// the tests run each topic's examples in order.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace daybook::cli {

struct Topic {
  std::string_view name;
  std::string_view title;
  std::string_view text;  // opens with a line end
};

/// In the order of reading.
std::span<const Topic> billingTopics();
std::span<const Topic> toolTopics();

/// nullptr when there is none of that name.
const Topic* findTopic(std::string_view name);

/// A catalog file with every field, commented: ops/config/catalog-reference.toml.
extern const char kCatalogReference[];

}  // namespace daybook::cli
