#include "client/cli/rejects.h"

#include <errno.h>
#include <fmt/format.h>

#include <cstring>

#include "client/cli/csv.h"
#include "client/cli/session.h"

namespace daybook::cli {
namespace {

[[noreturn]] void failWrite(const std::string& path) {
  throw UsageError(fmt::format("cannot write {}: {}", path, std::strerror(errno)),
                   "Name another file for refused rows with --rejects, and run it again: what is "
                   "recorded counts once.");
}

}  // namespace

std::string rejectsPathOf(const std::string& path, Format format) {
  std::string base = path == "-" ? "stdin" : path;
  std::string ending = format == Format::csv ? ".csv" : ".jsonl";
  const std::size_t slash = base.rfind('/');
  const std::size_t dot = base.rfind('.');
  const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  if (dot != std::string::npos && dot > name) {
    ending = base.substr(dot);
    base.resize(dot);
  }
  return base + ".rejected" + ending;
}

Rejects::Rejects(std::string path, const RowSource& source)
    : path_(std::move(path)), source_(source) {}

Rejects::File Rejects::open(const std::string& path) {
  File file(std::fopen(path.c_str(), "wb"));
  if (!file) failWrite(path);
  return file;
}

void Rejects::write(const File& file, const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), file.get()) != line.size() ||
      std::fputc('\n', file.get()) == EOF) {
    failWrite(path_);
  }
}

void Rejects::add(const Row& row, const std::string& outcome, const std::string& detail) {
  const std::string header = source_.rejectsHeader();
  if (!rows_) {
    rows_ = open(path_);
    if (!header.empty()) {
      write(rows_, header);
    } else {
      reasons_ = open(path_ + ".reasons.csv");
      write(reasons_, "row,key,outcome,detail");
    }
  }
  const std::string reason = detail.empty() ? outcome : outcome + ": " + detail;
  write(rows_, source_.rejectsLine(row, reason));
  if (reasons_) {
    write(reasons_, fmt::format("{},{},{},{}", row.number, csvField(row.key, ','), outcome,
                                csvField(detail, ',')));
  }
  ++count_;
}

void Rejects::flush() {
  if (rows_ && std::fflush(rows_.get()) != 0) failWrite(path_);
  if (reasons_ && std::fflush(reasons_.get()) != 0) failWrite(path_ + ".reasons.csv");
}

}  // namespace daybook::cli
