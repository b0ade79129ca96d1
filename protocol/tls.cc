#include "protocol/tls.h"

#include <kj/debug.h>
#include <kj/vector.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

namespace daybook::protocol {
namespace {

constexpr std::size_t kPemBytesMax = 4u << 20;

std::string readPem(const std::string& path) {
  std::string text(kPemBytesMax + 1, '\0');
  std::ifstream file(path, std::ios::binary);
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    throw std::runtime_error(path + ": cannot be read: " + std::strerror(errno));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kPemBytesMax) throw std::runtime_error(path + ": is too large");
  return text;
}

kj::StringPtr ptr(const std::string& text) { return {text.c_str(), text.size()}; }

kj::TlsCertificate certificateOf(const std::string& path, const std::string& pem) {
  try {
    return kj::TlsCertificate(ptr(pem));
  } catch (const kj::Exception&) {
    throw std::runtime_error(path + ": holds no certificate in PEM form");
  }
}

kj::TlsPrivateKey keyOf(const std::string& path, const std::string& pem) {
  try {
    return kj::TlsPrivateKey(ptr(pem));
  } catch (const kj::Exception&) {
    throw std::runtime_error(path + ": holds no private key in PEM form without a password");
  }
}

// OpenSSL leaves the key out when it is another certificate's, and says so to nobody.
void checkPair(const std::string& certificate_file, const std::string& certificate,
               const std::string& key_file, const std::string& key) {
  const auto open = [](const std::string& text) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(open(certificate).get(), nullptr, nullptr, nullptr), &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      PEM_read_bio_PrivateKey(open(key).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  if (x509 == nullptr || pkey == nullptr || X509_check_private_key(x509.get(), pkey.get()) != 1) {
    ERR_clear_error();  // others on this thread would find it and take it for theirs
    throw std::runtime_error(key_file + ": is not the key of " + certificate_file);
  }
}

// Each certificate of a file by itself: of a chain only the first would be trusted.
kj::Vector<kj::TlsCertificate> authoritiesOf(const std::string& path) {
  constexpr char kEnd[] = "-----END CERTIFICATE-----";
  const std::string pem = readPem(path);
  kj::Vector<kj::TlsCertificate> authorities;
  std::size_t from = 0;
  for (std::size_t end = pem.find(kEnd); end != std::string::npos; end = pem.find(kEnd, from)) {
    end += sizeof kEnd - 1;
    authorities.add(certificateOf(path, pem.substr(from, end - from)));
    from = end;
  }
  if (authorities.empty()) throw std::runtime_error(path + ": holds no certificate in PEM form");
  return authorities;
}

class TlsStream final : public kj::AsyncIoStream {
 public:
  explicit TlsStream(kj::Own<kj::AsyncIoStream> inner) : inner_(kj::mv(inner)) {}
  ~TlsStream() noexcept(false) = default;
  KJ_DISALLOW_COPY(TlsStream);

  kj::Promise<std::size_t> tryRead(void* buffer, std::size_t min_bytes,
                                   std::size_t max_bytes) override {
    return guarded<std::size_t>([&] { return inner_->tryRead(buffer, min_bytes, max_bytes); });
  }
  kj::Promise<void> write(const void* buffer, std::size_t size) override {
    return guarded<void>([&] { return inner_->write(buffer, size); });
  }
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override {
    return guarded<void>([&] { return inner_->write(pieces); });
  }
  kj::Promise<void> whenWriteDisconnected() override { return inner_->whenWriteDisconnected(); }
  // There is nothing to tell to a peer that is gone.
  void shutdownWrite() override {
    if (!broken_) inner_->shutdownWrite();
  }
  void abortRead() override { inner_->abortRead(); }
  void getsockopt(int level, int option, void* value, unsigned int* length) override {
    inner_->getsockopt(level, option, value, length);
  }
  void setsockopt(int level, int option, const void* value, unsigned int length) override {
    inner_->setsockopt(level, option, value, length);
  }
  void getsockname(struct sockaddr* address, unsigned int* length) override {
    inner_->getsockname(address, length);
  }
  void getpeername(struct sockaddr* address, unsigned int* length) override {
    inner_->getpeername(address, length);
  }

 private:
  template <typename T, typename Work>
  kj::Promise<T> guarded(Work&& work) {
    return kj::evalNow([&] { return work(); })
        .catch_([this](kj::Exception&& exception) -> kj::Promise<T> {
          broken_ = true;
          return kj::Exception(kj::Exception::Type::DISCONNECTED, exception.getFile(),
                               exception.getLine(), kj::heapString(exception.getDescription()));
        });
  }

  kj::Own<kj::AsyncIoStream> inner_;
  bool broken_ = false;
};

kj::Promise<kj::Own<kj::AsyncIoStream>> wrapped(kj::Promise<kj::Own<kj::AsyncIoStream>> handshake) {
  return handshake.then([](kj::Own<kj::AsyncIoStream>&& stream) -> kj::Own<kj::AsyncIoStream> {
    return kj::heap<TlsStream>(kj::mv(stream));
  });
}

}  // namespace

void TlsServer::load(const std::string& certificate_file, const std::string& key_file) {
  const std::string certificate = readPem(certificate_file);
  const std::string key = readPem(key_file);
  const kj::TlsKeypair pair{keyOf(key_file, key), certificateOf(certificate_file, certificate)};
  checkPair(certificate_file, certificate, key_file, key);
  kj::TlsContext::Options options;
  options.useSystemTrustStore = false;
  options.defaultKeypair = pair;
  context_ = kj::heap<kj::TlsContext>(options);
}

kj::Promise<kj::Own<kj::AsyncIoStream>> TlsServer::accept(kj::Own<kj::AsyncIoStream> stream) {
  return wrapped(kj::evalNow([&] { return context_->wrapServer(kj::mv(stream)); }));
}

TlsClient::TlsClient(const std::string& ca_file) {
  kj::TlsContext::Options options;
  kj::Vector<kj::TlsCertificate> authorities;
  if (!ca_file.empty()) {
    authorities = authoritiesOf(ca_file);
    options.useSystemTrustStore = false;
    options.trustedCertificates = authorities;
  }
  context_ = kj::heap<kj::TlsContext>(options);
}

kj::Promise<kj::Own<kj::AsyncIoStream>> TlsClient::connect(kj::Own<kj::AsyncIoStream> stream,
                                                           const std::string& server_name) {
  return wrapped(
      kj::evalNow([&] { return context_->wrapClient(kj::mv(stream), ptr(server_name)); }));
}

}  // namespace daybook::protocol
