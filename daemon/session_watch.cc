#include "daemon/session_watch.h"

#include <capnp/message.h>
#include <kj/vector.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/customer_history.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/query.h"
#include "protocol/stored_message.h"

namespace daybook::daemon {

namespace {

// Events that one piece of work in the pool looks at.
constexpr std::size_t kEventsPerSlice = 20'000;
// Places in one customer's chain that are kept: more are found again, in another walk.
constexpr std::size_t kPlacesMax = 16'384;
// So many events without a notice are told by a call without any.
constexpr std::uint64_t kQuietEventsMax = 65'536;
constexpr std::size_t kReasonBytesMax = 400;

/// What one notice is about: an event, or a customer's balance after it.
struct Item {
  Position position;
  CustomerNumber balance_of;  // none: the event itself
};

/// Of a stretch of the log: what to tell, in order, and the position after it.
struct Stretch {
  std::deque<Item> items;
  Position next;
};

bool isWanted(const WatchOrder& order, wire::Event::Body::Reader body) {
  return (order.alerts && body.isAlertRaised()) || (order.invoices && body.isInvoiceClosed());
}

/// All customers' events of [from, tip], or of a slice of them.
Stretch lookAtLog(const store::Store& store, const WatchOrder& order, Position from, Position tip) {
  Stretch stretch{{}, from};
  std::map<CustomerNumber, Position> touched;
  std::size_t scanned = 0;
  store.scan(from, [&](const store::StoredCommit& commit) {
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      const Position position(commit.first.value + i);
      if (position < from) continue;
      if (position > tip || scanned >= kEventsPerSlice) return store::ScanStep::stop;
      ++scanned;
      stretch.next = position.next();
      protocol::StoredMessage message(commit.events[i]);
      const auto event = message.root<wire::Event>();
      if (isWanted(order, event.getBody())) stretch.items.push_back({position, {}});
      const CustomerNumber customer(event.getCustomer());
      if (order.balances && !customer.isNone()) touched[customer] = position;
    }
    return store::ScanStep::proceed;
  });
  for (const auto& [customer, position] : touched) stretch.items.push_back({position, customer});
  // An event comes before the balance after it.
  std::stable_sort(
      stretch.items.begin(), stretch.items.end(),
      [](const Item& left, const Item& right) { return left.position < right.position; });
  return stretch;
}

/// The oldest places of one customer's chain, from a position on, that there is something to tell
/// of.
class ChainPlaces final : public HistoryVisitor {
 public:
  ChainPlaces(const WatchOrder& order, Position from) : order_(order), from_(from) {}

  HistoryStep take(const Event& event) override {
    if (event.position < from_) return HistoryStep::stop;
    const bool wanted = (order_.alerts && std::holds_alternative<AlertRaised>(event.body)) ||
                        (order_.invoices && std::holds_alternative<InvoiceClosed>(event.body));
    if (!wanted) return HistoryStep::proceed;
    items_.push_front({event.position, {}});
    if (items_.size() > kPlacesMax) {
      items_.pop_back();
      has_more_ = true;
    }
    return HistoryStep::proceed;
  }

  /// Once all were taken; `newest` is where the walk began.
  Stretch stretch(Position newest) const {
    if (has_more_) return {items_, items_.back().position.next()};
    Stretch all{items_, newest.next()};
    if (order_.balances) all.items.push_back({newest, order_.customer});
    return all;
  }

 private:
  WatchOrder order_;
  Position from_;
  std::deque<Item> items_;
  bool has_more_ = false;
};

/// The events at these positions, as many as one call of a watcher may have.
std::vector<Bytes> readEvents(const store::Store& store, const std::vector<Position>& positions) {
  std::vector<Bytes> events;
  std::size_t bytes = 0;
  for (const Position position : positions) {
    std::optional<Bytes> event = store.read(position);
    CHECK(event.has_value(), "what was found in the log is there");
    bytes += event->size();
    if (!events.empty() && bytes > limits::kWatchBytesMax) break;
    events.push_back(*std::move(event));
  }
  return events;
}

/// One notice for each of some items, in order.
struct Notices {
  kj::Vector<kj::Own<capnp::MallocMessageBuilder>> messages;
  std::size_t size_bytes = 0;
  Position wait_for;  // what they show is durable with it

