#include "client/cli/form_file.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/identity.h"
#include "client/cli/session.h"
#include "client/src/json_form.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

bool isJson(const std::string& text, std::string_view path) {
  if (path.ends_with(".json")) return true;
  if (path.ends_with(".toml")) return false;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

std::string advice(std::string_view message) {
  return fmt::format("Fields are those of {} in protocol/common.capnp.", message);
}

// Takes `kind "code"` off a report; the code, or nullopt when it opens otherwise.
std::optional<std::string> takeItem(std::string_view& report, std::string_view kind) {
  const std::string opening = std::string(kind) + " \"";
  if (!report.starts_with(opening)) return std::nullopt;
  const std::size_t end = report.find('"', opening.size());
  if (end == std::string_view::npos) return std::nullopt;
  std::string code(report.substr(opening.size(), end - opening.size()));
  report.remove_prefix(end + 1);
  if (report.starts_with(", ")) report.remove_prefix(2);
  return code;
}

// The index in list `list` of the item that goes by `code`.
std::optional<std::size_t> findItem(const Json& object, const std::string& list,
                                    const std::string& code) {
  const auto items = object.find(list);
  if (items == object.end() || !items->is_array()) return std::nullopt;
  const auto text = [](const Json& item, const char* field) {
    const auto found = item.find(field);
    return found != item.end() && found->is_string() ? found->get<std::string>() : "";
  };
  for (std::size_t i = 0; i < items->size(); ++i) {
    const Json& item = (*items)[i];
    if (!item.is_object()) continue;
    for (const char* field : {"code", "feature", "currency", "value"}) {
      if (text(item, field) == code) return i;
    }
    if (text(item, "provider") + "/" + text(item, "model") == code) return i;
  }
  return std::nullopt;
}

}  // namespace

FormFile::FormFile(const std::string& text, std::string_view path, client::Dates dates)
    : path_(path) {
  if (isJson(text, path)) {
    json_ = text;
    return;
  }
  try {
    toml_.emplace(text, dates);
    json_ = toml_->json();
  } catch (const client::Error& e) {
    throw UsageError(fmt::format("{}: {}", path_, e.what()));
  }
}

void FormFile::read(capnp::DynamicStruct::Builder out, std::string_view message) const {
  try {
    client::readJson(json_, out);
  } catch (const client::FormError& e) {
    std::string what = path_ + ": ";
    const std::uint32_t line = toml_ ? toml_->lineOf(e.place()) : 0;
    if (line != 0) what += fmt::format("line {}: ", line);
    if (!e.place().empty()) {
      what += namedPlace(Json::parse(json_), out.getSchema(), e.place()) + ": ";
    }
    throw UsageError(what + e.problem(), advice(message));
  }
}

std::string FormFile::placeOfItem(std::string_view report) const {
  // In this order in a report; each list is in the item before.
  static constexpr std::array<std::pair<const char*, const char*>, 6> kLists = {
      {{"plan", "plans"},
       {"pack", "packs"},
       {"price book", "priceBooks"},
       {"feature", "features"},
       {"model", "models"},
       {"variant", "variants"}}};
  if (!toml_) return "";
  const Json catalog = Json::parse(json_);
  const Json* item = &catalog;
  std::string place;
  for (const auto& [kind, list] : kLists) {
    const auto code = takeItem(report, kind);
    if (!code) continue;
    const auto index = findItem(*item, list, *code);
    if (!index) break;
    item = &item->at(list)[*index];
    place += fmt::format("{}{}[{}]", place.empty() ? "" : ".", list, *index);
  }
  return place.empty() ? "" : fmt::format("{}, line {}", path_, toml_->lineOf(place));
}

}  // namespace daybook::cli
