#include "client/cli/completion.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace daybook::cli {
namespace {

enum class Values { none, any, files, directories, fixed };

struct OptionInfo {
  std::vector<std::string> names;  // with their dashes
  std::string description;
  Values values = Values::none;
  std::vector<std::string> fixed;
};

struct CommandInfo {
  std::string path;  // "" for the root, "/catalog/apply"
  std::vector<std::pair<std::string, std::string>> subcommands;  // name, description
  std::vector<OptionInfo> options;
  Values positional = Values::none;
};

// Up to the first sentence's end or line's end, for menus.
std::string brief(const std::string& text) {
  const std::size_t end = std::min({text.find(". "), text.find('\n'), text.find("; ")});
  return text.substr(0, end);
}

Values valuesOf(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return Values::none;
  const std::string type =
      option.nonpositional() ? option.get_type_name() : option.get_name(true, false);
  if (type == "FILE") return Values::files;
  if (type == "DIR") return Values::directories;
  return option.get_type_name().find('{') == std::string::npos ? Values::any : Values::fixed;
}

// IsMember shows its set in the type's name: "TEXT:{a,b}".
std::vector<std::string> fixedValues(const std::string& type) {
  std::vector<std::string> out;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return out;
  std::size_t at = open + 1;
  while (at < close) {
    const std::size_t end = std::min(type.find(',', at), close);
    out.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

void collect(const CLI::App& app, const std::string& path, std::vector<CommandInfo>& out) {
  CommandInfo info{.path = path, .subcommands = {}, .options = {}, .positional = Values::none};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (option->nonpositional()) {
      OptionInfo known{.names = {},
                       .description = brief(option->get_description()),
                       .values = valuesOf(*option),
                       .fixed = fixedValues(option->get_type_name())};
      for (const std::string& name : option->get_snames()) known.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) known.names.push_back("--" + name);
      info.options.push_back(std::move(known));
    } else if (valuesOf(*option) != Values::any || info.positional == Values::none) {
      info.positional = valuesOf(*option);
    }
  }
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subcommands) {
    info.subcommands.emplace_back(sub->get_name(), brief(sub->get_description()));
  }
  out.push_back(std::move(info));
  for (const CLI::App* sub : subcommands) collect(*sub, path + "/" + sub->get_name(), out);
}

std::string shellQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// The names of options that take a value, as alternatives of a shell's `case`.
std::string optionsWithValues(const std::vector<CommandInfo>& commands) {
  std::string out;
  for (const CommandInfo& command : commands) {
    for (const OptionInfo& option : command.options) {
      if (option.values == Values::none) continue;
      for (const std::string& name : option.names) {
        if (("|" + out + "|").find("|" + name + "|") != std::string::npos) continue;
        out += (out.empty() ? "" : "|") + name;
      }
    }
  }
  return out;
}

std::string paths(const std::vector<CommandInfo>& commands) {
  std::string out;
  for (const CommandInfo& command : commands) {
    if (!command.path.empty()) out += (out.empty() ? "" : "|") + command.path;
  }
  return out;
}

// ---- bash

std::string bashValues(const OptionInfo& option) {
  switch (option.values) {
    case Values::files:
      return "COMPREPLY=($(compgen -f -- \"$cur\")); compopt -o filenames";
    case Values::directories:
      return "COMPREPLY=($(compgen -d -- \"$cur\")); compopt -o filenames";
    case Values::fixed:
      return fmt::format("COMPREPLY=($(compgen -W {} -- \"$cur\"))",
                         shellQuoted(fmt::format("{}", fmt::join(option.fixed, " "))));
    default:
      return "COMPREPLY=()";
  }
}

std::string bashScript(const std::vector<CommandInfo>& commands) {
  std::string values;
  std::string words;
  for (const CommandInfo& command : commands) {
    std::vector<std::string> names;
    for (const auto& [name, description] : command.subcommands) names.push_back(name);
    std::vector<std::string> options;
    for (const OptionInfo& option : command.options) {
      for (const std::string& name : option.names) {
        options.push_back(name);
        if (option.values == Values::none) continue;
        // Global options are taken everywhere.
        values += fmt::format("    {}:{}) {}; return ;;\n",
                              command.path.empty() ? "*" : command.path, name, bashValues(option));
      }
    }
    std::string rest = fmt::format("COMPREPLY=($(compgen -W {} -- \"$cur\"))",
                                   shellQuoted(fmt::format("{}", fmt::join(names, " "))));
    if (command.positional == Values::files || command.positional == Values::directories) {
      rest = bashValues({{}, {}, command.positional, {}});
    }
    words += fmt::format("    {}) options={}; [[ $cur == -* ]] || {{ {}; return; }} ;;\n",
                         shellQuoted(command.path),
                         shellQuoted(fmt::format("{}", fmt::join(options, " "))), rest);
  }
  std::vector<std::string> global;
  for (const OptionInfo& option : commands.front().options) {
    global.insert(global.end(), option.names.begin(), option.names.end());
  }
  return fmt::format(R"(# bash completion of daybook: source <(daybook completion bash)
_daybook() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path= options= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      {0}) ((i++)); continue ;;
    esac
    case $path/${{COMP_WORDS[i]}} in
      {1}) path=$path/${{COMP_WORDS[i]}} ;;
    esac
  done
  COMPREPLY=()
  case $path:$prev in
{2}  esac
  case $path in
{3}  esac
  COMPREPLY=($(compgen -W "$options "{4} -- "$cur"))
}}
complete -F _daybook daybook
)",
                     optionsWithValues(commands), paths(commands), values, words,
                     shellQuoted(fmt::format("{}", fmt::join(global, " "))));
}

