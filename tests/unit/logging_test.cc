#include "daemon/logging.h"

#include <fcntl.h>
#include <kj/debug.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "daemon/kj_log.h"

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

class LogFile {
 public:
  LogFile() {
    std::string name = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~LogFile() { std::filesystem::remove_all(folder_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  std::string path() const { return (folder_ / "daybookd.log").string(); }
  std::string folder() const { return folder_.string(); }
  LogConfig config(LogFormat format = LogFormat::text) const {
    return {.level = LogLevel::info, .format = format, .file = path()};
  }
  static std::vector<std::string> lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }
  std::vector<std::string> lines() const { return lines(path()); }

 private:
  std::filesystem::path folder_;
};

TEST_CASE("A line of text has time, level and message, without colours in a file") {
  const LogFile file;
  Logging logging(file.config());
  logging.logger()->info("listening on {}", "unix:/run/x");
  logging.logger()->warn("careful");
  logging.logger()->debug("not at this level");
  const auto lines = file.lines();
  REQUIRE(lines.size() == 2);
  const std::regex form(
      R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    listening on unix:/run/x)");
  CHECK(std::regex_match(lines[0], form));
  CHECK_THAT(lines[1], Catch::EndsWith("Z warning careful"));
}

TEST_CASE("A line is a line, whatever is in the message") {
  const LogFile file;
  const LogFormat format = GENERATE(LogFormat::text, LogFormat::json);
  Logging logging(file.config(format));
  logging.logger()->info(std::string("a\nb\tc\x1b[31m\x7f\0d\xc2\x9b", 15));
  const auto lines = file.lines();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains(R"(a\nb\tc\u001b[31m\u007f\u0000d\u009b)"));
}

TEST_CASE("A JSON line reads back as what was logged") {
  const LogFile file;
  Logging logging(file.config(LogFormat::json));
  const std::string message =
      "\"quoted\" back\\slash \n\t\x01 \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  logging.logger()->error(message);
  const auto lines = file.lines();
  REQUIRE(lines.size() == 1);
  const auto json = nlohmann::json::parse(lines[0]);
  CHECK(json["message"] == message);
  CHECK(json["level"] == "error");
  CHECK(json["time"].get<std::string>().size() == 24);
  CHECK(json.size() == 3);
}

TEST_CASE("Bytes that are no UTF-8 are replaced, each one") {
  const LogFile file;
  Logging logging(file.config(LogFormat::json));
  for (const std::string bytes :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80",
        "\xf0\x8f\xbf\xbf", "\xe2x", "\xf4\x90\x80\x80"}) {
    logging.logger()->info(bytes + "z");
  }
  for (const std::string& line : file.lines()) {
    const std::string message = nlohmann::json::parse(line)["message"];
    CHECK_THAT(message, Catch::StartsWith("\xef\xbf\xbd"));
    CHECK_THAT(message, Catch::EndsWith("z"));
  }
}

TEST_CASE("What KJ reports is in the log, with its level") {
  const LogFile file;
  Logging logging(file.config());
  runWithKjLog(*logging.logger(), []() { KJ_LOG(ERROR, "a detached call failed", 42); });
  CHECK_THROWS_AS(runWithKjLog(*logging.logger(), []() { KJ_FAIL_REQUIRE("thrown"); }),
                  kj::Exception);
  const auto lines = file.lines();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains("Z error   a detached call failed; 42 = 42 ("));
  CHECK_THAT(lines[0], Catch::Contains("unit/logging_test.cc:"));
}

TEST_CASE("After logrotate has moved the file a new one is written") {
  const LogFile file;
  Logging logging(file.config());
  logging.logger()->info("before");
  std::filesystem::rename(file.path(), file.path() + ".1");
  logging.logger()->info("still the old one");
  logging.reopen();
  logging.logger()->info("after");
  CHECK(LogFile::lines(file.path() + ".1").size() == 2);
  REQUIRE(file.lines().size() == 1);
  CHECK_THAT(file.lines()[0], Catch::EndsWith("after"));
}

TEST_CASE("When the file cannot be opened again the old one stays, and says so") {
  const LogFile file;
  Logging logging(file.config());
  const std::string moved = file.folder() + ".moved";
  std::filesystem::rename(file.folder(), moved);
  logging.reopen();
  logging.logger()->info("after");
  const auto lines = LogFile::lines(moved + "/daybookd.log");
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::Contains("cannot open the log file again"));
  std::filesystem::rename(moved, file.folder());
}

TEST_CASE("A file that cannot be opened at the start is an error that names it") {
  LogConfig config;
  config.file = "/nowhere/daybookd.log";
  CHECK_THROWS_WITH(Logging(config), Catch::Contains("/nowhere/daybookd.log"));
}

TEST_CASE("Lines that could not be written are counted, and stop nobody") {
  const LogFile file;
  Logging logging(file.config());
  logging.logger()->info("before");
  // A full disk, as far as this process can tell.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit full = {std::filesystem::file_size(file.path()), before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
  for (int i = 0; i < 3; ++i) logging.logger()->error("lost");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  logging.logger()->info("after");
  const auto lines = file.lines();
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[1], Catch::EndsWith("3 lines of the log could not be written"));
  CHECK_THAT(lines[2], Catch::EndsWith("after"));
}

TEST_CASE("Several threads write whole lines, while the file is opened anew") {
  const LogFile file;
  Logging logging(file.config(LogFormat::json));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&logging]() {
      for (int i = 0; i < 500; ++i) logging.logger()->info("line {}", i);
    });
  }
  for (int i = 0; i < 20; ++i) logging.reopen();
  for (std::thread& thread : threads) thread.join();
  const auto lines = file.lines();
  CHECK(lines.size() == 2000);
  for (const std::string& line : lines) CHECK(nlohmann::json::accept(line));
}

}  // namespace
}  // namespace daybook::daemon
