#include "client/cli/importer.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::cli {
namespace {

constexpr char kUnreadable[] = "unreadable";

// Trouble of the ledger, not of a row: every further row would meet it too.
bool isOfLedger(const std::string& outcome) {
  static constexpr std::array kNames = {"storageFull", "clockJumped", "unavailable",
                                        "unauthorized"};
  for (const char* name : kNames) {
    if (outcome == name) return true;
  }
  return false;
}

}  // namespace

Importer::Importer(client::Client& client, ImportOptions options, OnProgress on_progress)
    : client_(client), options_(options), on_progress_(std::move(on_progress)) {}

void Importer::importFile(const std::string& name, RowSource& source, Rejects& rejects) {
  if (stats_.stopped) return;
  name_ = name;
  source_ = &source;
  rejects_ = &rejects;
  Row row;
  while (!stats_.stopped && source.next(row)) {
    ++stats_.rows;
    add(std::move(row));
    row = {};
  }
  if (!stats_.stopped) {
    sendUsage();
    submitCommands();
  }
  finishUsage();
  rejects.flush();
  source_ = nullptr;
  rejects_ = nullptr;
}

void Importer::add(Row row) {
  if (const auto* unreadable = std::get_if<Unreadable>(&row.content)) {
    const std::string problem = unreadable->problem;
    refuse(row, kUnreadable, problem);
    return;
  }
  if (std::holds_alternative<OtherCommand>(row.content)) {
    // The usage before it is durable first.
    sendUsage();
    finishUsage();
    if (stats_.stopped) return;
    commands_.push_back(std::move(row));
    if (commands_.size() >= options_.batch) submitCommands();
    return;
  }
  submitCommands();
  if (stats_.stopped) return;
  usage_.push_back(std::move(row));
  if (usage_.size() >= options_.batch) sendUsage();
}

void Importer::sendUsage() {
  if (usage_.empty()) return;
  if (!stream_) {
    auto reply = client_.openStream(
        [this](std::uint64_t, const client::BatchResult& result) { onResult(result); },
        {.in_flight_max = options_.in_flight_max,
         .timeout = options_.timeout,
         .min_position = options_.min_position});
    if (!reply.ok()) {
      for (const Row& row : std::exchange(usage_, {})) {
        refuse(row, reply.outcome.name, reply.detail);
      }
      return;
    }
    stream_ = std::move(reply.value);
  }
  std::vector<client::UsageEntry> entries;
  entries.reserve(usage_.size());
  for (Row& row : usage_) entries.push_back(std::get<client::UsageEntry>(std::move(row.content)));
  in_flight_.push_back(std::exchange(usage_, {}));
  stream_->write(std::move(entries));
  if (on_progress_) on_progress_(stats_, *source_);
}

void Importer::finishUsage() {
  if (!stream_) return;
  stream_->finish();
  stream_.reset();
  CHECK(in_flight_.empty(), "every batch of a finished stream has its result");
}

void Importer::submitCommands() {
  if (commands_.empty()) return;
  const Batch batch = std::exchange(commands_, {});
  std::vector<std::string> commands;
  commands.reserve(batch.size());
  for (const Row& row : batch) commands.push_back(std::get<OtherCommand>(row.content).json);
  const auto reply = client_.submit(
      std::move(commands), {.timeout = options_.timeout, .min_position = options_.min_position});
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!reply.ok() || i >= reply.value.size()) {
      refuse(batch[i], reply.ok() ? "unavailable" : reply.outcome.name, reply.detail);
      continue;
    }
    const client::Receipt& receipt = reply.value[i];
    if (!receipt.outcome.ok()) {
      refuse(batch[i], receipt.outcome.name, receipt.detail);
      continue;
    }
    ++(receipt.duplicate ? stats_.duplicates : stats_.recorded);
    stats_.position = std::max(stats_.position, receipt.position);
  }
  if (on_progress_) on_progress_(stats_, *source_);
}

void Importer::onResult(const client::BatchResult& result) {
  CHECK(!in_flight_.empty(), "results are of batches that were sent");
  const Batch batch = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (!result.outcome.ok()) {
    for (const Row& row : batch) refuse(row, result.outcome.name, result.detail);
    return;
  }
  stats_.recorded += result.recorded;
  stats_.duplicates += result.duplicates;
  stats_.position = std::max(stats_.position, result.position);
  for (const client::Refusal& refusal : result.refusals) {
    if (refusal.index < batch.size()) {
      refuse(batch[refusal.index], refusal.outcome.name, refusal.detail);
    }
  }
}

void Importer::refuse(const Row& row, const std::string& outcome, const std::string& detail) {
  ++stats_.refused;
  RefusedRows& rows = stats_.by_outcome[outcome];
  if (rows.count++ == 0) {
    rows.file = name_;
    rows.row = row.number;
    rows.detail = detail;
  }
  rejects_->add(row, outcome, detail);
  if (options_.stop_on_error || isOfLedger(outcome)) stats_.stopped = true;
}

}  // namespace daybook::cli
