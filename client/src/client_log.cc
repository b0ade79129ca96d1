// Client: calls of the roles Auditor and Admin.
#include <capnp/serialize.h>
#include <kj/array.h>

#include <cstring>
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

LogEntry entryFromWire(wire::LogEntry::Reader in) {
  LogEntry out{.position = in.getPosition(), .bytes = toString(in.getBytes()), .json = {}};
  // A list of bytes in a message is aligned, but its end may lie within a word.
  auto words = kj::heapArray<capnp::word>((out.bytes.size() + sizeof(capnp::word) - 1) /
                                          sizeof(capnp::word));
  std::memset(words.begin(), 0, words.asBytes().size());
  std::memcpy(words.begin(), out.bytes.data(), out.bytes.size());
  capnp::FlatArrayMessageReader event(words);
  out.json = protocol::jsonOf(event.getRoot<wire::Event>());
  return out;
}

std::vector<DigestBytes> pathFromWire(capnp::List<capnp::Data>::Reader path) {
  std::vector<DigestBytes> out;
  for (auto digest : path) out.push_back(toString(digest));
  return out;
}

}  // namespace

Reply<LogPage> Client::log(LogRequest request, const CallOptions& options) {
  return logAsync(std::move(request), options).get();
}

Client::Future<LogPage> Client::logAsync(LogRequest asked, const CallOptions& options) {
  return impl_->call<LogPage>(
      Role::auditor, Effect::read, options,
      [asked = std::move(asked), json = options.json](Connection& connection) {
        auto request = connection.auditor().logRequest();
        request.setFrom(asked.from);
        request.setLimit(asked.limit);
        if (!asked.customer.empty()) request.setCustomer(asked.customer);
        request.setWaitMs(asked.wait_ms);
        return request.send().then([json](auto&& response) {
          auto reply = replyOf<LogPage>(response, json);
          if (!reply.ok()) return reply;
          for (auto entry : response.getEntries()) {
            reply.value.entries.push_back(entryFromWire(entry));
          }
          reply.value.next = response.getNext();
          reply.value.head = fromWire(response.getHead());
          return reply;
        });
      });
}

Reply<TreeHead> Client::head(const CallOptions& options) { return headAsync(options).get(); }

Client::Future<TreeHead> Client::headAsync(const CallOptions& options) {
  return impl_->call<TreeHead>(
      Role::auditor, Effect::read, options, [json = options.json](Connection& connection) {
        return connection.auditor().headRequest().send().then([json](auto&& response) {
          return replyOf<TreeHead>(response, json, fromWire(response.getHead()));
        });
      });
}

Reply<Proof> Client::inclusionProof(std::uint64_t position, std::uint64_t size,
                                    const CallOptions& options) {
  return inclusionProofAsync(position, size, options).get();
}

Client::Future<Proof> Client::inclusionProofAsync(std::uint64_t position, std::uint64_t size,
                                                  const CallOptions& options) {
  return impl_->call<Proof>(Role::auditor, Effect::read, options,
                            [position, size, json = options.json](Connection& connection) {
                              auto request = connection.auditor().inclusionProofRequest();
                              request.setPosition(position);
                              request.setSize(size);
                              return request.send().then([json](auto&& response) {
                                auto reply = replyOf<Proof>(response, json);
                                if (reply.ok()) {
                                  reply.value = {.path = pathFromWire(response.getPath()),
                                                 .size = response.getSize()};
                                }
                                return reply;
                              });
                            });
}

Reply<Proof> Client::consistencyProof(std::uint64_t old_size, std::uint64_t new_size,
                                      const CallOptions& options) {
  return consistencyProofAsync(old_size, new_size, options).get();
}

