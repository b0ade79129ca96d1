// daybook import.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/importer.h"
#include "client/cli/mapping.h"
#include "client/cli/progress.h"
#include "client/cli/rejects.h"
#include "client/cli/row_source.h"
#include "client/cli/table.h"
#include "ledger/base/limits.h"
#include "ledger/model/text.h"

namespace daybook::cli {
namespace {

struct ImportArgs {
  std::vector<std::string> files;
  std::string format;
  std::string source;
  std::string mapping_file;
  std::string rejects;
  Mapping mapping;
  std::vector<std::string> properties;
  std::vector<std::string> property_columns;
  ImportOptions options;
};

void splitPairs(const std::vector<std::string>& pairs, const char* option,
                std::map<std::string, std::string>& out) {
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw UsageError(fmt::format("{}: '{}' is not NAME=VALUE", option, pair));
    }
    out[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
}

Mapping mappingOf(const ImportArgs& args) {
  Mapping flags = args.mapping;
  splitPairs(args.properties, "--property", flags.property_constants);
  splitPairs(args.property_columns, "--property-column", flags.property_columns);
  if (args.mapping_file.empty()) return flags;
  return merged(mappingFromToml(readFile(args.mapping_file), args.mapping_file), flags);
}

Format formatOf(const ImportArgs& args, const std::string& path) {
  if (args.format.empty()) return cli::formatOf(path);
  return args.format == "csv" ? Format::csv : Format::jsonLines;
}

std::string checkedSource(const ImportArgs& args, const std::string& path) {
  // Room for the colon and the longest row number.
  constexpr std::size_t kSourceBytesMax = limits::kKeyBytesMax - 21;
  std::string source = args.source.empty() ? sourceOf(path) : args.source;
  if (!isText(source, kSourceBytesMax)) {
    throw UsageError(
        fmt::format("'{}' is not a name that keys can derive from", printable(source)),
        fmt::format("Name a source with --source: text of at most {} bytes.", kSourceBytesMax));
  }
  return source;
}

void printSummary(Console& console, const ImportStats& stats, std::uint64_t ms,
                  const std::vector<std::string>& reject_files) {
  const std::uint64_t rate = stats.settled() * 1'000 / std::max<std::uint64_t>(ms, 1);
  console.line(fmt::format("{} rows in {}.{} s, {} rows/s", countText(stats.rows), ms / 1'000,
                           ms % 1'000 / 100, countText(rate)));
  Facts facts;
  facts.add("  recorded", countText(stats.recorded));
  facts.add("  duplicates", countText(stats.duplicates));
  facts.add("  refused", countText(stats.refused), stats.refused == 0 ? Style::plain : Style::bad);
  facts.print(console);
  if (!stats.by_outcome.empty()) {
    Table table({{"REFUSED"}, {"ROWS", Align::right}, {"FIRST"}, {"DETAIL"}});
    for (const auto& [outcome, rows] : stats.by_outcome) {
      table.add({outcome, countText(rows.count), fmt::format("{}, row {}", rows.file, rows.row),
                 rows.detail});
    }
    console.line();
    table.print(console);
  }
  for (const std::string& file : reject_files) console.line("refused rows are in " + file);
  if (stats.stopped) console.line("stopped before the end; running it again counts nothing twice");
}

void printJsonSummary(Console& console, const ImportStats& stats, std::uint64_t ms,
                      const std::vector<std::string>& reject_files, bool complete) {
  nlohmann::ordered_json refusals = nlohmann::ordered_json::array();
  for (const auto& [outcome, rows] : stats.by_outcome) {
    refusals.push_back({{"outcome", outcome},
                        {"rows", rows.count},
                        {"firstFile", rows.file},
                        {"firstRow", rows.row},
                        {"detail", rows.detail}});
  }
  const nlohmann::ordered_json summary = {{"complete", complete && !stats.stopped},
                                          {"rows", stats.rows},
                                          {"recorded", stats.recorded},
                                          {"duplicates", stats.duplicates},
                                          {"refused", stats.refused},
                                          {"refusals", refusals},
                                          {"rejectFiles", reject_files},
                                          {"position", fmt::format("{}", stats.position)},
                                          {"milliseconds", ms}};
  console.line(summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

class Import {
 public:
  Import(Session& session, const ImportArgs& args)
      : session_(session),
        args_(args),
        mapping_(mappingOf(args)),
        progress_(session.console(), session.json()              ? Progress::Show::never
                                     : session.options().verbose ? Progress::Show::always
                                                                 : Progress::Show::onTerminal),
        importer_(session.client(), optionsOf(session, args),
                  [this](const ImportStats& stats, const RowSource& source) {
                    progress_.update({.rows = stats.rows,
                                      .refused = stats.refused,
                                      .bytes_read = source.bytesRead(),
                                      .bytes_total = source.bytesTotal()});
                  }) {}

  ExitCode run() {
    try {
      for (const std::string& file : args_.files) importFile(file);
    } catch (const client::Error& e) {
      return broken(e);
    }
    progress_.clear();
    const ImportStats& stats = importer_.stats();
    if (session_.json()) {
      printJsonSummary(session_.console(), stats, progress_.elapsedMs(), reject_files_, true);
    } else {
      printSummary(session_.console(), stats, progress_.elapsedMs(), reject_files_);
    }
    return stats.refused == 0 ? ExitCode::ok : ExitCode::refused;
  }

 private:
  static ImportOptions optionsOf(const Session& session, const ImportArgs& args) {
    ImportOptions options = args.options;
    options.timeout = session.timeout();
    options.min_position = session.minPosition();
    return options;
  }

  void importFile(const std::string& file) {
    const Format format = formatOf(args_, file);
    const std::string source = checkedSource(args_, file);
    const auto rows =
        format == Format::csv ? openCsv(file, source, mapping_) : openJsonLines(file, source);
    Rejects rejects(rejectsPath(file, format), *rows);
    progress_.begin(sourceOf(file));
    // Also when the connection breaks: what was refused until then is named.
    struct Note {
      Import& import;
      const Rejects& rejects;
      ~Note() {
        if (rejects.count() > 0) import.reject_files_.push_back(rejects.path());
      }
    } const note{*this, rejects};
    importer_.importFile(file, *rows, rejects);
  }

  std::string rejectsPath(const std::string& file, Format format) const {
    if (args_.rejects.empty()) return rejectsPathOf(file, format);
    std::error_code error;
    if (std::filesystem::equivalent(file, args_.rejects, error)) {
      throw UsageError("--rejects names the file that is imported: it would be overwritten");
    }
    return args_.rejects;
  }

  ExitCode broken(const client::Error& e) {
    progress_.clear();
    const ImportStats& stats = importer_.stats();
    session_.console().error(
        fmt::format("the import broke off: {}", e.kind() == client::ErrorKind::unknownOutcome
                                                    ? "the connection broke, or no answer came"
                                                    : e.what()),
        fmt::format("{} rows are known to be durable ({} recorded, {} duplicates) and {} refused. "
                    "Run the same command again: it is safe, nothing counts twice.",
                    countText(stats.recorded + stats.duplicates), countText(stats.recorded),
                    countText(stats.duplicates), countText(stats.refused)));
    if (session_.json()) {
      printJsonSummary(session_.console(), stats, progress_.elapsedMs(), reject_files_, false);
    }
    return ExitCode::unreachable;
  }

  Session& session_;
  const ImportArgs& args_;
  const Mapping mapping_;
  Progress progress_;
  std::vector<std::string> reject_files_;
  Importer importer_;
};

ExitCode importFiles(Session& session, const ImportArgs& args) {
  if (!args.rejects.empty() && args.files.size() > 1) {
    throw UsageError("--rejects takes the refused rows of one file",
                     "Leave it out: each file gets its own, or import file by file.");
  }
  if (!args.source.empty() && args.files.size() > 1) {
    throw UsageError("--source names one file: rows of several would share their keys",
                     "Import file by file.");
  }
  return Import(session, args).run();
}

void addMappingOptions(CLI::App& command, ImportArgs& args) {
  const auto column = [&](Field field, const char* what) {
    command
        .add_option("--" + flagName(field) + "-column", args.mapping.column(field),
                    std::string("Column of ") + what)
        ->type_name("COLUMN")
        ->group("CSV columns");
  };
  const auto constant = [&](Field field, const char* what) {
    command
        .add_option("--" + flagName(field), args.mapping.constant(field),
                    std::string(what) + ", for all rows or where the cell is empty")
        ->group("CSV constants");
  };
  column(Field::time, "when it happened: RFC 3339, a date, or date and time in UTC");
  column(Field::customer, "the customer's id");
  column(Field::feature, "the feature's code");
  column(Field::quantity, "the quantity");
  column(Field::key, "the idempotency key; default: <source>:<row number>");
  column(Field::provider, "the AI model's provider");
  column(Field::model, "the AI model");
  column(Field::input, "input tokens, without cached ones");
  column(Field::totalInput, "input tokens, cached ones among them");
  column(Field::output, "output tokens");
  column(Field::cacheRead, "tokens read from a cache");
  column(Field::cacheWrite, "tokens written to a cache");
  command
      .add_option("--property-column", args.property_columns,
                  "A property and its column; may be "
                  "repeated")
      ->type_name("NAME=COLUMN")
      ->take_all()
      ->group("CSV columns");
  constant(Field::customer, "The customer's id");
  constant(Field::feature, "The feature's code");
  constant(Field::quantity, "The quantity");
  constant(Field::provider, "The AI model's provider");
  constant(Field::model, "The AI model");
  command.add_option("--property", args.properties, "A property; may be repeated")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->group("CSV constants");
  command
      .add_option("--on-shortfall", args.mapping.on_shortfall,
                  "What happens to usage that does not fit; default: reject")
      ->check(CLI::IsMember({"reject", "cap", "overdraw"}))
      ->group("CSV constants");
  command
      .add_option("--delimiter", args.mapping.delimiter,
                  "Between fields; default: a comma, a tab for .tsv")
      ->type_name("CHARACTER");
  command
      .add_option("--mapping", args.mapping_file,
                  "TOML file with tables [columns] and [constants] of the same names; flags win")
      ->type_name("FILE");
}

}  // namespace

void addImport(CLI::App& root, Session& session) {
  auto args = std::make_shared<ImportArgs>();
  auto* command = addCommand(
      root, "import", "Import usage and other commands from JSON Lines or CSV",
      {"daybook import commands.jsonl", "producer | daybook import - --source march",
       "daybook import usage.csv --time-column ts --customer-column org --feature calls",
       "daybook import trace.csv --mapping trace.toml --customer acme"},
      "JSON Lines: one Command of protocol/common.capnp a line, in its JSON form.\n"
      "CSV: usage, with a header line; flags or a mapping file say what its columns are:\n"
      "\n"
      "  [columns]\n"
      "  time = \"TIMESTAMP\"\n"
      "  totalInput = \"ContextTokens\"\n"
      "  output = \"GeneratedTokens\"\n"
      "  [constants]\n"
      "  feature = \"chat\"\n"
      "  model = \"gpt-x\"\n"
      "\n"
      "A row without a key gets <source>:<row number>, the source being the file's name. So\n"
      "importing a file again, whole or after it broke off, counts nothing twice. Renaming the\n"
      "file changes the keys, unless --source names the source.\n"
      "\n"
      "A refused row does not stop the others. It goes to FILE.rejected.<ending> with its key and\n"
      "the reason, to be mended and imported with the same flags: it keeps its key. (JSON Lines:\n"
      "reasons are in a file beside it.)");
  command->add_option("FILE", args->files, "Files to import; - is standard input")
      ->type_name("")
      ->required();
  command
      ->add_option("--format", args->format,
                   "What the files are; default: csv for .csv and .tsv, else jsonl")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  command->add_option("--source", args->source, "Name that keys derive from; default: the file's")
      ->type_name("NAME");
  command->add_option("--rejects", args->rejects, "File for refused rows")->type_name("FILE");
  command->add_flag("--stop-on-error", args->options.stop_on_error,
                    "Stop at a refused row; what was sent by then still counts");
  command->add_option("--batch", args->options.batch, "Rows in one call")
      ->check(CLI::Range(1u, static_cast<unsigned>(limits::kBatchEntriesMax)))
      ->type_name("COUNT")
      ->capture_default_str();
  command->add_option("--in-flight", args->options.in_flight_max, "Calls not yet answered")
      ->check(CLI::Range(1u, 64u))
      ->type_name("COUNT")
      ->capture_default_str();
  addMappingOptions(*command, *args);
  command->callback([&session, args] {
    session.setAction([&session, args] { return importFiles(session, *args); });
  });
}

}  // namespace daybook::cli
