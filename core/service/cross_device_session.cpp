#include "service/cross_device_session.hpp"

#include <algorithm>
#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "service/ceremony_checks.hpp"
#include "service/failure.hpp"

namespace masterkey2 {
namespace {

Bytes storage_key(const TokenId& id) {
  ByteWriter writer;
  writer.raw(as_bytes("cross_device/"));
  writer.raw(id.view());
  return std::move(writer).take();
}

/// Until when the state that `view` shows can last.
UnixMillis end_of(const CrossDeviceName& name, const CrossDeviceView& view) {
  switch (view.state) {
    case CrossDeviceState::kPending:
      return name.claim_before;
    case CrossDeviceState::kScanned:
    case CrossDeviceState::kConfirm:
    case CrossDeviceState::kCompleted:
      return view.record.expires_at;
    default:
      return view.now;
  }
}

}  // namespace

std::int64_t CrossDeviceView::expires_in(const CrossDeviceName& name) const {
  return (std::max(end_of(name, *this) - now, UnixMillis{0}) + 999) / 1'000;
}

ApiResult<CrossDeviceView> read_cross_device(Services& services, const CrossDeviceName& name) {
  const auto standing = services.storage.read_standing(name.tenant, name.session_token);
  if (!standing) return storage_failure(standing.error());
  if (auto good = check_standing(services, *standing, name.epoch); !good) return good.error();
  auto tenant = services.tenants.at_generation(name.tenant, standing->tenant_generation);
  if (!tenant) return tenant.error();
  if (!*tenant) return failure(ErrorCode::kInvalidToken, "the tenant is gone");

  CrossDeviceView view;
  view.tenant = std::move(tenant).value();
  view.now = services.clock.now();
  const auto stored = services.storage.find_ephemeral(name.tenant, storage_key(name.id), view.now);
  if (!stored) return storage_failure(stored.error());
  if (*stored) {
    const auto record = decode_record((*stored)->value);
    if (!record) return failure(ErrorCode::kInternal, "a cross-device record of another layout");
    view.record = *record;
    view.version = (*stored)->version;
    view.state = view.now < record->expires_at ? record->state : CrossDeviceState::kExpired;
  } else if (view.now >= name.claim_before) {
    view.state = CrossDeviceState::kExpired;
  }
  const bool over =
      view.state == CrossDeviceState::kDenied || view.state == CrossDeviceState::kExpired;
  if (!over && view.tenant->settings.cross_device == "off") view.state = CrossDeviceState::kDenied;
  return view;
}

ApiResult<bool> put_cross_device(Services& services, const CrossDeviceName& name,
                                 const CrossDeviceView& view, const CrossDeviceRecord& record) {
  Guard guard;
  guard.tenant = name.tenant;
  guard.now = view.now;
  guard.epoch = name.epoch;
  guard.tenant_generation = view.tenant->tenant.generation;
  guard.session_token = name.session_token;
  const auto outcome =
      services.storage.put_ephemeral(guard, storage_key(name.id), view.version,
                                     encode_record(record), record.expires_at + kClaimMargin);
  if (worth_another_attempt(services, name.tenant, outcome)) return false;
  if (!outcome) return storage_failure(outcome.error());
  switch (*outcome) {
    case Outcome::kDone:
      return true;
    case Outcome::kAlreadyExists:
    case Outcome::kNotFound:
      return false;
    default:
      return browser_refusal(services, *outcome);
  }
}

AuditEvent cross_device_event(const CrossDeviceName& name, std::string_view type,
                              const UserAccount* user) {
  return {.type = type, .user = user, .members = {{"sign_in", base64url_encode(name.id.view())}}};
}

ApiResult<bool> deny_cross_device(Services& services, const CrossDeviceName& name,
                                  const CrossDeviceView& view, Denial denial, const Call& call,
                                  const UserAccount* user) {
  CrossDeviceRecord record = view.record;
  record.state = CrossDeviceState::kDenied;
  record.denial = denial;
  record.wrapped_code.clear();
  if (view.version == 0) record.expires_at = name.claim_before;
  const auto done = put_cross_device(services, name, view, record);
  if (!done || !*done) return done;
  AuditEvent event = cross_device_event(name, "cross_device.denied", user);
  event.members.emplace_back("reason", std::string(denial_word(denial)));
  AuditDraft audit = services.audit.draft(name.tenant, call, services.clock.now(), event);
  const auto stored = services.storage.append_audit({audit.entry()});
  if (!stored) {
    if (stored.error().code == StorageErrorCode::kOutcomeUnknown) audit.maybe_stored();
    return storage_failure(stored.error());
  }
  audit.stored();
  return true;
}

}  // namespace masterkey2
