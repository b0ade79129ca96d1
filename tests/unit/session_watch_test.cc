// Watches, over a ledger in service: what watchers are told, in which order, and how watches end.
#include <kj/debug.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/limits.h"
#include "tests/support/running_ledger.h"

using namespace daybook;
using daybook::testing::calls;
using daybook::testing::RunningLedger;
using daybook::testing::sellCalls;

namespace {

enum class Manner { returns, never, throws };

/// A notice as it came.
struct Told {
  std::uint64_t position = 0;
  std::string customer;
  std::string what;  // "balance 5": used of the first feature; "alert 80"; "invoice INV-000001"
  std::uint64_t as_of = 0;
  bool operator==(const Told&) const = default;
};

/// What one watcher was told.
struct Inbox {
  Manner manner = Manner::returns;
  std::vector<Told> told;
  std::vector<std::size_t> sizes;  // of each call
  std::size_t bytes_max = 0;       // of a call
  std::uint64_t next = 0;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> called;
};

Told toldBy(wire::Notice::Reader notice) {
  Told told{notice.getPosition(), notice.getCustomer().cStr(), {}, 0};
  if (notice.isBalance()) {
    auto balance = notice.getBalance();
    told.as_of = balance.getAsOf();
    told.what = "balance";
    if (balance.getFeatures().size() > 0) {
      told.what += std::string(" ") + balance.getFeatures()[0].getUsed().cStr();
    }
  } else if (notice.isAlert()) {
    told.what = std::string("alert ") + notice.getAlert().getRule().getLevel().cStr();
  } else {
    told.what = std::string("invoice ") + notice.getInvoice().getLabel().cStr();
  }
  return told;
}

class InboxWatcher final : public wire::Watcher::Server {
 public:
  explicit InboxWatcher(Inbox& inbox) : inbox_(inbox) {}

  kj::Promise<void> notices(NoticesContext context) override {
    auto params = context.getParams();
    inbox_.sizes.push_back(params.getNotices().size());
    inbox_.bytes_max =
        std::max(inbox_.bytes_max, params.totalSize().wordCount * sizeof(capnp::word));
    for (auto notice : params.getNotices()) inbox_.told.push_back(toldBy(notice));
    inbox_.next = params.getNext();
    KJ_IF_MAYBE (fulfiller, inbox_.called) (*fulfiller)->fulfill();
    if (inbox_.manner == Manner::never) return kj::NEVER_DONE;
    if (inbox_.manner == Manner::throws) KJ_FAIL_REQUIRE("the watcher is at its end");
    return kj::READY_NOW;
  }

 private:
  Inbox& inbox_;
};

using WatchAnswer = capnp::RemotePromise<wire::CustomerReader::WatchResults>;
using WatchAllAnswer = capnp::RemotePromise<wire::Reader::WatchResults>;

/// "acme" and "other" are subscribed, which closed an invoice for each.
struct Service {
  explicit Service(kj::Duration watcher_timeout = 60 * kj::SECONDS) : ledger(watcher_timeout) {
    sellCalls(ledger, {"acme", "other"});
  }

  RunningLedger ledger;
  wire::Reader::Client reader = daemon::makeReader(ledger.service());

