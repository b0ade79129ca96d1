// Shell completion, generated from the tree of options, so that it never lags behind.
//
// Completed are commands, options, the values of options that have a fixed set, and files and
// directories for FILE and DIR arguments. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace daybook::cli {

enum class Shell { bash, zsh, fish };

std::string completionScript(const CLI::App& root, Shell shell);

}  // namespace daybook::cli
