// The import of files: rows go to the ledger in batches, several in flight, and every row is
// accounted for.
//
// Usage goes through the Recorder's stream. Other commands go through Billing.submit, in the order
// of the file: what was sent before is durable first. Errors: client::Error when the connection
// breaks or an answer does not come: stats() then has what is known. UsageError for files. Memory
// is bounded by the rows in flight. Belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/rejects.h"
#include "client/cli/row_source.h"
#include "daybook/client.h"

namespace daybook::cli {

struct ImportOptions {
  std::uint32_t batch = 1'000;
  std::uint32_t in_flight_max = 8;
  bool stop_on_error = false;
  std::optional<std::chrono::milliseconds> timeout;
  std::uint64_t min_position = 0;
};

struct RefusedRows {
  std::uint64_t count = 0;
  std::string file;  // of the first of them
  std::uint64_t row = 0;
  std::string detail;
};

struct ImportStats {
  std::uint64_t rows = 0;  // read
  std::uint64_t recorded = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;
  std::map<std::string, RefusedRows> by_outcome;  // "unreadable" for those that were not sent
  std::uint64_t position = 0;                     // newest that any row is recorded at
  bool stopped = false;                           // before the end of the files
  /// Rows whose fate is known and durable.
  std::uint64_t settled() const { return recorded + duplicates + refused; }
};

class Importer {
 public:
  /// Called every now and then with the source that is being read.
  using OnProgress = std::function<void(const ImportStats& stats, const RowSource& source)>;

  Importer(client::Client& client, ImportOptions options, OnProgress on_progress);

  /// All of one file. `name` is for the summary. Does nothing once stopped.
  void importFile(const std::string& name, RowSource& source, Rejects& rejects);
  const ImportStats& stats() const { return stats_; }

 private:
  // What is sent and not answered of one batch.
  using Batch = std::vector<Row>;

  void add(Row row);
  void sendUsage();
  void finishUsage();
  void submitCommands();
  void onResult(const client::BatchResult& result);
  void refuse(const Row& row, const std::string& outcome, const std::string& detail);

  client::Client& client_;
  ImportOptions options_;
  OnProgress on_progress_;
  ImportStats stats_;
  // Of the file that is being imported.
  std::string name_;
  RowSource* source_ = nullptr;
  Rejects* rejects_ = nullptr;
  std::optional<client::UsageStream> stream_;
  std::deque<Batch> in_flight_;  // oldest first
  Batch usage_;                  // not yet sent, as is
  Batch commands_;
};

}  // namespace daybook::cli
