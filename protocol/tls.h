// TLS for both ends of a connection, version 1.2 and up: KJ's, with what it lacks.
//
// A connection that breaks is DISCONNECTED, as it is without TLS: KJ's own exceptions say FAILED.
// Certificates and keys are PEM files. A chain is the certificate, then those that vouch for it.
//
// Errors: constructors throw std::runtime_error that names the file and what is wrong with it. The
// promise of a handshake that fails is rejected with what the other side or its certificate lacks.
// Ownership: connections outlive what made them.
// Threads: an object may be made on one thread and used on another, by one at a time.
#pragma once

#include <kj/async-io.h>
#include <kj/compat/tls.h>

#include <string>

namespace daybook::protocol {

class TlsServer final {
 public:
  TlsServer(const std::string& certificate_file, const std::string& key_file) {
    load(certificate_file, key_file);
  }
  KJ_DISALLOW_COPY(TlsServer);

  /// Shows another certificate to clients from now on. Changes nothing when it throws.
  void load(const std::string& certificate_file, const std::string& key_file);

  /// Resolves when the handshake is done. Takes as long as the client does.
  kj::Promise<kj::Own<kj::AsyncIoStream>> accept(kj::Own<kj::AsyncIoStream> stream);

 private:
  kj::Own<kj::TlsContext> context_;
};

class TlsClient final {
 public:
  /// Trusts the authorities in the file, or without one those of the system. A certificate that
  /// vouches for itself may be its own authority.
  explicit TlsClient(const std::string& ca_file);
  KJ_DISALLOW_COPY(TlsClient);

  /// Resolves when the server has shown a certificate for the name (a host name, not an address)
  /// that an authority vouches for.
  kj::Promise<kj::Own<kj::AsyncIoStream>> connect(kj::Own<kj::AsyncIoStream> stream,
                                                  const std::string& server_name);

 private:
  kj::Own<kj::TlsContext> context_;
};

}  // namespace daybook::protocol
