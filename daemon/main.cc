// daybookd: serves a ledger, works on one offline (replay, verify), or makes a token.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

#include "daemon/config.h"
#include "daemon/config_flags.h"
#include "daemon/logging.h"
#include "daemon/offline.h"
#include "daemon/server.h"
#include "daemon/token_command.h"

namespace daybook::daemon {

namespace {

ExitStatus runServe(const ServeFlags& flags) {
  const ConfigResult result = resolveConfig(flags);
  for (const std::string& error : result.errors) fmt::print(stderr, "{}\n", error);
  if (!result.errors.empty()) return ExitStatus::usage;
  if (flags.print_config) fmt::print("{}", printConfig(result.config));
  if (flags.print_config || flags.check_config) return ExitStatus::ok;
  Logging logging(result.config.log);
  try {
    return serve(
        result.config, [&] { return resolveConfig(flags, ConfigUse::reload); }, logging);
  } catch (const std::exception& error) {
    logging.logger()->critical("{}", error.what());
    return ExitStatus::failed;
  }
}

ExitStatus run(int argc, char** argv) {
  CLI::App app;
  ServeFlags flags;
  ReplayCommand replay;
  VerifyCommand verify;
  TokenCommand token;
  addServeFlags(app, flags);
  const CLI::App* replay_app = addReplay(app, replay);
  const CLI::App* verify_app = addVerify(app, verify);
  const CLI::App* token_app = addToken(app, token);
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitStatus::ok : ExitStatus::usage;
  }
  if (replay_app->parsed()) return runReplay(replay);
  if (verify_app->parsed()) return runVerify(verify);
  if (token_app->parsed()) return runToken(token);
  return runServe(flags);
}

}  // namespace

}  // namespace daybook::daemon

int main(int argc, char** argv) {
  try {
    return static_cast<int>(daybook::daemon::run(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "daybookd: {}\n", error.what());
    return static_cast<int>(daybook::daemon::ExitStatus::failed);
  }
}