  std::uint64_t tip() { return ledger.pipeline().durableTip().tip.position.value; }
  WatchAnswer watch(Inbox& inbox, const char* customer, std::uint64_t from = 0) {
    auto asked = reader.customerRequest();
    asked.setId(customer);
    auto request = asked.send().getCustomer().watchRequest();
    request.initWhat().setFrom(from);
    request.setWatcher(kj::heap<InboxWatcher>(inbox));
    return request.send();
  }
  WatchAllAnswer watchAll(Inbox& inbox, std::uint64_t from, bool balances = false) {
    auto request = reader.watchRequest();
    auto what = request.initWhat();
    what.setFrom(from);
    what.setBalances(balances);
    what.setAlerts(true);
    what.setInvoices(true);
    request.setWatcher(kj::heap<InboxWatcher>(inbox));
    return request.send();
  }
  /// Until everything before `next` was told.
  void await(Inbox& inbox, std::uint64_t next) {
    while (inbox.next < next) {
      auto paf = kj::newPromiseAndFulfiller<void>();
      inbox.called = kj::mv(paf.fulfiller);
      ledger.wait(kj::mv(paf.promise));
    }
  }
  /// Everything that can happen now.
  void letHappen() {
    auto never = kj::Promise<void>(kj::NEVER_DONE);
    CHECK_FALSE(ledger.isFulfilled(never));
  }
  template <typename Promise>
  std::pair<wire::WatchEnd, std::string> endOf(Promise& answer) {
    auto response = answer.wait(ledger.scope());
    auto ended = response.getEnded();
    const auto outcome = static_cast<Outcome>(ended.getOutcome());
    const std::string said = outcome == Outcome::ok ? std::string(ended.getDetail().cStr())
                                                    : std::string(outcomeName(outcome));
    return {ended.getEnd(), said};
  }
  void alertAt(const std::string& customer, const std::vector<std::int64_t>& levels) {
    SetAlerts alerts;
    alerts.rules.emplace();
    for (const std::int64_t level : levels) {
      alerts.rules->push_back({AlertKind::usage, "calls", Decimal::fromInteger(level), false});
    }
    ledger.give(customer, alerts);
  }
};

std::vector<std::string> whats(const std::vector<Told>& told) {
  std::vector<std::string> out;
  for (const Told& one : told) out.push_back(one.what);
  return out;
}

}  // namespace

TEST_CASE("a watch begins with the balance and goes on with what happens") {
  Service service;
  Inbox inbox;
  auto answer = service.watch(inbox, "acme");
  service.await(inbox, service.tip() + 1);
  REQUIRE(whats(inbox.told) == std::vector<std::string>{"balance 0"});
  service.alertAt("acme", {5});
  service.await(inbox, service.tip() + 1);
  inbox.told.clear();
  service.ledger.give("other", calls(7));
  service.ledger.give("acme", calls(4));
  service.await(inbox, service.tip() + 1);
  service.ledger.give("acme", calls(3));
  service.await(inbox, service.tip() + 1);
  const std::uint64_t tip = service.tip();
  // The alert is the newest event: the balance after it stands at the same place.
  CHECK(inbox.told == std::vector<Told>{{tip - 2, "acme", "balance 4", tip - 2},
                                        {tip, "acme", "alert 5", 0},
                                        {tip, "acme", "balance 7", tip}});
}

TEST_CASE("nothing is told before it is on disk") {
  Service service;
  Inbox of_acme;
  Inbox of_all;
  auto answer = service.watch(of_acme, "acme");
  auto answer_of_all = service.watchAll(of_all, 0, true);
  service.await(of_acme, service.tip() + 1);
  service.await(of_all, service.tip() + 1);
  const std::size_t told = of_acme.told.size();
  service.ledger.hold();
  service.ledger.pipeline().submit({"k", "acme", calls(3)});
  service.letHappen();
  CHECK(of_acme.told.size() == told);
  CHECK(of_all.told.empty());
  service.ledger.release();
  service.ledger.wait(service.ledger.pipeline().allDurable());
  service.await(of_acme, service.tip() + 1);
  service.await(of_all, service.tip() + 1);
  CHECK(of_acme.told.back().what == "balance 3");
  CHECK(of_all.told == std::vector<Told>{{service.tip(), "acme", "balance 3", service.tip()}});
}

