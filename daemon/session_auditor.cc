#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/session_answers.h"
#include "ledger/audit/merkle.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {

namespace {

// One answer of log(): bytes given, and events looked at for one customer.
constexpr std::size_t kLogBytesMax = 4U << 20;
constexpr std::size_t kLogEventsScanned = 20'000;

capnp::Data::Reader dataOf(BytesView bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
capnp::Data::Reader dataOf(const std::array<std::uint8_t, 32>& hash) {
  return {hash.data(), hash.size()};
}

void writeHead(wire::TreeHead::Builder to, const store::Tip& tip) {
  to.setSize(tip.position.value);
  to.setRoot(dataOf(tip.root));
  to.setRecorded(tip.recorded.ns);
}

struct LogPage {
  std::vector<std::pair<Position, Bytes>> entries;
  Position next;
};

/// Durable events from `from` on, of one customer if given. For a worker thread.
LogPage readLog(const LedgerService& service, Position from, std::size_t limit,
                std::optional<CustomerNumber> customer) {
  LogPage page;
  page.next = from;
  std::size_t bytes = 0;
  std::size_t scanned = 0;
  if (from > service.store.tip().position) return page;
  service.store.scan(from, [&](const store::StoredCommit& commit) {
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      const Position position(commit.first.value + i);
      if (position < from) continue;
      if (page.entries.size() >= limit || bytes >= kLogBytesMax || scanned >= kLogEventsScanned) {
        return store::ScanStep::stop;
      }
      const BytesView event = commit.events[i];
      ++scanned;
      page.next = position.next();
      if (customer && service.codec.decodeEvent(event).customer != *customer) continue;
      bytes += event.size();
      page.entries.emplace_back(position, Bytes(event.begin(), event.end()));
    }
    return store::ScanStep::proceed;
  });
  return page;
}

/// The roots of ranges of leaves, from the stored leaf hashes. For a worker thread: reads all
/// leaves in the ranges.
audit::Proof rootsOf(const store::Store& store, const std::vector<audit::LeafRange>& ranges) {
  audit::Proof proof;
  for (const audit::LeafRange& range : ranges) {
    audit::CompactRange tree;
    store.scan(Position(range.from + 1), [&](const store::StoredCommit& commit) {
      for (std::size_t i = 0; i < commit.leaves.size(); ++i) {
        const std::uint64_t leaf = commit.first.value - 1 + i;
        if (leaf < range.from) continue;
        if (leaf >= range.to) return store::ScanStep::stop;
        tree.append(audit::Digest{commit.leaves[i]});
      }
      return store::ScanStep::proceed;
    });
    proof.push_back(tree.root());
  }
  return proof;
}

template <typename Results>
void writePath(Results&& results, const audit::Proof& proof) {
  auto path = results.initPath(protocol::listSize(proof.size()));
  for (unsigned int i = 0; i < path.size(); ++i) path.set(i, dataOf(proof[i].bytes));
}

class Auditor final : public wire::Auditor::Server {
 public:
  explicit Auditor(LedgerService& service) : service_(service) {}

  kj::Promise<void> log(LogContext context) override {
    auto params = context.getParams();
    std::optional<CustomerNumber> number;
    if (params.getCustomer().size() > 0) {
      const Customer* customer = service_.pipeline.state().find(std::string(params.getCustomer()));
      if (customer == nullptr) {
        protocol::writeVerdict(context.getResults(),
                               {Outcome::unknownCustomer, std::string(params.getCustomer())});
        return kj::READY_NOW;
      }
      number = customer->number;
    }
    const Position from(std::max<std::uint64_t>(params.getFrom(), 1));
    const auto deadline = service_.loop.timer().now() + params.getWaitMs() * kj::MILLISECONDS;
    return answerLog(context, from, number, deadline);
  }

  kj::Promise<void> head(HeadContext context) override {
    writeHead(context.getResults().initHead(), tip());
    return kj::READY_NOW;
  }

  kj::Promise<void> inclusionProof(InclusionProofContext context) override {
    const std::uint64_t position = context.getParams().getPosition();
    const std::uint64_t asked = context.getParams().getSize();
    const std::uint64_t size = asked == 0 ? tip().position.value : asked;
    if (size > tip().position.value || position == 0 || position > size) {
      protocol::writeVerdict(context.getResults(),
                             {Outcome::unknownPosition, std::to_string(std::max(position, size))});
      return kj::READY_NOW;
    }
    return service_.pool
        .run([&store = service_.store, position, size] {
          return rootsOf(store, audit::inclusionRanges(position - 1, size));
        })
        .then([context, size](audit::Proof proof) mutable {
          context.getResults().setSize(size);
          writePath(context.getResults(), proof);
        });
  }

  kj::Promise<void> consistencyProof(ConsistencyProofContext context) override {
    const std::uint64_t old_size = context.getParams().getOldSize();
    const std::uint64_t asked = context.getParams().getNewSize();
    const std::uint64_t new_size = asked == 0 ? tip().position.value : asked;
    if (new_size > tip().position.value || old_size > new_size) {
      protocol::writeVerdict(context.getResults(), {Outcome::unknownPosition,
                                                    std::to_string(std::max(old_size, new_size))});
      return kj::READY_NOW;
    }
    return service_.pool
        .run([&store = service_.store, old_size, new_size] {
          return rootsOf(store, audit::consistencyRanges(old_size, new_size));
        })
        .then([context, new_size](audit::Proof proof) mutable {
          context.getResults().setNewSize(new_size);
          writePath(context.getResults(), proof);
        });
  }

  kj::Promise<void> stateDigest(StateDigestContext context) override {
    return service_.snapshotter.write().then([this, context](Position position) mutable {
      for (const store::SnapshotInfo& info : service_.store.snapshots()) {
        if (info.tip.position != position) continue;
        context.getResults().setPosition(position.value);
        context.getResults().setDigest(dataOf(info.digest));
      }
    });
  }

 private:
  const store::Tip& tip() const { return service_.pipeline.durableTip().tip; }

  kj::Promise<void> answerLog(LogContext context, Position from,
                              std::optional<CustomerNumber> customer, kj::TimePoint deadline) {
    const std::size_t limit = pageSize(context.getParams().getLimit());
    return service_.pool
        .run([&service = service_, from, limit, customer] {
          return readLog(service, from, limit, customer);
        })
        .then([this, context, customer, deadline](LogPage page) {
          return answerPage(context, page, customer, deadline);
        });
  }

  /// Gives the page, or waits for more.
  kj::Promise<void> answerPage(LogContext context, const LogPage& page,
                               std::optional<CustomerNumber> customer, kj::TimePoint deadline) {
    const bool at_end = page.next > tip().position;
    if (page.entries.empty() && at_end && service_.loop.timer().now() < deadline) {
      return service_.pipeline.nextCommit()
          .exclusiveJoin(service_.loop.timer().atTime(deadline))
          .then([this, context, next = page.next, customer, deadline] {
            return answerLog(context, next, customer, deadline);
          });
    }
    auto results = context.getResults();
    auto entries = results.initEntries(protocol::listSize(page.entries.size()));
    for (unsigned int i = 0; i < entries.size(); ++i) {
      entries[i].setPosition(page.entries[i].first.value);
      entries[i].setBytes(dataOf(page.entries[i].second));
    }
    results.setNext(page.next.value);
    writeHead(results.initHead(), tip());
    return kj::READY_NOW;
  }

  LedgerService& service_;
};

}  // namespace

wire::Auditor::Client makeAuditor(LedgerService& service) { return kj::heap<Auditor>(service); }

}  // namespace daybook::daemon