  /// False: it is not added, since the call would be too large.
  bool add(kj::Own<capnp::MallocMessageBuilder> message) {
    const std::size_t more = message->sizeInWords() * sizeof(capnp::word);
    if (!messages.empty() && size_bytes + more > limits::kWatchBytesMax) return false;
    size_bytes += more;
    messages.add(kj::mv(message));
    return true;
  }
};

class WatchLoop final {
 public:
  WatchLoop(LedgerService& service, const WatchOrder& order, wire::Watcher::Client watcher,
            kj::Own<WatchCount> count)
      : service_(service), order_(order), watcher_(kj::mv(watcher)), count_(kj::mv(count)) {
    ++count_->open;
  }
  ~WatchLoop() { --count_->open; }
  KJ_DISALLOW_COPY(WatchLoop);

  kj::Promise<WatchEnding> run() {
    const Position tip = service_.pipeline.durableTip().tip.position;
    next_ = order_.from.isNone() ? tip.next() : order_.from;
    stretch_.next = next_;
    if (order_.from.isNone() && order_.balances && !order_.customer.isNone()) {
      const Position newest = customer().last;
      // One that is not durable yet is news, in its place.
      if (newest <= tip) stretch_.items.push_back({newest, order_.customer});
    }
    auto stopping = service_.watches.stopped().then(
        [this] { return ended(wire::WatchEnd::STOPPING, "the daemon stops"); });
    return tell().exclusiveJoin(kj::mv(stopping));
  }

 private:
  const core::State& state() const { return service_.pipeline.state(); }
  const Customer& customer() const { return state().customer(order_.customer); }

  WatchEnding ended(wire::WatchEnd end, std::string why) const {
    return {{Outcome::ok, std::move(why)}, end, next_};
  }
  /// The watcher may have written the reason: as much as an answer bears.
  WatchEnding failed(kj::StringPtr why) const {
    return ended(wire::WatchEnd::FAILED, {why.begin(), std::min(why.size(), kReasonBytesMax)});
  }

  kj::Promise<WatchEnding> goOn() {
    if (!stretch_.items.empty() || stretch_.next.value - next_.value >= kQuietEventsMax) {
      return tell();
    }
    if (order_.customer.isNone()) return goOnInLog();
    const Position newest = customer().last;
    if (newest < stretch_.next) return wait();
    auto places = std::make_shared<ChainPlaces>(order_, stretch_.next);
    return walkBack(service_, newest, places).then([this, places, newest] {
      stretch_ = places->stretch(newest);
      return goOn();
    });
  }

  kj::Promise<WatchEnding> goOnInLog() {
    const Position tip = service_.pipeline.durableTip().tip.position;
    if (tip < stretch_.next) return wait();
    return service_.pool
        .run([&store = service_.store, order = order_, from = stretch_.next, tip] {
          return lookAtLog(store, order, from, tip);
        })
        .then([this](Stretch stretch) {
          stretch_ = std::move(stretch);
          return goOn();
        });
  }

  kj::Promise<WatchEnding> wait() {
    return service_.pipeline.nextCommit().then([this] { return goOn(); });
  }

  /// Calls the watcher with the next notices of the stretch, or with none.
  kj::Promise<WatchEnding> tell() {
    std::vector<Position> positions;
    const std::size_t most = std::min(stretch_.items.size(), limits::kWatchNoticesMax);
    for (std::size_t i = 0; i < most; ++i) {
      const Item& item = stretch_.items[i];
      if (item.balance_of.isNone()) positions.push_back(item.position);
    }
    if (positions.empty()) return tell({}, most);
    return service_.pool
        .run([&store = service_.store, positions = std::move(positions)] {
          return readEvents(store, positions);
        })
        .then([this, most](const std::vector<Bytes>& events) { return tell(events, most); });
  }

  kj::Promise<WatchEnding> tell(const std::vector<Bytes>& events, std::size_t most) {
    auto notices = kj::heap<Notices>();
    auto event = events.begin();
    for (std::size_t i = 0; i < most; ++i) {
      const Item& item = stretch_.items[i];
      const bool is_event = item.balance_of.isNone();
      if (is_event && event == events.end()) break;
      auto message = is_event ? eventNotice(*event++) : balanceNotice(item, notices->wait_for);
      if (!notices->add(kj::mv(message))) break;
    }
    return service_.pipeline.durable(notices->wait_for)
        .then([this, notices = kj::mv(notices)]() mutable { return call(*notices); });
  }