TEST_CASE("every alert and closed invoice is told in order, from any position on") {
  Service service;
  service.alertAt("acme", {2, 4, 6});
  service.alertAt("other", {1});
  for (int i = 0; i < 7; ++i) service.ledger.give("acme", calls(1));
  service.ledger.give("other", calls(3));
  service.ledger.give("", MoveClock{Instant::parse("2026-02-03T00:00:00Z").value()});
  service.ledger.wait(service.ledger.ticker().catchUp());
  service.ledger.wait(service.ledger.pipeline().allDurable());
  const std::uint64_t end = service.tip() + 1;
  Inbox all;
  auto answer = service.watchAll(all, 1);
  service.await(all, end);
  REQUIRE(whats(all.told) == std::vector<std::string>{"invoice INV-000001", "invoice INV-000002",
                                                      "alert 2", "alert 4", "alert 6", "alert 1",
                                                      "invoice INV-000003", "invoice INV-000004"});
  CHECK(std::is_sorted(all.told.begin(), all.told.end(), [](const Told& left, const Told& right) {
    return left.position < right.position;
  }));
  for (std::uint64_t from = 1; from <= end; ++from) {
    std::vector<Told> later;
    std::copy_if(all.told.begin(), all.told.end(), std::back_inserter(later),
                 [from](const Told& told) { return told.position >= from; });
    Inbox part;
    auto answer_from = service.watchAll(part, from);
    // Where there is nothing to tell there is the first call only.
    service.await(part, later.empty() ? from : end);
    CHECK(part.told == later);
    std::erase_if(later, [](const Told& told) { return told.customer != "acme"; });
    Inbox of_acme;
    auto answer_of_acme = service.watch(of_acme, "acme", from);
    const std::uint64_t end_of_acme =
        service.ledger.pipeline().state().find("acme")->last.value + 1;
    service.await(of_acme, std::max(from, end_of_acme));
    std::erase_if(of_acme.told, [](const Told& told) { return told.what.starts_with("balance"); });
    CHECK(of_acme.told == later);
  }
}

TEST_CASE("what is more than a call takes comes in several, in order") {
  Service service;
  std::vector<std::string> customers;
  for (std::size_t i = 0; i < 2 * limits::kWatchNoticesMax; ++i) {
    customers.push_back("c" + std::to_string(i));
    service.ledger.give(customers.back(), CreateCustomer{});
    service.ledger.give(customers.back(), Subscribe{"pro", "", std::nullopt});
  }
  Inbox inbox;
  auto answer = service.watchAll(inbox, 1, true);
  service.await(inbox, service.tip() + 1);
  CHECK(inbox.sizes.size() > 4);
  CHECK(*std::max_element(inbox.sizes.begin(), inbox.sizes.end()) == limits::kWatchNoticesMax);
  std::vector<std::string> invoiced;
  std::vector<std::string> balanced;
  std::uint64_t before = 0;
  for (const Told& told : inbox.told) {
    CHECK(told.position >= before);
    before = told.position;
    CHECK((told.as_of == 0 || told.as_of >= told.position));
    (told.what.starts_with("invoice") ? invoiced : balanced).push_back(told.customer);
  }
  CHECK(invoiced.size() == customers.size() + 2);
  CHECK(balanced == invoiced);
}

