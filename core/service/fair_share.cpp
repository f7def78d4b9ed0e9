#include "service/fair_share.hpp"

#include <optional>

#include "service/claims/token_envelope.hpp"
#include "service/rate_limiter.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2 {
namespace {

std::optional<TenantId> tenant_of(const Services& services, std::string_view token) {
  const auto kind = token_kind(token);
  const auto epoch = services.installation.known_epoch();
  if (!kind || !epoch) return std::nullopt;
  const auto plaintext = open_token(*kind, token, *epoch, *services.keys.current());
  return plaintext ? read_envelope_tenant(*plaintext) : std::nullopt;
}

std::string line(char kind, ByteView subject) {
  return std::string(1, kind).append(as_text(subject));
}

}  // namespace

std::string fair_share(const Services& services, std::string_view token, std::string_view address) {
  if (const auto tenant = tenant_of(services, token)) return line('t', tenant->view());
  return line('a', address_subject(address));
}

}  // namespace masterkey2
