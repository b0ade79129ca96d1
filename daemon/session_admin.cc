#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/session_answers.h"
#include "ledger/base/version.h"
#include "ledger/replay/backup.h"
#include "protocol/convert_event_body.h"

namespace daybook::daemon {

namespace {

/// What a job threw, as it said it.
std::string problemOf(const kj::Exception& error) {
  constexpr std::string_view kStandard = "std::exception: ";
  std::string_view text(error.getDescription().cStr());
  if (text.substr(0, kStandard.size()) == kStandard) text.remove_prefix(kStandard.size());
  return std::string(text);
}

class Admin final : public wire::Admin::Server {
 public:
  explicit Admin(LedgerService& service) : service_(service) {}

  kj::Promise<void> status(StatusContext context) override {
    const CommitPipeline& pipeline = service_.pipeline;
    const LedgerState& ledger = pipeline.state().ledger;
    service_.admission.update();
    auto status = context.getResults().initStatus();
    status.setVersion(kVersion);
    status.setLedgerId(ledger.ledger.ledger_id);
    status.setClock(protocol::toWire<wire::ClockKind>(ledger.ledger.settings.clock));
    status.setNow(pipeline.now().ns);
    const store::Tip& tip = pipeline.durableTip().tip;
    status.setPosition(tip.position.value);
    status.setRoot(capnp::Data::Reader(tip.root.data(), tip.root.size()));
    status.setCustomers(pipeline.state().customers.size());
    status.setInvoices(pipeline.state().invoices.size());
    status.setCreditNotes(pipeline.state().credit_notes.size());
    status.setKeys(pipeline.keyCount());
    status.setDataDirectory(service_.data_directory);
    status.setSnapshotPosition(service_.snapshotter.newest().value);
    status.setFreeBytes(service_.admission.freeBytes());
    status.setStorageFull(service_.admission.storageFull());
    status.setClockJumped(service_.clock.jumped());
    status.setUptimeMs(static_cast<std::uint64_t>((service_.loop.timer().now() - service_.started) /
                                                  kj::MILLISECONDS));
    status.setConnections(service_.connections());
    status.setCommits(pipeline.commits());
    protocol::writeBody(status.initSettings(), ledger.ledger);
    // Counts may include events that are queued.
    return service_.pipeline.allDurable();
  }

  kj::Promise<void> moveClock(MoveClockContext context) override {
    auto params = context.getParams();
    auto command = protocol::readMoveClock(params.getKey(), params.getTo());
    if (!command.isOk()) return answerReceipt(service_, std::move(command), {}, context);
    Submitted done = service_.pipeline.submit(std::move(command.value));
    return service_.ticker.catchUp()
        .then([this] { return service_.pipeline.allDurable(); })
        .then([context, answer = std::move(done.answer)]() mutable {
          protocol::writeReceipt(context.getResults().initReceipt(), answer);
        });
  }

  kj::Promise<void> confirmClock(ConfirmClockContext context) override {
    if (service_.pipeline.isManual()) {
      context.getResults().setNow(service_.pipeline.now().ns);
      return kj::READY_NOW;
    }
    service_.clock.confirm();
    service_.admission.update();
    service_.logger.warn("the wall clock was confirmed by an operator");
    context.getResults().setNow(service_.pipeline.now().ns);
    return kj::READY_NOW;
  }

  kj::Promise<void> backup(BackupContext context) override {
    const std::string directory(context.getParams().getDirectory());
    if (directory.empty() || directory.front() != '/') {
      protocol::writeVerdict(context.getResults(),
                             {Outcome::unavailable, "the directory must be an absolute path"});
      return kj::READY_NOW;
    }
    return service_.pool
        .run([&store = service_.store, directory] { return replay::backupTo(store, directory); })
        .then(
            [this, context, directory](replay::BackupReport report) mutable {
              service_.logger.info("backup of position {} written to {}", report.position.value,
                                   directory);
              context.getResults().setPosition(report.position.value);
              context.getResults().setBytes(report.size_bytes);
            },
            [context](kj::Exception&& error) mutable {
              protocol::writeVerdict(context.getResults(),
                                     {Outcome::unavailable, problemOf(error)});
            });
  }

  kj::Promise<void> snapshot(SnapshotContext context) override {
    return service_.snapshotter.write().then(
        [context](Position position) mutable { context.getResults().setPosition(position.value); },
        [context](kj::Exception&& error) mutable {
          protocol::writeVerdict(context.getResults(), {Outcome::unavailable, problemOf(error)});
        });
  }

 private:
  LedgerService& service_;
};

}  // namespace

wire::Admin::Client makeAdmin(LedgerService& service) { return kj::heap<Admin>(service); }

}  // namespace daybook::daemon