TEST_CASE("much that is not watched is told by calls without notices") {
  Service service;
  Inbox inbox;
  const std::uint64_t from = service.tip() + 1;
  auto answer = service.watchAll(inbox, from);
  const std::uint64_t events = 70'000;
  for (std::uint64_t i = 0; i < events; ++i) {
    service.ledger.pipeline().submit({"k" + std::to_string(i), "acme", calls(0)});
    if (i % 10'000 == 0) service.ledger.wait(service.ledger.pipeline().allDurable());
  }
  service.ledger.wait(service.ledger.pipeline().allDurable());
  service.await(inbox, from + 1);
  CHECK(inbox.told.empty());
  CHECK(inbox.sizes == std::vector<std::size_t>{0, 0});
  CHECK(inbox.next <= from + events);
}

TEST_CASE("a call has no more bytes than it may") {
  Service service;
  const std::uint64_t from = service.tip() + 1;
  // What waits for the next invoice is in the balance: long lines make it large.
  AddAdjustment adjustment;
  adjustment.amount = Decimal::fromInteger(1);
  adjustment.description = std::string(limits::kNameBytesMax, 'x');
  const std::size_t customers = 48;
  for (std::size_t i = 0; i < customers; ++i) {
    const std::string id = "c" + std::to_string(i);
    service.ledger.give(id, CreateCustomer{});
    service.ledger.give(id, Subscribe{"pro", "", std::nullopt});
    for (std::size_t line = 0; line < limits::kPendingLinesMax; ++line) {
      REQUIRE(service.ledger.give(id, adjustment).verdict.isOk());
    }
  }
  Inbox inbox;
  auto answer = service.watchAll(inbox, from, true);
  service.await(inbox, service.tip() + 1);
  CHECK(inbox.told.size() == 2 * customers);
  CHECK(inbox.sizes.size() > 2);
  const std::size_t list_bytes = 4'096;
  CHECK(inbox.bytes_max > limits::kWatchBytesMax / 2);
  CHECK(inbox.bytes_max < limits::kWatchBytesMax + list_bytes);
}

TEST_CASE("a watch from past the log's end, of nobody, or of too many is refused") {
  Service service;
  Inbox inbox;
  auto past = service.watchAll(inbox, service.tip() + 2);
  CHECK(service.endOf(past) == std::pair(wire::WatchEnd::REFUSED, std::string("unknownPosition")));
  auto nobody = service.watch(inbox, "nobody");
  CHECK(service.endOf(nobody) ==
        std::pair(wire::WatchEnd::REFUSED, std::string("unknownCustomer")));
  CHECK(inbox.sizes.empty());
  std::vector<WatchAnswer> answers;
  for (std::size_t i = 0; i < limits::kConnectionWatchesMax; ++i) {
    answers.push_back(service.watch(inbox, "acme"));
  }
  service.letHappen();
  CHECK(inbox.sizes.size() == limits::kConnectionWatchesMax);
  auto one_more = service.watchAll(inbox, 0);
  CHECK(service.endOf(one_more) ==
        std::pair(wire::WatchEnd::REFUSED, std::string("tooManyWatches")));
  // A watch that its caller drops makes room.
  answers.pop_back();
  service.letHappen();
  Inbox late;
  auto instead = service.watchAll(late, 0);
  service.await(late, service.tip() + 1);
  // Another connection has its own.
  auto other = daemon::makeReader(service.ledger.service());
  std::swap(service.reader, other);
  Inbox there;
  auto elsewhere = service.watchAll(there, 0);
  service.await(there, service.tip() + 1);
}

TEST_CASE("a watcher that does not return is dropped, and nobody waits for it") {
  Service service(200 * kj::MILLISECONDS);
  Inbox stuck;
  stuck.manner = Manner::never;
  Inbox lively;
  auto answer = service.watch(stuck, "acme");
  auto answer_of_lively = service.watch(lively, "acme");
  service.await(lively, service.tip() + 1);
  for (int i = 1; i <= 20; ++i) {
    service.ledger.give("acme", calls(1));
    service.await(lively, service.tip() + 1);
    CHECK(lively.told.back().what == "balance " + std::to_string(i));
  }
  CHECK(stuck.sizes.size() == 1);
  const auto [end, why] = service.endOf(answer);
  CHECK(end == wire::WatchEnd::SLOW);
  CHECK(why == "a call was not returned within 200 ms");
  CHECK(stuck.sizes.size() == 1);
  service.ledger.give("acme", calls(1));
  service.await(lively, service.tip() + 1);
  CHECK(lively.told.back().what == "balance 21");
}

TEST_CASE("changes of a balance that come while a call is out are told together") {
  Service service;
  Inbox inbox;
  auto answer = service.watch(inbox, "acme");
  service.await(inbox, service.tip() + 1);
  service.ledger.hold();
  for (int i = 0; i < 50; ++i) {
    service.ledger.pipeline().submit({"k" + std::to_string(i), "acme", calls(1)});
  }
  service.ledger.release();
  service.ledger.wait(service.ledger.pipeline().allDurable());
  service.await(inbox, service.tip() + 1);
  CHECK(inbox.told.back().what == "balance 50");
  CHECK(inbox.told.size() <= 3);
}

TEST_CASE("a watch ends when its watcher fails, and when the daemon stops") {
  Service service;
  Inbox failing;
  failing.manner = Manner::throws;
  auto failed = service.watchAll(failing, 0);
  const auto [end, why] = service.endOf(failed);
  CHECK(end == wire::WatchEnd::FAILED);
  CHECK(why.find("the watcher is at its end") != std::string::npos);
  Inbox inbox;
  auto answer = service.watchAll(inbox, 0);
  service.await(inbox, service.tip() + 1);
  service.ledger.service().watches.stop();
  CHECK(service.endOf(answer).first == wire::WatchEnd::STOPPING);
}