  kj::Own<capnp::MallocMessageBuilder> eventNotice(BytesView bytes) const {
    protocol::StoredMessage stored(bytes);
    const auto event = stored.root<wire::Event>();
    auto message = kj::heap<capnp::MallocMessageBuilder>();
    auto notice = message->initRoot<wire::Notice>();
    notice.setPosition(event.getPosition());
    notice.setRecorded(event.getRecorded());
    notice.setCustomer(protocol::textOf(state().customer(CustomerNumber(event.getCustomer())).id));
    if (event.getBody().isAlertRaised()) {
      notice.setAlert(event.getBody().getAlertRaised());
    } else {
      notice.setInvoice(event.getBody().getInvoiceClosed().getInvoice());
    }
    return message;
  }

  /// The balance as a read shows it.
  kj::Own<capnp::MallocMessageBuilder> balanceNotice(const Item& item, Position& wait_for) {
    service_.pipeline.catchUp(item.balance_of);
    const Customer& of = state().customer(item.balance_of);
    wait_for = std::max(wait_for, of.last);
    auto message = kj::heap<capnp::MallocMessageBuilder>();
    auto notice = message->initRoot<wire::Notice>();
    notice.setPosition(item.position.value);
    notice.setCustomer(protocol::textOf(of.id));
    protocol::writeBalance(notice.initBalance(),
                           core::balanceOf(state(), of, service_.pipeline.context()));
    return message;
  }

  kj::Promise<WatchEnding> call(Notices& notices) {
    const std::size_t told = notices.messages.size();
    const Position next =
        told == stretch_.items.size() ? stretch_.next : stretch_.items[told].position;
    auto request = watcher_.noticesRequest(
        capnp::MessageSize{notices.size_bytes / sizeof(capnp::word) + told + 16, 0});
    auto list = request.initNotices(protocol::listSize(told));
    for (unsigned int i = 0; i < list.size(); ++i) {
      list.setWithCaveats(i, notices.messages[i]->getRoot<wire::Notice>().asReader());
    }
    request.setNext(next.value);
    using End = kj::Maybe<WatchEnding>;
    auto returned = request.send().ignoreResult().then(
        []() -> End { return nullptr; },
        [this](kj::Exception&& exception) -> End { return failed(exception.getDescription()); });
    const kj::Duration most = service_.watches.callTimeout();
    auto overdue = service_.loop.timer().afterDelay(most).then([this, most]() -> End {
      return ended(wire::WatchEnd::SLOW, "a call was not returned within " +
                                             std::to_string(most / kj::MILLISECONDS) + " ms");
    });
    return returned.exclusiveJoin(kj::mv(overdue))
        .then([this, told, next](End&& end) -> kj::Promise<WatchEnding> {
          KJ_IF_MAYBE (ending, end) {
            return kj::mv(*ending);
          }
          const auto begin = stretch_.items.begin();
          stretch_.items.erase(begin, begin + static_cast<std::ptrdiff_t>(told));
          next_ = next;
          return goOn();
        });
  }

  LedgerService& service_;
  WatchOrder order_;
  wire::Watcher::Client watcher_;
  kj::Own<WatchCount> count_;
  Position next_;    // everything before it was told, and returned
  Stretch stretch_;  // of it on
};

}  // namespace

WatchOrder readWatch(wire::Watch::Reader from, CustomerNumber customer) {
  const bool all = !from.getBalances() && !from.getAlerts() && !from.getInvoices();
  return {customer, all || from.getBalances(), all || from.getAlerts(), all || from.getInvoices(),
          Position(from.getFrom())};
}

kj::Promise<WatchEnding> watch(LedgerService& service, const WatchOrder& order,
                               wire::Watcher::Client watcher, kj::Own<WatchCount> count) {
  if (count->open >= limits::kConnectionWatchesMax) {
    return WatchEnding{
        {Outcome::tooManyWatches, std::to_string(limits::kConnectionWatchesMax)}, {}, {}};
  }
  if (order.from > service.pipeline.durableTip().tip.position.next()) {
    return WatchEnding{{Outcome::unknownPosition, std::to_string(order.from.value)}, {}, {}};
  }
  auto loop = kj::heap<WatchLoop>(service, order, kj::mv(watcher), kj::mv(count));
  auto ending = loop->run();
  return ending.attach(kj::mv(loop)).then([&service](WatchEnding&& end) {
    service.logger.info("a watch ended at position {}: {}", end.next.value, end.verdict.detail);
    return kj::mv(end);
  });
}

}  // namespace daybook::daemon