Client::Future<Proof> Client::consistencyProofAsync(std::uint64_t old_size, std::uint64_t new_size,
                                                    const CallOptions& options) {
  return impl_->call<Proof>(Role::auditor, Effect::read, options,
                            [old_size, new_size, json = options.json](Connection& connection) {
                              auto request = connection.auditor().consistencyProofRequest();
                              request.setOldSize(old_size);
                              request.setNewSize(new_size);
                              return request.send().then([json](auto&& response) {
                                auto reply = replyOf<Proof>(response, json);
                                if (reply.ok()) {
                                  reply.value = {.path = pathFromWire(response.getPath()),
                                                 .size = response.getNewSize()};
                                }
                                return reply;
                              });
                            });
}

Reply<StateDigest> Client::stateDigest(const CallOptions& options) {
  return stateDigestAsync(options).get();
}

Client::Future<StateDigest> Client::stateDigestAsync(const CallOptions& options) {
  return impl_->call<StateDigest>(
      Role::auditor, Effect::read, options, [json = options.json](Connection& connection) {
        return connection.auditor().stateDigestRequest().send().then([json](auto&& response) {
          StateDigest digest{.position = response.getPosition(),
                             .digest = toString(response.getDigest())};
          return replyOf<StateDigest>(response, json, std::move(digest));
        });
      });
}

Reply<Status> Client::status(const CallOptions& options) { return statusAsync(options).get(); }

Client::Future<Status> Client::statusAsync(const CallOptions& options) {
  return impl_->call<Status>(
      Role::admin, Effect::read, options, [json = options.json](Connection& connection) {
        return connection.admin().statusRequest().send().then([json](auto&& response) {
          return replyOf<Status>(response, json, fromWire(response.getStatus()));
        });
      });
}

Reply<Receipt> Client::moveClock(std::string key, std::int64_t to_ns, const CallOptions& options) {
  return moveClockAsync(std::move(key), to_ns, options).get();
}

Client::Future<Receipt> Client::moveClockAsync(std::string key, std::int64_t to_ns,
                                               const CallOptions& options) {
  return impl_->call<Receipt>(
      Role::admin, Effect::command, options,
      [key = std::move(key), to_ns, json = options.json](Connection& connection) {
        auto request = connection.admin().moveClockRequest();
        request.setKey(key);
        request.setTo(to_ns);
        return sendForReceipt(request, json);
      });
}

Reply<std::int64_t> Client::confirmClock(const CallOptions& options) {
  return confirmClockAsync(options).get();
}

Client::Future<std::int64_t> Client::confirmClockAsync(const CallOptions& options) {
  return impl_->call<std::int64_t>(
      Role::admin, Effect::command, options, [json = options.json](Connection& connection) {
        return connection.admin().confirmClockRequest().send().then([json](auto&& response) {
          auto reply = replyOf<std::int64_t>(response, json, response.getNow());
          reply.outcome = fromWire(response.getOutcome());
          return reply;
        });
      });
}

Reply<Backup> Client::backup(std::string directory, const CallOptions& options) {
  return backupAsync(std::move(directory), options).get();
}

Client::Future<Backup> Client::backupAsync(std::string directory, const CallOptions& options) {
  return impl_->call<Backup>(
      Role::admin, Effect::command, options,
      [directory = std::move(directory), json = options.json](Connection& connection) {
        auto request = connection.admin().backupRequest();
        request.setDirectory(directory);
        return request.send().then([json](auto&& response) {
          auto reply = replyOf<Backup>(response, json);
          reply.value = {.position = response.getPosition(), .bytes = response.getBytes()};
          return reply;
        });
      });
}

Reply<std::uint64_t> Client::snapshot(const CallOptions& options) {
  return snapshotAsync(options).get();
}

Client::Future<std::uint64_t> Client::snapshotAsync(const CallOptions& options) {
  return impl_->call<std::uint64_t>(
      Role::admin, Effect::command, options, [json = options.json](Connection& connection) {
        return connection.admin().snapshotRequest().send().then([json](auto&& response) {
          auto reply = replyOf<std::uint64_t>(response, json);
          reply.value = response.getPosition();
          return reply;
        });
      });
}

}  // namespace daybook::client
