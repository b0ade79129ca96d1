// daybook help.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/table.h"
#include "client/cli/topics.h"

namespace daybook::cli {
namespace {

using Words = std::vector<std::string>;

void listTopics(Console& console) {
  for (const auto& [heading, topics] : {std::pair("How bills are computed", billingTopics()),
                                        std::pair("The command line", toolTopics())}) {
    console.line(console.styled(heading, Style::heading));
    Facts facts;
    for (const Topic& topic : topics) {
      facts.add("  " + std::string(topic.name), std::string(topic.title));
    }
    facts.print(console);
    console.line();
  }
  console.line("`daybook help TOPIC` prints one.");
}

void printTopic(Console& console, const Topic& topic) {
  console.line(console.styled(topic.title, Style::heading));
  console.write(topic.text);
  if (topic.name == "catalog-file") console.write(kCatalogReference);
}

// The command that the words name, and what it is called in full.
std::pair<const CLI::App*, std::string> findCommand(const CLI::App& root, const Words& words) {
  const CLI::App* command = &root;
  std::string called = root.get_name();
  for (const std::string& word : words) {
    const auto found =
        command->get_subcommands([&](const CLI::App* each) { return each->check_name(word); });
    if (found.empty()) {
      throw UsageError(fmt::format("there is no command '{} {}', and no such topic", called, word),
                       "See `daybook help` and `daybook help topics`.");
    }
    called += " " + word;
    command = found.front();
  }
  return {command, called};
}

ExitCode help(const CLI::App& root, Session& session, const Words& words) {
  if (words == Words{"topics"}) {
    listTopics(session.console());
    return ExitCode::ok;
  }
  if (words.size() == 1) {
    if (const Topic* topic = findTopic(words.front())) {
      printTopic(session.console(), *topic);
      return ExitCode::ok;
    }
  }
  const auto [command, called] = findCommand(root, words);
  session.console().write(
      root.get_formatter()->make_help(command, called, CLI::AppFormatMode::Normal));
  return ExitCode::ok;
}

}  // namespace

void addHelp(CLI::App& root, Session& session) {
  auto words = std::make_shared<Words>();
  auto* command = addCommand(
      root, "help", "Show the help of a command, or a topic",
      {"daybook help", "daybook help catalog apply", "daybook help topics", "daybook help prices"});
  command->add_option("WORDS", *words, "A command's words, `topics`, or a topic");
  command->callback([&root, &session, words] {
    session.setAction([&root, &session, words] { return help(root, session, *words); });
  });
}

}  // namespace daybook::cli
