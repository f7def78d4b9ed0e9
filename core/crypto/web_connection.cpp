#include "crypto/web_connection.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{256} * 1024;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Context = std::unique_ptr<SSL_CTX, Free>;

std::string library_errors(const std::string& otherwise) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return otherwise;
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? otherwise : std::string(reason);
}

Context make_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return context;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Many servers end without a goodbye; what came is checked by its length or not at all.
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (SSL_CTX_set_default_verify_paths(context.get()) != 1) return nullptr;
  return context;
}

/// The certificate must name `host`, which TLS also tells the server.
bool expect_host(SSL* tls, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1) return true;
  ERR_clear_error();
  return SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

std::int64_t days_left(SSL* tls) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(tls),
                                                                &X509_free);
  int days = 0;
  int seconds = 0;
  if (!certificate ||
      ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1) {
    return 0;
  }
  return days;
}

void limit_waiting(BIO* bio, std::chrono::seconds patience) {
  const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
  const auto fd = static_cast<int>(BIO_get_fd(bio, nullptr));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<WebAnswer, WebError> exchange(BIO* bio, const std::string& request,
                                     std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  WebAnswer answer;
  // A server that refuses a request early may not read all of it: its answer counts.
  BIO_write(bio, request.data(), static_cast<int>(request.size()));
  std::array<char, 16'384> buffer{};
  while (answer.text.size() < kMaxAnswer && std::chrono::steady_clock::now() < deadline) {
    const int count = BIO_read(bio, buffer.data(), static_cast<int>(buffer.size()));
    if (count <= 0) break;
    answer.text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (answer.text.find("\r\n\r\n") == std::string::npos) {
    return WebError{WebFailure::kExchange, library_errors("no complete answer came")};
  }
  ERR_clear_error();
  return answer;
}

}  // namespace

Result<WebAnswer, WebError> web_exchange(const WebPlace& place, const std::string& request,
                                         std::chrono::seconds patience) {
  ERR_clear_error();
  const bool ipv6 = place.host.find(':') != std::string::npos;
  const std::string where =
      (ipv6 ? "[" + place.host + "]" : place.host) + ":" + std::to_string(place.port);
  const auto seconds = static_cast<int>(patience.count());
  const Bio plain(BIO_new_connect(where.c_str()));
  if (!plain || BIO_do_connect_retry(plain.get(), seconds, -1) != 1) {
    return WebError{WebFailure::kConnect, library_errors("no connection to " + where)};
  }
  // Connecting with a limit has left it non-blocking: each read would end at once.
  BIO_socket_nbio(static_cast<int>(BIO_get_fd(plain.get(), nullptr)), 0);
  limit_waiting(plain.get(), patience);
  if (!place.tls) return exchange(plain.get(), request, patience);

  const Context context = make_context();
  const Bio secure(context ? BIO_new_ssl(context.get(), 1) : nullptr);
  SSL* tls = nullptr;
  if (!secure || BIO_get_ssl(secure.get(), &tls) != 1 || !expect_host(tls, place.host)) {
    return WebError{WebFailure::kCertificate, library_errors("TLS cannot be set up")};
  }
  BIO_up_ref(plain.get());
  BIO_push(secure.get(), plain.get());
  if (BIO_do_handshake(secure.get()) != 1) {
    const long verdict = SSL_get_verify_result(tls);
    if (verdict != X509_V_OK) {
      ERR_clear_error();
      return WebError{WebFailure::kCertificate, X509_verify_cert_error_string(verdict)};
    }
    return WebError{WebFailure::kExchange, library_errors("the TLS handshake failed")};
  }
  auto answer = exchange(secure.get(), request, patience);
  if (answer) answer->certificate_days = days_left(tls);
  return answer;
}

}  // namespace masterkey2
