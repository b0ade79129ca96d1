// The client of a Daybook ledger: every call of the protocol, synchronous and asynchronous.
//
//   daybook::client::Client ledger({.address = "unix:/run/daybook/daybook.sock"});
//   auto receipt = ledger.record("acme", daybook::client::newKey(), {.feature = "calls"});
//   if (!receipt.ok()) std::puts(receipt.outcome.name.c_str());
//
// Answers: a call gives a Reply with an outcome; a refusal is such a reply, "unauthorized" too,
// when login failed or the caller lacks the role. Trouble outside the ledger's rules is an Error,
// thrown by the synchronous form and held by the future of the other (...Async). A command whose
// connection breaks or whose deadline passes ends as ErrorKind::unknownOutcome: send it again with
// the same key, nothing counts twice. Keys: every command that records anything takes one, chosen
// by the caller and kept for a repeat; newKey() gives a random one. Connection: made at the first
// call, and again at the next call after it broke, after a pause that grows from 50 ms to 2 s while
// attempts fail. Threads: a Client may be used from any number of threads at once; calls of one
// thread are sent in its order. An own thread does the work. The destructor ends what is unanswered
// as unknownOutcome or unreachable; futures outlive the client. Values of replies are the caller's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daybook/account.h"
#include "daybook/commands.h"
#include "daybook/error.h"
#include "daybook/types.h"

namespace daybook::client {

/// Where a daemon listens unless told otherwise.
inline constexpr char kDefaultAddress[] = "unix:/run/daybook/daybook.sock";

struct Options {
  /// "unix:/path", "tls:host:port", or "tcp:host:port" for what is not encrypted, token included.
  std::string address = kDefaultAddress;
  /// Empty: on a Unix socket the process's uid decides.
  std::string token;
  /// For tls: whose certificates to trust, a file in PEM form; empty: whom the system trusts.
  std::string ca_file;
  /// For tls: the name that the daemon's certificate has to have; empty: the address's host.
  std::string server_name;
  /// Deadline of a call that sets none of its own, connecting included; 0: none.
  std::chrono::milliseconds timeout{30'000};
};

enum class WantJson { no, yes };

struct CallOptions {
  /// Absent: the client's.
  std::optional<std::chrono::milliseconds> timeout;
  /// Whether the reply also carries the response in the standard Cap'n Proto JSON form.
  WantJson json = WantJson::no;
  /// The answer reflects at least this position of the log, as a receipt gave it, on whatever
  /// connection; unknownPosition, and nothing done, where the daemon's log has not come that far.
  /// Of Recorder's, Reader's and Billing's calls; a hold that goes with its client keeps to the one
  /// it was placed with.
  std::uint64_t min_position = 0;
};

/// A random 128-bit idempotency key from the operating system, as 32 hex digits.
std::string newKey();

/// A catalog file in TOML, with the schema's field names, as JSON for previewCatalog and
/// publishCatalog. Numbers are integers or, with a fraction, text: "0.01". Throws
/// Error(invalidArgument) that names the line.
std::string catalogJsonFromToml(const std::string& toml);

struct StreamOptions {
  /// Batches sent and not yet answered before write() waits.
  std::uint32_t in_flight_max = 8;
  /// How long write() and finish() wait without any answer coming; absent: the client's.
  std::optional<std::chrono::milliseconds> timeout;
  /// Of every batch: as CallOptions has it.
  std::uint64_t min_position = 0;
};

/// Bulk ingest with back-pressure. Belongs to one thread at a time, and must not outlive its
/// client.
class UsageStream {
 public:
  /// Called for every batch once, in order, when it is durable, by the thread that is in write() or
  /// finish(). `batch` counts the writes from 0.
  using OnResult = std::function<void(std::uint64_t batch, const BatchResult& result)>;

  /// No stream. Client::openStream gives one.
  UsageStream();
  UsageStream(UsageStream&&) noexcept;
  UsageStream& operator=(UsageStream&&) noexcept;
  /// What has no result yet has an unknown outcome.
  ~UsageStream();

  /// Sends one batch of at most 16 384 entries; waits while too many are unanswered. Throws Error:
  /// the batches without a result then have an unknown outcome, and the stream is of no more use.
  void write(std::vector<UsageEntry> batch);
  /// Waits until everything written is durable and its results are delivered. Gives the newest
  /// position. Nothing may follow. Throws as write() does.
  std::uint64_t finish();

