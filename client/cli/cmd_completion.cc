// daybook completion.
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/completion.h"

namespace daybook::cli {

void addCompletion(CLI::App& root, Session& session) {
  auto shell = std::make_shared<std::string>();
  auto* command = addCommand(
      root, "completion", "Print a script that completes daybook's commands",
      {"source <(daybook completion bash)", "daybook completion zsh > \"${fpath[1]}/_daybook\"",
       "daybook completion fish | source"});
  command->add_option("SHELL", *shell, "Whose script")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&root, &session, shell] {
    session.setAction([&root, &session, shell] {
      const Shell which = *shell == "bash"  ? Shell::bash
                          : *shell == "zsh" ? Shell::zsh
                                            : Shell::fish;
      session.console().write(completionScript(root, which));
      return ExitCode::ok;
    });
  });
}

}  // namespace daybook::cli
