#include "migrations.hpp"

#include <array>

namespace masterkey2::mysql {
namespace {

// Times are milliseconds since 1970 (BIGINT): the database's own clock and time zone decide
// nothing. Keys and names are binary strings: they compare byte by byte. Every column is described
// in README.md.
constexpr std::array<std::string_view, 13> kInitial = {
    R"(CREATE TABLE IF NOT EXISTS installation (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  id BINARY(32) NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  created_at BIGINT NOT NULL,
  epoch_raised_at BIGINT NOT NULL
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS heartbeat (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  count BIGINT UNSIGNED NOT NULL,
  at BIGINT NOT NULL
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS revocation_order (
  one TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  last BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS tenants (
  id BINARY(16) NOT NULL PRIMARY KEY,
  generation BIGINT UNSIGNED NOT NULL,
  enabled TINYINT UNSIGNED NOT NULL,
  name VARBINARY(256) NOT NULL,
  rp_id VARBINARY(253) NOT NULL,
  exclusive_rp_id VARBINARY(253) NULL,
  created_at BIGINT NOT NULL,
  settings MEDIUMBLOB NOT NULL,
  signing_keys BLOB NOT NULL,
  key_set BIGINT UNSIGNED NOT NULL,
  UNIQUE KEY exclusive_rp_id (exclusive_rp_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS erased_tenants (
  id BINARY(16) NOT NULL PRIMARY KEY
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS api_keys (
  tenant BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  digest BINARY(32) NOT NULL,
  prefix BINARY(12) NOT NULL,
  name VARBINARY(256) NOT NULL,
  scopes INT UNSIGNED NOT NULL,
  lineage BINARY(16) NOT NULL,
  lineage_number INT UNSIGNED NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE KEY digest (digest)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS users (
  tenant BINARY(16) NOT NULL,
  handle BINARY(32) NOT NULL,
  external_id VARBINARY(255) NOT NULL,
  display_name VARBINARY(256) NOT NULL,
  username VARBINARY(256) NOT NULL,
  enabled TINYINT UNSIGNED NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  extra BLOB NOT NULL,
  credential_set BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant, handle),
  UNIQUE KEY external_id (tenant, external_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS credentials (
  tenant BINARY(16) NOT NULL,
  id VARBINARY(1023) NOT NULL,
  user BINARY(32) NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  public_key BLOB NOT NULL,
  algorithm INT NOT NULL,
  sign_count INT UNSIGNED NOT NULL,
  uv_initialized TINYINT UNSIGNED NOT NULL,
  backup_eligible TINYINT UNSIGNED NOT NULL,
  backup_state TINYINT UNSIGNED NOT NULL,
  counter_suspect TINYINT UNSIGNED NOT NULL,
  aaguid BINARY(16) NOT NULL,
  attestation_format VARBINARY(32) NOT NULL,
  transports VARBINARY(528) NOT NULL,
  discoverable TINYINT UNSIGNED NULL,
  name VARBINARY(256) NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  extra BLOB NOT NULL,
  PRIMARY KEY (tenant, id),
  KEY user (tenant, user, position)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    // A claim, or (kind 1) a sign-in, which doubles as the claim on its ceremony: one key space, so
    // that the primary key alone decides who was first.
    R"(CREATE TABLE IF NOT EXISTS claims (
  tenant BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  purge_at BIGINT NOT NULL,
  keep_until BIGINT NOT NULL,
  session_token BINARY(16) NULL,
  user BINARY(32) NULL,
  credential_id VARBINARY(1023) NULL,
  at BIGINT NULL,
  takeable_until BIGINT NULL,
  session_until BIGINT NULL,
  channel TINYINT UNSIGNED NULL,
  confirmed TINYINT UNSIGNED NULL,
  flags TINYINT UNSIGNED NULL,
  sign_count INT UNSIGNED NULL,
  counter_suspect TINYINT UNSIGNED NULL,
  binding BINARY(32) NULL,
  user_version BIGINT UNSIGNED NULL,
  credential_version BIGINT UNSIGNED NULL,
  extra BLOB NULL,
  proof_authenticator_data MEDIUMBLOB NULL,
  proof_client_data_json MEDIUMBLOB NULL,
  proof_signature BLOB NULL,
  proof_algorithm INT NULL,
  proof_challenge_salt VARBINARY(32) NULL,
  PRIMARY KEY (tenant, id),
  KEY session_token (tenant, session_token),
  KEY purge_at (purge_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    // Who signed in under a session token, after the sign-ins themselves have been forgotten.
    R"(CREATE TABLE IF NOT EXISTS session_marks (
  tenant BINARY(16) NOT NULL,
  session_token BINARY(16) NOT NULL,
  user BINARY(32) NOT NULL,
  purge_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, session_token, user),
  KEY purge_at (purge_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS revocations (
  tenant BINARY(16) NOT NULL,
  token BINARY(16) NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  purge_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, token),
  UNIQUE KEY position (position),
  KEY purge_at (purge_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    R"(CREATE TABLE IF NOT EXISTS ephemerals (
  tenant BINARY(16) NOT NULL,
  name VARBINARY(64) NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  value BLOB NOT NULL,
  purge_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name),
  KEY purge_at (purge_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
    // The entry of a taking is the taking: `taking` is the sign-in's id, and unique. A taking whose
    // entry was there already has no chain and is not listed.
    R"(CREATE TABLE IF NOT EXISTS audit (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  tenant BINARY(16) NOT NULL,
  chain BINARY(16) NULL,
  sequence BIGINT UNSIGNED NULL,
  at BIGINT NOT NULL,
  type VARBINARY(64) NOT NULL,
  subject VARBINARY(32) NOT NULL,
  body VARBINARY(4096) NOT NULL,
  purge_at BIGINT NOT NULL,
  taking BINARY(16) NULL,
  idempotency_key BINARY(32) NULL,
  idempotency_body BINARY(32) NULL,
  idempotency_until BIGINT NULL,
  assertion_id BINARY(16) NULL,
  UNIQUE KEY entry (tenant, chain, sequence),
  UNIQUE KEY taking (tenant, taking),
  UNIQUE KEY idempotency_key (tenant, idempotency_key),
  KEY listing (tenant, at, chain, sequence),
  KEY purge_at (purge_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=binary)",
};

constexpr std::array<Migration, 1> kMigrations = {{{1, kInitial}}};
static_assert(kMigrations.back().to_version == kSchemaVersion);

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace masterkey2::mysql
