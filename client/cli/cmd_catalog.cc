// daybook catalog.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "client/cli/catalog_file.h"
#include "client/cli/commands.h"
#include "client/cli/table.h"
#include "client/cli/terms_text.h"

namespace daybook::cli {
namespace {

struct CatalogArgs {
  std::string file;
  std::string plan;
  std::string key;
  bool yes = false;
  bool dry_run = false;
};

const char* listOf(client::ItemKind kind) {
  switch (kind) {
    case client::ItemKind::feature:
      return "features";
    case client::ItemKind::plan:
      return "plans";
    case client::ItemKind::pack:
      return "packs";
    case client::ItemKind::priceBook:
      return "priceBooks";
  }
  return "";
}

const char* titleOf(client::ItemKind kind) {
  switch (kind) {
    case client::ItemKind::feature:
      return "feature";
    case client::ItemKind::plan:
      return "plan";
    case client::ItemKind::pack:
      return "pack";
    case client::ItemKind::priceBook:
      return "price book";
  }
  return "item";
}

void printChange(Console& console, const client::CatalogChange& change, const std::string& before,
                 const std::string& after) {
  const bool added = change.action == client::ChangeAction::added;
  std::string title =
      fmt::format("{} {} {}", added ? "+" : "~", titleOf(change.kind), printable(change.code));
  if (change.version != 0) title += fmt::format(", version {}", change.version);
  console.line(console.styled(title, added ? Style::good : Style::heading));
  const auto fields = changesOfItem(added ? "{}" : before, after, listOf(change.kind), change.code);
  if (fields.empty() && !added) console.line("    the order of what it lists");
  for (const FieldChange& field : fields) {
    const std::string name = printable(field.field);
    const std::string old_value = printable(field.before);
    const std::string new_value = printable(field.after);
    if (added) {
      console.line(fmt::format("    {}: {}", name, new_value));
    } else {
      console.line(fmt::format("    {}: {} → {}", name, old_value.empty() ? "-" : old_value,
                               new_value.empty() ? "-" : new_value));
    }
  }
}

// Whether to go on; asks on a terminal.
bool confirmed(Session& session, const CatalogArgs& args) {
  if (args.yes) return true;
  if (::isatty(STDIN_FILENO) != 1 || session.json()) {
    throw UsageError("nothing was applied: nobody can be asked here",
                     "Give --yes to apply, or --dry-run to look only.");
  }
  session.console().write("Apply? [y/N] ");
  session.console().flush();
  const int answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

ExitCode publish(Session& session, const CatalogArgs& args, const std::string& catalog) {
  return session.withKey(args.key, [&](const std::string& key) {
    return session.showReceipt(session.client().publishCatalog(key, catalog, session.callOptions()),
                               {.done = "catalog published"});
  });
}

ExitCode apply(Session& session, const CatalogArgs& args) {
  const FormFile file(readFile(args.file), args.file, client::Dates::refused);
  const std::string catalog = catalogOf(file);
  Console& console = session.console();
  const auto preview = session.client().previewCatalog(catalog, session.callOptions());
  if (session.json() && (args.dry_run || !preview.ok())) console.line(preview.json);
  if (!preview.ok()) {
    const std::string place = file.placeOfItem(preview.detail);
    return session.refused(preview.outcome, place.empty()
                                                ? preview.detail
                                                : fmt::format("{}: {}", place, preview.detail));
  }
  std::size_t changes = 0;
  for (const client::CatalogChange& change : preview.value) {
    if (change.action != client::ChangeAction::unchanged) ++changes;
  }
  if (!session.json()) {
    const auto published = session.client().catalog();
    if (!published.ok()) return session.refused(published.outcome, published.detail);
    for (const client::CatalogChange& change : preview.value) {
      if (change.action == client::ChangeAction::unchanged) continue;
      printChange(console, change, published.value, catalog);
    }
    console.line(changes == 0
                     ? "nothing to change"
                     : fmt::format("{} of {} items differ", changes, preview.value.size()));
  }
  if (args.dry_run) return ExitCode::ok;
  if (changes == 0) {
    if (session.json()) console.line(preview.json);
    return ExitCode::ok;
  }
  if (!confirmed(session, args)) {
    console.line("nothing was applied");
    return ExitCode::ok;
  }
  return publish(session, args, catalog);
}

std::string joined(const nlohmann::ordered_json& items, const char* member) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ", ";
    out += item.value(member, std::string());
  }
  return out;
}

using Json = nlohmann::ordered_json;

const Json& itemsOf(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

std::string versionOf(const Json& item) { return fmt::format("{}", item.value("version", 0)); }

std::string termsOf(const Json& plan) {
  std::string out = fmt::format("{} by {}", plan.value("model", ""), plan.value("interval", ""));
  for (const Json& price : itemsOf(plan, "prices")) {
    const std::string interval = price.value("interval", "absent");
    out += fmt::format(", {} {}{}", price.value("base", "0"), price.value("currency", ""),
                       interval == "absent" ? "" : " by " + interval);
  }
  if (plan.value("free", false)) out += ", free";
  if (plan.value("retired", false)) out += ", retired";
  return fmt::format("{}; {}", out, joined(itemsOf(plan, "features"), "feature"));
}

void printCatalog(Console& console, const Json& catalog) {
  Table table({{"KIND"}, {"CODE"}, {"VERSION", Align::right}, {"NAME"}, {"TERMS"}});
  for (const Json& feature : itemsOf(catalog, "features")) {
    const std::string type = feature.value("type", "");
    table.add({"feature", feature.value("code", ""), "", feature.value("name", ""),
               type == "metered" ? type + ", " + feature.value("meter", "") : type});
  }
  for (const Json& plan : itemsOf(catalog, "plans")) {
    table.add(
        {"plan", plan.value("code", ""), versionOf(plan), plan.value("name", ""), termsOf(plan)});
  }
  for (const Json& pack : itemsOf(catalog, "packs")) {
    std::string prices;
    for (const Json& price : itemsOf(pack, "prices")) {
      prices += fmt::format(", {} {}", price.value("price", "0"), price.value("currency", ""));
    }
    table.add({"pack", pack.value("code", ""), versionOf(pack), pack.value("name", ""),
               fmt::format("{} credits{}", pack.value("credits", "0"), prices)});
  }
  for (const Json& book : itemsOf(catalog, "priceBooks")) {
    table.add({"price book", book.value("currency", ""), versionOf(book), "",
               joined(itemsOf(book, "models"), "model")});
  }
  table.print(console);
}

ExitCode show(Session& session, const CatalogArgs& args) {
  const auto reply = session.client().catalog(session.callOptions());
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  const Json catalog = Json::parse(reply.value);
  const Json* plan = args.plan.empty() ? nullptr : findPlan(catalog, args.plan);
  if (!args.plan.empty() && plan == nullptr) {
    throw UsageError(fmt::format("there is no plan '{}'", printable(args.plan)),
                     "See `daybook catalog show`.");
  }
  if (session.json()) {
    // As a file for `apply`.
    session.console().line(plan != nullptr ? plan->dump() : reply.value);
  } else if (plan != nullptr) {
    printTerms(session.console(), catalog, *plan, "");
  } else {
    printCatalog(session.console(), catalog);
  }
  return ExitCode::ok;
}

}  // namespace

void addCatalog(CLI::App& root, Session& session) {
  auto args = std::make_shared<CatalogArgs>();
  auto* catalog = addCommand(root, "catalog", "Show or publish what is sold",
                             {"daybook catalog show", "daybook catalog apply plans.toml"});
  catalog->require_subcommand(1);

  auto* show_command = addCommand(
      *catalog, "show", "Show the newest version of everything published, or of one plan",
      {"daybook catalog show", "daybook catalog show pro",
       "daybook catalog show --json > plans.json"},
      "With --json and no plan it prints a file that `catalog apply` takes.");
  show_command->add_option("PLAN", args->plan, "The code of a plan whose terms to show");
  runWith(*show_command, session, args, show);

  auto* apply_command = addCommand(
      *catalog, "apply", "Publish features, plans, packs and price books from one file",
      {"daybook catalog apply plans.toml", "daybook catalog apply plans.toml --dry-run",
       "daybook catalog apply plans.json --yes"},
      "Shows the difference and asks before it publishes. What does not differ from what is\n"
      "published changes nothing, so that applying a file twice does nothing. Items that a file\n"
      "does not mention stay as they are. Fields have the names of Catalog in\n"
      "protocol/common.capnp; `daybook help catalog-file` shows them all. In TOML:\n"
      "\n"
      "  [[features]]\n"
      "  code = \"calls\"\n"
      "\n"
      "  [[plans]]\n"
      "  code = \"pro\"\n"
      "  model = \"metered\"\n"
      "  prices = [{ currency = \"USD\", base = 99 }]\n"
      "  [[plans.features]]\n"
      "  feature = \"calls\"\n"
      "  included = 10000\n"
      "  prices = [{ currency = \"USD\", scheme = \"perUnit\", unitPrice = \"0.01\" }]");
  apply_command
      ->add_option("FILE", args->file, "TOML or JSON; numbers with a fraction as text, in quotes")
      ->type_name("")
      ->required();
  auto* yes = apply_command->add_flag("--yes", args->yes, "Apply without asking");
  apply_command->add_flag("--dry-run", args->dry_run, "Only show the difference")->excludes(yes);
  addKeyOption(*apply_command, args->key);
  runWith(*apply_command, session, args, apply);
}

}  // namespace daybook::cli
