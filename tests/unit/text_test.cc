#include "ledger/model/text.h"

#include <catch2/catch.hpp>

#include <string>

namespace daybook {
namespace {

using namespace std::string_literals;

TEST_CASE("text is UTF-8 without control characters, within its limit") {
  for (const std::string& text :
       {"a"s, "acme corp"s, "Gr\xC3\xB6\xC3\x9F"s + "e"s, "\xE2\x82\xAC"s, "\xF0\x9F\x98\x80"s,
        "\xF4\x8F\xBF\xBF"s, "\xC2\xA0"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s}) {
    INFO(text);
    CHECK(isText(text, 64));
    CHECK(isTextOrEmpty(text, 64));
  }
}

TEST_CASE("control characters, in one byte or two, are no text") {
  for (const std::string& text :
       {"\0"s, "a\nb"s, "\t"s, "\x1F"s, "\x7F"s, "\xC2\x80"s, "\xC2\x9F"s}) {
    CHECK_FALSE(isText(text, 64));
    CHECK_FALSE(isTextOrEmpty(text, 64));
  }
}

TEST_CASE("bytes that are not well-formed UTF-8 are no text") {
  // A lone continuation, cut sequences, overlong forms, a surrogate, past the last character,
  // invalid lead bytes, a lead byte followed by another.
  for (const std::string& text :
       {"\x80"s, "\xC3"s, "\xE2\x82"s, "\xF0\x9F\x98"s, "\xC0\xAF"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s,
        "\xF0\x8F\xBF\xBF"s, "\xED\xA0\x80"s, "\xED\xBF\xBF"s, "\xF4\x90\x80\x80"s, "\xF8\x88\x80"s,
        "\xFF"s, "\xC3\xC3"s, "a\xE2\x82z"s}) {
    CHECK_FALSE(isText(text, 64));
  }
}

TEST_CASE("the limit counts bytes, and only what may be empty is") {
  CHECK(isText(std::string(64, 'x'), 64));
  CHECK_FALSE(isText(std::string(65, 'x'), 64));
  CHECK_FALSE(isTextOrEmpty(std::string(65, 'x'), 64));
  CHECK_FALSE(isText("\xE2\x82\xAC", 2));
  CHECK_FALSE(isText("", 64));
  CHECK(isTextOrEmpty("", 64));
}

}  // namespace
}  // namespace daybook
