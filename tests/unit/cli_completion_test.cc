// Shell completion: what the generated scripts answer, asked through the shell where it is there.
#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "client/cli/commands.h"
#include "client/cli/completion.h"
#include "client/cli/console.h"
#include "client/cli/session.h"
#include "tests/support/temporary_directory.h"

namespace daybook::cli {
namespace {

std::string script(Shell shell) {
  Console console(stdout, stderr);
  Session session(console);
  CLI::App root("", "daybook");
  buildTree(root, session);
  return completionScript(root, shell);
}

std::string outputOf(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    text += static_cast<char>(c);
  }
  return text;
}

// What bash offers for the words of a command line, the last one being completed.
class Bash {
 public:
  Bash() { directory_.write("completion", script(Shell::bash)); }
  std::string offers(const std::string& words) const {
    directory_.write("ask", "source " + directory_.path("completion") + "\nCOMP_WORDS=(" + words +
                                ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                "compopt() { :; }\n_daybook\necho \"${COMPREPLY[*]}\"\n");
    return outputOf("cd " + directory_.path() + " && bash ask 2>&1");
  }
  const test::TemporaryDirectory& directory() const { return directory_; }

 private:
  test::TemporaryDirectory directory_;
};

TEST_CASE("bash offers commands, and those below a command") {
  const Bash bash;
  CHECK(bash.offers("daybook sta") == "status statement\n");
  CHECK(bash.offers("daybook customer ''") == "create show list update\n");
  CHECK(bash.offers("daybook clock s") == "show set\n");
  CHECK(bash.offers("daybook --connect status cat") == "catalog\n");
  // An argument that is called like a command is none.
  CHECK(bash.offers("daybook balance status --js") == "--json\n");
  CHECK(bash.offers("daybook balance cust") == "\n");
}

TEST_CASE("bash offers a command's options and the global ones") {
  const Bash bash;
  CHECK(bash.offers("daybook catalog apply --dr") == "--dry-run\n");
  CHECK(bash.offers("daybook import --no-c") == "--no-color\n");
  CHECK(bash.offers("daybook status --dr") == "\n");
}

TEST_CASE("bash offers an option's values: a fixed set, or files") {
  const Bash bash;
  bash.directory().write("map.toml", "");
  CHECK(bash.offers("daybook record acme calls --on-shortfall c") == "cap\n");
  CHECK(bash.offers("daybook import --mapping ma") == "map.toml\n");
  CHECK(bash.offers("daybook import ma") == "map.toml\n");
  CHECK(bash.offers("daybook status --timeout ma") == "\n");
}

TEST_CASE("the other shells read their scripts") {
  const test::TemporaryDirectory directory;
  for (const auto& [shell, name] : {std::pair(Shell::zsh, "zsh"), std::pair(Shell::fish, "fish")}) {
    const std::string text = script(shell);
    CHECK(text.find("--on-shortfall") != std::string::npos);
    const std::string path = directory.write(name, text);
    if (outputOf("command -v " + std::string(name)).empty()) continue;
    CHECK(outputOf(std::string(name) + " -n " + path + " 2>&1") == "");
  }
}

}  // namespace
}  // namespace daybook::cli
