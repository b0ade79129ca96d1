// Help: every example is a command that parses, and topics do not hide commands.
#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/console.h"
#include "client/cli/form_file.h"
#include "client/cli/session.h"
#include "client/cli/topics.h"

namespace daybook::cli {
namespace {

// A tree of commands of its own: parsing leaves traces in it.
struct Tree {
  Console console{stdout, stderr};
  Session session{console};
  CLI::App root{"", "daybook"};
  Tree() { buildTree(root, session); }
};

// The words of a shell command, up to what the shell takes for itself.
std::vector<std::string> wordsOf(const std::string& line) {
  std::vector<std::string> words;
  bool in_word = false;
  bool in_quotes = false;
  for (const char c : line) {
    if (!in_quotes && std::string_view("|&><#)").find(c) != std::string_view::npos) break;
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ' ' && !in_quotes) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c != '"') words.back() += c;
  }
  return words;
}

std::string problemOf(const std::string& example) {
  std::vector<std::string> words = wordsOf(example);
  Tree tree;
  std::vector<std::string> arguments(words.rbegin(), words.rend() - 1);
  try {
    tree.root.parse(arguments);
  } catch (const CLI::ParseError& e) {
    return e.what();
  }
  return "";
}

std::vector<std::string> examplesIn(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  daybook ")) out.push_back(line.substr(2));
  }
  return out;
}

std::vector<const CLI::App*> commandsOf(const CLI::App& app) {
  std::vector<const CLI::App*> out;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.push_back(sub);
    const auto below = commandsOf(*sub);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

TEST_CASE("every command has examples, and all of them parse") {
  const Tree tree;
  for (const CLI::App* command : commandsOf(tree.root)) {
    CAPTURE(command->get_name());
    CHECK(command->get_footer().find("Examples:") != std::string::npos);
    for (const std::string& example : examplesIn(command->get_footer())) {
      CAPTURE(example);
      CHECK(problemOf(example) == "");
    }
  }
  for (const std::string& example : examplesIn(tree.root.get_footer())) {
    CAPTURE(example);
    CHECK(problemOf(example) == "");
  }
}

TEST_CASE("every example of a topic parses") {
  for (const auto topics : {billingTopics(), toolTopics()}) {
    for (const Topic& topic : topics) {
      for (const std::string& example : examplesIn(std::string(topic.text))) {
        CAPTURE(topic.name, example);
        CHECK(problemOf(example) == "");
      }
    }
  }
}

TEST_CASE("a topic has the name of no command, and is found by its own") {
  const Tree tree;
  for (const auto topics : {billingTopics(), toolTopics()}) {
    for (const Topic& topic : topics) {
      CAPTURE(topic.name);
      CHECK(findTopic(topic.name) == &topic);
      for (const CLI::App* command :
           tree.root.get_subcommands([](const CLI::App*) { return true; })) {
        CHECK(command->get_name() != topic.name);
      }
    }
  }
  CHECK(findTopic("no-such") == nullptr);
}

TEST_CASE("a change of seats needs its sign, and negative amounts are no options") {
  CHECK(problemOf("daybook seats acme editors -3") == "");
  CHECK(problemOf("daybook adjust acme -25.00 Goodwill") == "");
  // Each --set and --property takes one value, so that arguments may follow it.
  CHECK(problemOf("daybook record --property a=b acme calls 3") == "");
  CHECK(problemOf("daybook alerts --set usage=80% acme") == "");
  CHECK(problemOf("daybook cancel acme --credit-unused") != "");
  CHECK(problemOf("daybook payment 1 --failed declined --amount 3") != "");
  CHECK(problemOf("daybook change-plan acme pro --when soon") != "");
}

}  // namespace
}  // namespace daybook::cli
