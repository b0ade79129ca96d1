#include <kj/debug.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/session_answers.h"
#include "ledger/audit/leaf.h"
#include "ledger/base/limits.h"
#include "ledger/core/query.h"
#include "protocol/codec.h"

namespace daybook::daemon {

namespace {

/// A catalog is compared by the digest of what was sent.
void addDigest(protocol::Parsed<Command>& command) {
  auto* publish = std::get_if<PublishCatalog>(&command.value.body);
  if (!command.isOk() || publish == nullptr) return;
  publish->digest = audit::sha256(protocol::canonicalBytes(publish->catalog)).hex();
}

/// The answers to one submit(), in order.
struct Submission {
  std::vector<Answer> answers;
  Position wait_for;
};

class Billing final : public wire::Billing::Server {
 public:
  Billing(LedgerService& service, Roles roles) : service_(service), roles_(roles) {}

  kj::Promise<void> publishCatalog(PublishCatalogContext context) override {
    auto params = context.getParams();
    auto command = protocol::readPublishCatalog(params.getKey(), params.getCatalog());
    addDigest(command);
    return answerReceipt(service_, std::move(command), Position(params.getMinPosition()), context);
  }

  kj::Promise<void> previewCatalog(PreviewCatalogContext context) override {
    const auto catalog = protocol::readCatalog(context.getParams().getCatalog());
    std::vector<CatalogChange> changes;
    Verdict verdict = reaches(service_, Position(context.getParams().getMinPosition()));
    const core::State& state = service_.pipeline.state();
    if (verdict.isOk()) verdict = catalog.verdict;
    if (verdict.isOk()) verdict = core::compareCatalog(state, catalog.value, changes);
    protocol::writeVerdict(context.getResults(), verdict);
    auto list = context.getResults().initChanges(protocol::listSize(changes.size()));
    for (unsigned int i = 0; i < list.size(); ++i) {
      protocol::writeCatalogChange(list[i], changes[i]);
    }
    return service_.pipeline.durable(state.ledger.last_of_ledger);
  }

  kj::Promise<void> createCustomer(CreateCustomerContext context) override {
    auto params = context.getParams();
    return answerReceipt(
        service_, protocol::readCommand(params.getKey(), params.getId(), params.getCustomer()),
        Position(params.getMinPosition()), context);
  }

  kj::Promise<void> customer(CustomerContext context) override {
    context.getResults().setCustomer(
        makeCustomerBilling(service_, customerNameOf(context.getParams())));
    return kj::READY_NOW;
  }

  kj::Promise<void> submit(SubmitContext context) override {
    auto commands = context.getParams().getCommands();
    KJ_REQUIRE(commands.size() <= limits::kBatchEntriesMax, "too many commands in one call",
               commands.size(), limits::kBatchEntriesMax);
    auto submission = kj::heap<Submission>();
    Submission& running = *submission;
    const Verdict reached = reaches(service_, Position(context.getParams().getMinPosition()));
    if (!reached.isOk()) running.answers.assign(commands.size(), {reached, {}});
    return decide(commands, reached.isOk() ? 0 : commands.size(), running)
        .then([this, context, submission = kj::mv(submission)]() mutable {
          const std::vector<Answer>& answers = submission->answers;
          auto receipts = context.getResults().initReceipts(protocol::listSize(answers.size()));
          for (unsigned int i = 0; i < receipts.size(); ++i) {
            protocol::writeReceipt(receipts[i], answers[i]);
          }
          return service_.pipeline.durable(submission->wait_for);
        });
  }

 private:
  /// Decides commands [next, size); waits where the commit queue is long and after a moved clock,
  /// until what is then due is recorded.
  kj::Promise<void> decide(capnp::List<wire::Command>::Reader commands, unsigned int next,
                           Submission& submission) {
    for (unsigned int i = next; i < commands.size(); ++i) {
      if (service_.pipeline.queuedBytes() > limits::kPipelineBytesMax / 2) {
        return service_.pipeline.allDurable().then(
            [this, commands, i, &submission] { return decide(commands, i, submission); });
      }
      auto command = protocol::readCommand(commands[i]);
      const bool moves = command.isOk() && std::holds_alternative<MoveClock>(command.value.body);
      if (moves && !roles_.has(Role::admin)) {
        submission.answers.push_back(
            {{Outcome::unauthorized, "moveClock needs the role admin"}, {}});
        continue;
      }
      addDigest(command);
      decideOne(std::move(command), submission);
      if (moves) {
        return service_.ticker.catchUp().then(
            [this, commands, i, &submission] { return decide(commands, i + 1, submission); });
      }
    }
    return kj::READY_NOW;
  }

  void decideOne(protocol::Parsed<Command> command, Submission& submission) {
    if (!command.isOk()) {
      submission.answers.push_back({command.verdict, {}});
      return;
    }
    Submitted done = service_.pipeline.submit(std::move(command.value));
    submission.wait_for = std::max(submission.wait_for, done.wait_for);
    submission.answers.push_back(std::move(done.answer));
  }

  LedgerService& service_;
  Roles roles_;
};

}  // namespace

wire::Billing::Client makeBilling(LedgerService& service, Roles roles) {
  return kj::heap<Billing>(service, roles);
}

}  // namespace daybook::daemon
