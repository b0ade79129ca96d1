// The command line of Daybook.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "client/cli/commands.h"
#include "client/cli/console.h"
#include "client/cli/session.h"
#include "daybook/error.h"

namespace daybook::cli {
namespace {

int numberOf(ExitCode code) { return static_cast<int>(code); }

const char* adviceFor(client::ErrorKind kind) {
  switch (kind) {
    case client::ErrorKind::invalidArgument:
      return "See `daybook help`.";
    case client::ErrorKind::unreachable:
      return "Is daybookd running, and is --connect (DAYBOOK_CONNECT) where it listens?";
    case client::ErrorKind::timedOut:
      return "Try again, or give it longer with --timeout.";
    case client::ErrorKind::unknownOutcome:
      return "Send it again with the same key.";
    case client::ErrorKind::overloaded:
      return "Try again in a moment.";
    case client::ErrorKind::failed:
      return "The daemon's log says more.";
  }
  return "";
}

int runAction(Session& session, Console& console) {
  try {
    return numberOf(session.run());
  } catch (const UsageError& e) {
    console.error(e.what(), e.advice());
    return numberOf(ExitCode::usage);
  } catch (const client::Error& e) {
    console.error(e.what(), adviceFor(e.kind()));
    return numberOf(e.kind() == client::ErrorKind::invalidArgument ? ExitCode::usage
                                                                   : ExitCode::unreachable);
  } catch (const OutputClosed&) {
    return numberOf(ExitCode::ok);
  } catch (const std::exception& e) {
    console.error(e.what());
    return numberOf(ExitCode::usage);
  }
}

int runMain(int argc, char** argv) {
  Console console(stdout, stderr);
  Session session(console);
  CLI::App root("", "daybook");
  buildTree(root, session);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // Help and version end here, too, with 0.
    return root.exit(e) == 0 ? numberOf(ExitCode::ok) : numberOf(ExitCode::usage);
  }
  if (session.options().no_color) console.disableColor();
  return runAction(session, console);
}

}  // namespace
}  // namespace daybook::cli

int main(int argc, char** argv) { return daybook::cli::runMain(argc, argv); }