// ---- zsh

// For _describe, which splits at colons.
std::string zshItem(const std::string& name, const std::string& description) {
  std::string text = name + ":" + description;
  return shellQuoted(text);
}

std::string zshValues(const OptionInfo& option) {
  switch (option.values) {
    case Values::files:
      return "_files";
    case Values::directories:
      return "_files -/";
    case Values::fixed:
      return fmt::format("compadd -- {}", fmt::join(option.fixed, " "));
    default:
      return "_message value";
  }
}

std::string zshScript(const std::vector<CommandInfo>& commands) {
  std::string values;
  std::string words;
  std::string global;
  for (const CommandInfo& command : commands) {
    std::string options;
    for (const OptionInfo& option : command.options) {
      for (const std::string& name : option.names) {
        options += " " + zshItem(name, option.description);
        if (option.values == Values::none) continue;
        values += fmt::format("    ({}:{}) {}; return ;;\n",
                              command.path.empty() ? "*" : command.path, name, zshValues(option));
      }
    }
    if (command.path.empty()) global = options;
    std::string items;
    for (const auto& [name, description] : command.subcommands) {
      items += " " + zshItem(name, description);
    }
    std::string rest;
    if (!items.empty()) rest = "_describe command items";
    if (command.positional == Values::files || command.positional == Values::directories) {
      rest = zshValues({{}, {}, command.positional, {}});
    } else if (command.positional != Values::none) {
      rest = "_message argument";
    }
    words +=
        fmt::format("    ({}) items=({}); options=({}); [[ $cur == -* ]] || {{ {}; return }} ;;\n",
                    shellQuoted(command.path), items, options, rest.empty() ? ":" : rest);
  }
  return fmt::format(R"(#compdef daybook
# zsh completion of daybook: daybook completion zsh > "${{fpath[1]}}/_daybook"
_daybook() {{
  local cur=$words[CURRENT] prev=$words[CURRENT-1] at= i
  local -a items options
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      ({0}) ((i++)); continue ;;
    esac
    case $at/$words[i] in
      ({1}) at=$at/$words[i] ;;
    esac
  done
  case $at:$prev in
{2}  esac
  case $at in
{3}  esac
  options+=({4})
  _describe option options
}}
if [[ $funcstack[1] == _daybook ]]; then _daybook "$@"; else compdef _daybook daybook; fi
)",
                     optionsWithValues(commands), paths(commands), values, words, global);
}

// ---- fish

std::string fishQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fishOption(const std::string& condition, const OptionInfo& option) {
  std::string line = "complete -c daybook" + condition;
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  switch (option.values) {
    case Values::none:
      break;
    case Values::any:
      line += " -x";
      break;
    case Values::files:
      line += " -rF";
      break;
    case Values::directories:
      line += " -xa '(__fish_complete_directories)'";
      break;
    case Values::fixed:
      line += " -xa " + fishQuoted(fmt::format("{}", fmt::join(option.fixed, " ")));
      break;
  }
  return line + " -d " + fishQuoted(option.description) + "\n";
}

std::string fishScript(const std::vector<CommandInfo>& commands) {
  std::string lines;
  for (const CommandInfo& command : commands) {
    const std::string condition = fmt::format(" -n '__daybook_at \"{}\"'", command.path);
    for (const auto& [name, description] : command.subcommands) {
      lines += fmt::format("complete -c daybook{} -a {} -d {}\n", condition, name,
                           fishQuoted(description));
    }
    // Global options are taken everywhere.
    for (const OptionInfo& option : command.options) {
      lines += fishOption(command.path.empty() ? "" : condition, option);
    }
    if (command.positional == Values::files) {
      lines += fmt::format("complete -c daybook{} -F\n", condition);
    } else if (command.positional == Values::directories) {
      lines += fmt::format("complete -c daybook{} -a '(__fish_complete_directories)'\n", condition);
    }
  }
  std::string with_values = optionsWithValues(commands);
  std::string known = paths(commands);
  for (std::string* list : {&with_values, &known}) {
    for (char& c : *list) {
      if (c == '|') c = ' ';
    }
  }
  return fmt::format(R"(# fish completion of daybook: daybook completion fish | source
function __daybook_at
  set -l path ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
    else if contains -- $word {0}
      set skip 1
    else if contains -- $path/$word {1}
      set path $path/$word
    end
  end
  test "$path" = "$argv[1]"
end
complete -c daybook -f
{2})",
                     with_values, known, lines);
}

}  // namespace

std::string completionScript(const CLI::App& root, Shell shell) {
  std::vector<CommandInfo> commands;
  collect(root, "", commands);
  switch (shell) {
    case Shell::bash:
      return bashScript(commands);
    case Shell::zsh:
      return zshScript(commands);
    case Shell::fish:
      return fishScript(commands);
  }
  return "";
}

}  // namespace daybook::cli
