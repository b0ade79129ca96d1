#include "ledger/core/model_usage.h"

#include <algorithm>
#include <tuple>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/unfit_event.h"

namespace daybook::core {
namespace {

bool isNameless(const ModelUsage& usage) { return usage.model.empty(); }

auto find(std::vector<ModelUsage>& models, const ModelUsage& call) {
  return std::find_if(models.begin(), models.end(), [&call](const ModelUsage& usage) {
    return usage.model == call.model && usage.provider == call.provider;
  });
}

auto findNameless(std::vector<ModelUsage>& models) {
  return std::find_if(models.begin(), models.end(), isNameless);
}

void add(ModelUsage& to, const ModelUsage& call) {
  to.tokens.input += call.tokens.input;
  to.tokens.output += call.tokens.output;
  to.tokens.cache_read += call.tokens.cache_read;
  to.tokens.cache_write += call.tokens.cache_write;
  to.cost += call.cost;
}

bool isWithin(const TokenTotals& part, const TokenTotals& all) {
  return part.input <= all.input && part.output <= all.output &&
         part.cache_read <= all.cache_read && part.cache_write <= all.cache_write;
}

}  // namespace

ModelUsage modelCall(const UsageRecorded& usage) {
  CHECK(usage.asked.tokens.has_value(), "the usage is of tokens");
  const Tokens& sent = *usage.asked.tokens;
  return {usage.provider.empty() ? sent.provider : usage.provider, sent.model, usage.tokens,
          usage.quantity};
}

void addModel(std::vector<ModelUsage>& models, const ModelUsage& call) {
  if (call.tokens == TokenTotals{}) return;
  auto entry = find(models, call);
  if (entry == models.end() && models.size() >= limits::kUsageModelsMax) {
    entry = findNameless(models);
    if (entry == models.end()) entry = models.insert(entry, ModelUsage{});
  }
  if (entry == models.end()) {
    models.push_back(call);
  } else {
    add(*entry, call);
  }
}

void removeModel(std::vector<ModelUsage>& models, const ModelUsage& call) {
  if (call.tokens == TokenTotals{}) return;
  auto entry = find(models, call);
  if (entry == models.end()) entry = findNameless(models);
  require(entry != models.end() && isWithin(call.tokens, entry->tokens), "the model was used");
  entry->tokens.input -= call.tokens.input;
  entry->tokens.output -= call.tokens.output;
  entry->tokens.cache_read -= call.tokens.cache_read;
  entry->tokens.cache_write -= call.tokens.cache_write;
  entry->cost -= call.cost;
  // Beside a nameless entry none goes: a model in there would get a second one.
  const bool are_all_named = findNameless(models) == models.end();
  if (are_all_named && entry->tokens == TokenTotals{}) models.erase(entry);
}

std::vector<ModelUsage> modelsOfLine(std::vector<ModelUsage> models) {
  std::erase_if(models, [](const ModelUsage& usage) { return usage.tokens == TokenTotals{}; });
  std::sort(models.begin(), models.end(), [](const ModelUsage& a, const ModelUsage& b) {
    return std::forward_as_tuple(isNameless(a), b.cost, a.provider, a.model) <
           std::forward_as_tuple(isNameless(b), a.cost, b.provider, b.model);
  });
  if (models.size() <= limits::kLineModelsMax) return models;
  ModelUsage rest;
  while (models.size() >= limits::kLineModelsMax) {
    add(rest, models.back());
    models.pop_back();
  }
  models.push_back(std::move(rest));
  return models;
}

}  // namespace daybook::core