 private:
  friend class Client;
  class Impl;
  explicit UsageStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Client {
 public:
  template <typename T>
  using Future = std::future<Reply<T>>;

  /// Connects to nothing yet. Throws Error(invalidArgument) for an address of no known form or
  /// without a host name for TLS, and for a ca_file that cannot be used.
  explicit Client(Options options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // ---- Usage (role Recorder)

  Reply<Receipt> record(std::string customer, std::string key, Usage usage,
                        const CallOptions& options = {});
  Future<Receipt> recordAsync(std::string customer, std::string key, Usage usage,
                              const CallOptions& options = {});
  /// At most 16 384 entries, each decided alone, in order.
  Reply<BatchResult> recordBatch(std::vector<UsageEntry> entries, const CallOptions& options = {});
  Future<BatchResult> recordBatchAsync(std::vector<UsageEntry> entries,
                                       const CallOptions& options = {});
  Reply<UsageStream> openStream(UsageStream::OnResult on_result, const StreamOptions& options = {});

  // Holds: amounts set aside before the work. A hold ends once: settled, released or expired; what
  // comes after is answered holdEnded, and the same key again with its first receipt.

  /// `key` names the hold from then on. A refused hold sets nothing aside. With
  /// WhenClientGoes::release it is this client's, which remembers it until it ends it: another
  /// client that names it by its key takes it over, and it is left then.
  Reply<Receipt> placeHold(std::string customer, std::string key, PlaceHold hold,
                           const CallOptions& options = {});
  Future<Receipt> placeHoldAsync(std::string customer, std::string key, PlaceHold hold,
                                 const CallOptions& options = {});
  /// Of an expired hold, too: recorded as plain usage, in full.
  Reply<Receipt> settleHold(std::string customer, std::string key, SettleHold settlement,
                            const CallOptions& options = {});
  Future<Receipt> settleHoldAsync(std::string customer, std::string key, SettleHold settlement,
                                  const CallOptions& options = {});
  Reply<Receipt> useHold(std::string customer, std::string key, UseHold use,
                         const CallOptions& options = {});
  Future<Receipt> useHoldAsync(std::string customer, std::string key, UseHold use,
                               const CallOptions& options = {});
  /// `hold` is the key that it was placed with.
  Reply<Receipt> releaseHold(std::string customer, std::string key, std::string hold,
                             const CallOptions& options = {});
  Future<Receipt> releaseHoldAsync(std::string customer, std::string key, std::string hold,
                                   const CallOptions& options = {});
  Reply<Receipt> extendHold(std::string customer, std::string key, ExtendHold extension,
                            const CallOptions& options = {});
  Future<Receipt> extendHoldAsync(std::string customer, std::string key, ExtendHold extension,
                                  const CallOptions& options = {});
  /// The hold that was placed with the key `hold`: open, or expired and not settled yet.
  Reply<Hold> hold(std::string customer, std::string hold, const CallOptions& options = {});
  Future<Hold> holdAsync(std::string customer, std::string hold, const CallOptions& options = {});

  // ---- Balances and invoices (role Reader)

  Reply<Balance> balance(std::string customer, const CallOptions& options = {});
  Future<Balance> balanceAsync(std::string customer, const CallOptions& options = {});
  Reply<CheckAnswer> check(std::string customer, Usage usage, const CallOptions& options = {});
  Future<CheckAnswer> checkAsync(std::string customer, Usage usage,
                                 const CallOptions& options = {});
  /// Open holds, in the order they were placed.
  Reply<Page<Hold>> holds(std::string customer, PageRequest page = {},
                          const CallOptions& options = {});
  Future<Page<Hold>> holdsAsync(std::string customer, PageRequest page = {},
                                const CallOptions& options = {});
  Reply<Customer> customer(std::string id, const CallOptions& options = {});
  Future<Customer> customerAsync(std::string id, const CallOptions& options = {});
  /// In order of creation.
  Reply<Page<Customer>> customers(PageRequest page = {}, const CallOptions& options = {});
  Future<Page<Customer>> customersAsync(PageRequest page = {}, const CallOptions& options = {});
  /// In order of number; of one customer, or with an empty id of all.
  Reply<Page<Invoice>> invoices(std::string customer = {}, PageRequest page = {},
                                const CallOptions& options = {});
  Future<Page<Invoice>> invoicesAsync(std::string customer = {}, PageRequest page = {},
                                      const CallOptions& options = {});
  Reply<Invoice> invoice(std::uint64_t number, const CallOptions& options = {});
  Future<Invoice> invoiceAsync(std::uint64_t number, const CallOptions& options = {});
  /// By label: "INV-000001".
  Reply<Invoice> invoice(std::string label, const CallOptions& options = {});
  Future<Invoice> invoiceAsync(std::string label, const CallOptions& options = {});
  /// The invoice as it would close now; absent when there is no running period.
  Reply<std::optional<Invoice>> upcoming(std::string customer, const CallOptions& options = {});
  Future<std::optional<Invoice>> upcomingAsync(std::string customer,
                                               const CallOptions& options = {});
  /// What changePlan would answer and do. Records nothing.
  Reply<ChangePreview> previewChange(std::string customer, ChangePlan change,
                                     const CallOptions& options = {});
  Future<ChangePreview> previewChangeAsync(std::string customer, ChangePlan change,
                                           const CallOptions& options = {});
  /// In order of number; of one customer, or with an empty id of all.
  Reply<Page<CreditNote>> creditNotes(std::string customer = {}, PageRequest page = {},
                                      const CallOptions& options = {});
  Future<Page<CreditNote>> creditNotesAsync(std::string customer = {}, PageRequest page = {},
                                            const CallOptions& options = {});
  Reply<CreditNote> creditNote(std::uint64_t number, const CallOptions& options = {});
  Future<CreditNote> creditNoteAsync(std::uint64_t number, const CallOptions& options = {});
  /// By label: "CN-000001".
  Reply<CreditNote> creditNote(std::string label, const CallOptions& options = {});
  Future<CreditNote> creditNoteAsync(std::string label, const CallOptions& options = {});
  /// Usage by day, feature and variant, in this order. It comes from the log alone and takes time
  /// in proportion to the customer's events in the range and since.
  Reply<UsageReport> usageByDay(std::string customer, TimeRange range = {}, PageRequest page = {},
                                const CallOptions& options = {});
  Future<UsageReport> usageByDayAsync(std::string customer, TimeRange range = {},
                                      PageRequest page = {}, const CallOptions& options = {});
  /// What touched the customer's money or credits, usage apart, in order of the log.
  Reply<Statement> statement(std::string customer, TimeRange range = {}, PageRequest page = {},
                             const CallOptions& options = {});
  Future<Statement> statementAsync(std::string customer, TimeRange range = {},
                                   PageRequest page = {}, const CallOptions& options = {});
  /// The newest version of everything published, as JSON.
  Reply<std::string> catalog(const CallOptions& options = {});
  Future<std::string> catalogAsync(const CallOptions& options = {});

  // ---- What is sold, and to whom (role Billing)

  /// What publishCatalog would do, item by item. `catalog_json` is a Catalog in the standard JSON
  /// form; Error(invalidArgument) names what is not.
  Reply<std::vector<CatalogChange>> previewCatalog(std::string catalog_json,
                                                   const CallOptions& options = {});
  Future<std::vector<CatalogChange>> previewCatalogAsync(std::string catalog_json,
                                                         const CallOptions& options = {});
  /// Items that do not differ from what is published change nothing; the others become visible
  /// together.
  Reply<Receipt> publishCatalog(std::string key, std::string catalog_json,
                                const CallOptions& options = {});
  Future<Receipt> publishCatalogAsync(std::string key, std::string catalog_json,
                                      const CallOptions& options = {});
  Reply<Receipt> createCustomer(std::string id, std::string key, CreateCustomer contents = {},
                                const CallOptions& options = {});
  Future<Receipt> createCustomerAsync(std::string id, std::string key, CreateCustomer contents = {},
                                      const CallOptions& options = {});
  Reply<Receipt> updateCustomer(std::string id, std::string key, std::string zone,
                                const CallOptions& options = {});
  Future<Receipt> updateCustomerAsync(std::string id, std::string key, std::string zone,
                                      const CallOptions& options = {});
  Reply<Receipt> setAlerts(std::string customer, std::string key, SetAlerts alerts,
                           const CallOptions& options = {});
  Future<Receipt> setAlertsAsync(std::string customer, std::string key, SetAlerts alerts,
                                 const CallOptions& options = {});

  // Subscriptions.
  Reply<Receipt> subscribe(std::string customer, std::string key, Subscribe subscription,
                           const CallOptions& options = {});
  Future<Receipt> subscribeAsync(std::string customer, std::string key, Subscribe subscription,
                                 const CallOptions& options = {});
  Reply<Receipt> cancel(std::string customer, std::string key, Cancel cancellation = {},
                        const CallOptions& options = {});
  Future<Receipt> cancelAsync(std::string customer, std::string key, Cancel cancellation = {},
                              const CallOptions& options = {});
  /// Takes a scheduled cancellation back.
  Reply<Receipt> revokeCancel(std::string customer, std::string key,
                              const CallOptions& options = {});
  Future<Receipt> revokeCancelAsync(std::string customer, std::string key,
                                    const CallOptions& options = {});
  /// previewChange says what it would do.
  Reply<Receipt> changePlan(std::string customer, std::string key, ChangePlan change,
                            const CallOptions& options = {});
  Future<Receipt> changePlanAsync(std::string customer, std::string key, ChangePlan change,
                                  const CallOptions& options = {});
  /// Takes a scheduled change of plan back.
  Reply<Receipt> revokeChange(std::string customer, std::string key,
                              const CallOptions& options = {});
  Future<Receipt> revokeChangeAsync(std::string customer, std::string key,
                                    const CallOptions& options = {});
  Reply<Receipt> pause(std::string customer, std::string key, const CallOptions& options = {});
  Future<Receipt> pauseAsync(std::string customer, std::string key,
                             const CallOptions& options = {});
  Reply<Receipt> resume(std::string customer, std::string key, const CallOptions& options = {});
  Future<Receipt> resumeAsync(std::string customer, std::string key,
                              const CallOptions& options = {});
  Reply<Receipt> pinVersion(std::string customer, std::string key, Pin pin = Pin::keep,
                            const CallOptions& options = {});
  Future<Receipt> pinVersionAsync(std::string customer, std::string key, Pin pin = Pin::keep,
                                  const CallOptions& options = {});
  Reply<Receipt> changeSeats(std::string customer, std::string key, ChangeSeats change,
                             const CallOptions& options = {});
  Future<Receipt> changeSeatsAsync(std::string customer, std::string key, ChangeSeats change,
                                   const CallOptions& options = {});

  // Credits, money, corrections.
  /// `currency` empty: the customer's, else the pack's only one.
  Reply<Receipt> buyCredits(std::string customer, std::string key, std::string pack,
                            std::string currency = {}, const CallOptions& options = {});
  Future<Receipt> buyCreditsAsync(std::string customer, std::string key, std::string pack,
                                  std::string currency = {}, const CallOptions& options = {});
  /// `currency` empty: the customer's.
  Reply<Receipt> topUp(std::string customer, std::string key, std::string amount,
                       std::string currency = {}, const CallOptions& options = {});
  Future<Receipt> topUpAsync(std::string customer, std::string key, std::string amount,
                             std::string currency = {}, const CallOptions& options = {});
  Reply<Receipt> grantCredits(std::string customer, std::string key, GrantCredits grant,
                              const CallOptions& options = {});
  Future<Receipt> grantCreditsAsync(std::string customer, std::string key, GrantCredits grant,
                                    const CallOptions& options = {});
  Reply<Receipt> refundPack(std::string customer, std::string key, RefundPack refund,
                            const CallOptions& options = {});
  Future<Receipt> refundPackAsync(std::string customer, std::string key, RefundPack refund,
                                  const CallOptions& options = {});
  Reply<Receipt> voidUsage(std::string customer, std::string key, VoidUsage usage,
                           const CallOptions& options = {});
  Future<Receipt> voidUsageAsync(std::string customer, std::string key, VoidUsage usage,
                                 const CallOptions& options = {});
  Reply<Receipt> addAdjustment(std::string customer, std::string key, AddAdjustment adjustment,
                               const CallOptions& options = {});
  Future<Receipt> addAdjustmentAsync(std::string customer, std::string key,
                                     AddAdjustment adjustment, const CallOptions& options = {});
  Reply<Receipt> addCustomerCredit(std::string customer, std::string key, AddCustomerCredit credit,
                                   const CallOptions& options = {});
  Future<Receipt> addCustomerCreditAsync(std::string customer, std::string key,
                                         AddCustomerCredit credit, const CallOptions& options = {});

  // Invoices.
  Reply<Receipt> creditInvoice(std::string customer, std::string key, CreditInvoice credit,
                               const CallOptions& options = {});
  Future<Receipt> creditInvoiceAsync(std::string customer, std::string key, CreditInvoice credit,
                                     const CallOptions& options = {});
  Reply<Receipt> recordPayment(std::string customer, std::string key, RecordPayment payment,
                               const CallOptions& options = {});
  Future<Receipt> recordPaymentAsync(std::string customer, std::string key, RecordPayment payment,
                                     const CallOptions& options = {});
  Reply<Receipt> recordPaymentFailure(std::string customer, std::string key,
                                      RecordPaymentFailure failure,
                                      const CallOptions& options = {});
  Future<Receipt> recordPaymentFailureAsync(std::string customer, std::string key,
                                            RecordPaymentFailure failure,
                                            const CallOptions& options = {});
  /// Nothing of the invoice counts as due any more.
  Reply<Receipt> markUncollectible(std::string customer, std::string key, std::uint64_t invoice,
                                   const CallOptions& options = {});
  Future<Receipt> markUncollectibleAsync(std::string customer, std::string key,
                                         std::uint64_t invoice, const CallOptions& options = {});

  /// Any commands, each a Command in the standard JSON form, decided alone, in order; at most
  /// 16 384. The receipts carry the outcomes.
  Reply<std::vector<Receipt>> submit(std::vector<std::string> commands_json,
                                     const CallOptions& options = {});
  Future<std::vector<Receipt>> submitAsync(std::vector<std::string> commands_json,
                                           const CallOptions& options = {});

  // ---- The log (role Auditor)

  Reply<LogPage> log(LogRequest request = {}, const CallOptions& options = {});
  Future<LogPage> logAsync(LogRequest request = {}, const CallOptions& options = {});
  Reply<TreeHead> head(const CallOptions& options = {});
  Future<TreeHead> headAsync(const CallOptions& options = {});
  /// That the event is in the tree of `size` events (0: the newest durable tree). RFC 6962.
  Reply<Proof> inclusionProof(std::uint64_t position, std::uint64_t size = 0,
                              const CallOptions& options = {});
  Future<Proof> inclusionProofAsync(std::uint64_t position, std::uint64_t size = 0,
                                    const CallOptions& options = {});
  Reply<Proof> consistencyProof(std::uint64_t old_size, std::uint64_t new_size = 0,
                                const CallOptions& options = {});
  Future<Proof> consistencyProofAsync(std::uint64_t old_size, std::uint64_t new_size = 0,
                                      const CallOptions& options = {});
  /// SHA-256 over the whole state: what a replay of the log to the same position gives, too.
  Reply<StateDigest> stateDigest(const CallOptions& options = {});
  Future<StateDigest> stateDigestAsync(const CallOptions& options = {});

  // ---- The daemon (role Admin)

  Reply<Status> status(const CallOptions& options = {});
  Future<Status> statusAsync(const CallOptions& options = {});
  /// Manual clocks only. Answered when everything due at the new time is recorded.
  Reply<Receipt> moveClock(std::string key, std::int64_t to_ns, const CallOptions& options = {});
  Future<Receipt> moveClockAsync(std::string key, std::int64_t to_ns,
                                 const CallOptions& options = {});
  /// After the wall clock jumped ahead: takes its time as right. Gives the ledger's time.
  Reply<std::int64_t> confirmClock(const CallOptions& options = {});
  Future<std::int64_t> confirmClockAsync(const CallOptions& options = {});
  /// A hot copy into a new directory on the daemon's machine, synced and verified.
  Reply<Backup> backup(std::string directory, const CallOptions& options = {});
  Future<Backup> backupAsync(std::string directory, const CallOptions& options = {});
  /// Gives the position of the snapshot.
  Reply<std::uint64_t> snapshot(const CallOptions& options = {});
  Future<std::uint64_t> snapshotAsync(const CallOptions& options = {});

 private:
  friend class UsageStream;
  friend class Watch;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::client
