// The audit log: what it holds, how a site reads it, and that nobody changes it unseen.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "service/audit_check.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

class Audit : public ::testing::Test {
 protected:
  Answer list(const std::string& query = "") {
    return server_.call("GET", "/api/v1/audit" + query, {.api_key = site_.api_key});
  }
  std::vector<std::string> types(const std::string& query) {
    std::vector<std::string> types;
    const Answer answer = list(query);
    EXPECT_EQ(answer.status, 200) << answer.summary();
    for (const Json& event : answer.body.value("events", Json::array())) {
      types.push_back(event.at("type"));
    }
    return types;
  }
  std::vector<std::string> results() {
    std::vector<std::string> results;
    const Answer answer = list("?type=sign_in.verify&limit=200");
    for (const Json& event : answer.body.at("events")) {
      results.push_back(event.at("details").at("result"));
    }
    return results;
  }
  std::vector<AuditHead> seal() {
    auto sealed = server_.services->audit.seal(*server_.storage, server_.clock.now());
    EXPECT_FALSE(sealed.error) << sealed.error->detail;
    return sealed.heads;
  }
  AuditReport check(const std::vector<AuditHead>& anchors = {}) {
    return check_audit(*server_.storage, site_.id, anchors, server_.clock.now()).value();
  }
  /// Some entries in the server's chain, all sealed.
  std::vector<AuditHead> fill() {
    for (const char* id : {"bob", "carol", "dave", "erin"}) {
      static_cast<void>(server_.user_token(site_, id));
    }
    chain_ = server_.audit(site_, "user.created").at(0).chain;
    return seal();
  }
  void tamper(const std::function<void(std::vector<AuditEntry>&)>& edit) {
    server_.storage->edit_audit = edit;
  }
  AuditEntry& entry(std::vector<AuditEntry>& entries, std::uint64_t sequence) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const AuditEntry& one) {
      return one.chain == chain_ && one.sequence == sequence;
    });
    return *found;
  }
  void erase(std::vector<AuditEntry>& entries, std::uint64_t from, std::uint64_t to) const {
    std::erase_if(entries, [&](const AuditEntry& one) {
      return one.chain == chain_ && one.sequence >= from && one.sequence <= to;
    });
  }
  std::uint64_t bad_number(const std::vector<AuditHead>& anchors = {}) {
    const AuditReport report = check(anchors);
    return report.bad ? report.bad->sequence : 0;
  }

  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  TokenId chain_;
};

TEST_F(Audit, ListsWhatHappenedOldestFirst) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string session = server_.session_token(site_);
  const std::string token = server_.sign_in(site_, session, passkey);
  ASSERT_EQ(server_.verify(site_, {{"token", token}}).status, 200);
  std::vector<std::string> seen = types("");
  // The operator's chain, at the same moment.
  std::erase(seen, "audit.seal");
  std::erase(seen, "tenant.created");
  EXPECT_EQ(seen, (std::vector<std::string>{"user.created", "credential.registered",
                                            "sign_in.succeeded", "sign_in.verify"}));
}

TEST_F(Audit, SaysWhoAndWhereInDigestsAndCutAddresses) {
  static_cast<void>(server_.user_token(site_, "alice@example.com"));
  const Answer answer = list("?type=user.created");
  ASSERT_EQ(answer.body.at("events").size(), 1U);
  const Json& event = answer.body["events"][0];
  EXPECT_EQ(event.at("details").at("address"), "192.0.2.0/24");
  EXPECT_EQ(event.at("subject").get<std::string>().size(), 43U);
  EXPECT_EQ(answer.http.body.find("alice"), std::string::npos);
  EXPECT_EQ(answer.http.body.find("bvsk_"), std::string::npos);
}

TEST_F(Audit, FiltersByTimeTypeAndUser) {
  static_cast<void>(server_.user_token(site_, "a+b@example.com"));
  server_.clock.advance(60'000);
  static_cast<void>(server_.user_token(site_, "bob"));
  const std::string now = rfc3339_text(server_.clock.now());
  EXPECT_EQ(types("?type=user.created").size(), 2U);
  EXPECT_EQ(types("?type=user.created&since=" + now).size(), 1U);
  EXPECT_EQ(types("?type=user.created&until=" + now).size(), 1U);
  EXPECT_EQ(types("?type=user.created&external_id=a%2Bb%40example.com").size(), 1U);
  EXPECT_EQ(list("?external_id=nobody").summary(), "404 user_not_found");
  EXPECT_EQ(list("?external_id=a%2Fb").summary(), "400 invalid_external_id");
}

TEST_F(Audit, IsReadInPages) {
  static_cast<void>(fill());
  const std::size_t all = types("?limit=200").size();
  std::set<std::string> seen;
  std::string query = "?limit=2";
  for (int pages = 0; pages < 20; ++pages) {
    const Answer answer = list(query);
    ASSERT_EQ(answer.status, 200);
    EXPECT_LE(answer.body.at("events").size(), 2U);
    for (const Json& event : answer.body["events"]) seen.insert(event.at("hash"));
    if (!answer.body.contains("next_cursor")) break;
    query = "?limit=2&cursor=" + answer.body["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(seen.size(), all);
}

TEST_F(Audit, RefusesQueriesThatItDoesNotUnderstand) {
  static_cast<void>(fill());
  const Answer first = list("?limit=1");
  const std::string cursor = first.body.at("next_cursor");
  const Site other = server_.add_site("example.org");
  EXPECT_EQ(
      server_.call("GET", "/api/v1/audit?limit=1&cursor=" + cursor, {.api_key = other.api_key})
          .summary(),
      "400 invalid_request");
  for (const std::string& query :
       {std::string("since=yesterday"), std::string("until=2026-13-01T00%3A00%3A00Z"),
        std::string("type="), std::string("limit=0"), std::string("external_id=a+b"),
        std::string("since=2026-01-01T00:00:00+01:00"), std::string("x=1"),
        "type=user.created&limit=1&cursor=" + cursor, std::string("external_id=%C3%28")}) {
    EXPECT_EQ(list("?" + query).summary(), "400 invalid_request") << query;
  }
}

TEST_F(Audit, NeedsItsScope) {
  ApiKey key = server_.store().list_api_keys(site_.id, server_.clock.now()).value().at(0);
  key.scopes =
      static_cast<std::uint32_t>(KeyScope::kSignIn) | static_cast<std::uint32_t>(KeyScope::kManage);
  const std::string text = "bvsk_" + std::string(43, 'k');
  key.id = system_random().identifier<ApiKeyId>();
  key.lineage = key.id;
  key.digest = sha256(as_bytes(text));
  auto audit = server_.services->audit.draft(site_.id, {}, server_.clock.now(), {.type = "test"});
  const auto inserted = server_.store().insert_api_key(
      Guard{.tenant = site_.id, .now = server_.clock.now()}, key, 20, audit.entry());
  audit.note(inserted);
  ASSERT_TRUE(inserted && *inserted == Outcome::kDone);
  EXPECT_EQ(server_.call("GET", "/api/v1/audit", {.api_key = text}).summary(), "403 scope_missing");
  EXPECT_EQ(server_.call("GET", "/api/v1/users", {.api_key = text}).status, 200);
}

TEST_F(Audit, VerificationsSayTheirResult) {
  const auto passkey = server_.register_passkey(site_, "alice");
  const std::string session = server_.session_token(site_);
  EXPECT_EQ(server_.verify(site_, {{"token", session}}).code(), "no_sign_in");
  const std::string token = server_.sign_in(site_, session, passkey);
  const std::vector<std::pair<std::string, std::string>> header = {{"idempotency-key", "k1"}};
  EXPECT_EQ(server_.verify(site_, {{"token", token}}, header).status, 200);
  EXPECT_EQ(server_.verify(site_, {{"token", token}}, header).status, 200);
  EXPECT_EQ(server_.verify(site_, {{"token", token}}).summary(), "409 already_verified");
  EXPECT_EQ(server_.verify(site_, {{"token", session}}, header).summary(),
            "409 idempotency_conflict");
  const std::string second = server_.sign_in(site_, session, passkey);
  server_.set_user_enabled(site_, "alice", false);
  EXPECT_EQ(server_.verify(site_, {{"token", second}}).code(), "user_disabled");
  std::vector<std::string> seen = results();
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen,
            (std::vector<std::string>{"already_verified", "idempotency_conflict", "no_sign_in",
                                      "user_disabled", "verified", "verified_again"}));
}

TEST_F(Audit, ARefusalThatCannotBeNotedIsNotTold) {
  const std::string session = server_.session_token(site_);
  server_.storage->hook = [](std::string_view call) -> std::optional<StorageError> {
    if (call != "append_audit") return std::nullopt;
    return StorageError{StorageErrorCode::kUnavailable, ""};
  };
  EXPECT_EQ(server_.verify(site_, {{"token", session}}).summary(), "503 storage_unavailable");
}

TEST_F(Audit, AnUntouchedLogIsGood) {
  const auto anchors = fill();
  ASSERT_EQ(anchors.size(), 1U);
  const AuditReport report = check(anchors);
  EXPECT_FALSE(report.bad) << report.bad->fault;
  EXPECT_GE(report.sealed, 5U);  // the tenant's own chain has one more
  EXPECT_EQ(report.anchors, 1U);
}

TEST_F(Audit, AMinuteWithoutEntriesSealsNothing) {
  static_cast<void>(fill());
  const std::size_t entries = server_.audit(site_).size();
  EXPECT_TRUE(seal().empty());
  EXPECT_TRUE(seal().empty());
  EXPECT_EQ(server_.audit(site_).size(), entries);
}

TEST_F(Audit, AChangedEntryIsNamed) {
  static_cast<void>(fill());
  using Edit = std::function<void(AuditEntry&)>;
  for (const Edit& edit : std::vector<Edit>{
           [](AuditEntry& e) { e.body.back() ^= 1; }, [](AuditEntry& e) { e.at += 1; },
           [](AuditEntry& e) { e.type = "user.deleted"; }, [](AuditEntry& e) { e.subject[0] ^= 1; },
           [](AuditEntry& e) { e.keep_until -= 1; }}) {
    tamper([&](std::vector<AuditEntry>& entries) { edit(entry(entries, 3)); });
    EXPECT_EQ(bad_number(), 3U);
  }
}

TEST_F(Audit, ADeletedEntryIsNamed) {
  static_cast<void>(fill());
  for (std::uint64_t number = 1; number <= 4; ++number) {
    tamper([&](std::vector<AuditEntry>& entries) { erase(entries, number, number); });
    EXPECT_EQ(bad_number(), number);
  }
}

TEST_F(Audit, TwoSwappedEntriesAreNoticed) {
  static_cast<void>(fill());
  tamper([&](std::vector<AuditEntry>& entries) {
    std::swap(entry(entries, 2).sequence, entry(entries, 3).sequence);
  });
  EXPECT_EQ(bad_number(), 2U);
}

TEST_F(Audit, AnEntryCutOffAtTheEndIsFoundByTheAnchorAlone) {
  const auto anchors = fill();
  const auto cut = [&](std::vector<AuditEntry>& entries) { erase(entries, 4, 1'000); };
  tamper(cut);
  EXPECT_EQ(bad_number(), 0U);  // the seal went with it
  EXPECT_EQ(bad_number(anchors), 4U);
  tamper([&](std::vector<AuditEntry>& entries) { erase(entries, 1, 1'000); });
  EXPECT_EQ(bad_number(), 0U);
  EXPECT_EQ(bad_number(anchors), 1U);
}

TEST_F(Audit, ARewrittenChainIsFoundByTheAnchor) {
  const auto anchors = fill();
  // Somebody who changes an entry and makes a seal that fits.
  tamper([&](std::vector<AuditEntry>& entries) {
    entry(entries, 2).type = "forged";
    AuditSeal seal{.from = 1, .to = 4, .head = audit_chain_start(site_.id, chain_), .entries = {}};
    for (std::uint64_t n = 1; n <= 4; ++n) {
      const Digest hash = audit_entry_hash(entry(entries, n));
      seal.head = audit_chain_next(seal.head, hash);
      seal.entries.push_back(audit_fingerprint(hash));
    }
    entry(entries, 5).body = encode_audit_seal(seal);
  });
  EXPECT_EQ(bad_number(), 0U);
  EXPECT_EQ(bad_number(anchors), 4U);
}

TEST_F(Audit, AForgedSealIsNoticed) {
  static_cast<void>(fill());
  tamper([&](std::vector<AuditEntry>& entries) {
    AuditSeal seal = parse_audit_seal(entry(entries, 5).body).value();
    seal.head.bytes[0] ^= 1;
    entry(entries, 5).body = encode_audit_seal(seal);
  });
  EXPECT_EQ(bad_number(), 4U);
  tamper([&](std::vector<AuditEntry>& entries) { entry(entries, 5).body = {'{', '}'}; });
  EXPECT_EQ(bad_number(), 5U);
}

TEST_F(Audit, EntriesThatRetentionRemovedAreNoFault) {
  static_cast<void>(fill());
  server_.clock.advance(300LL * 86'400'000);
  for (const char* id : {"frank", "grace"}) static_cast<void>(server_.user_token(site_, id));
  const auto anchors = seal();
  // As purge_expired leaves it.
  tamper([&](std::vector<AuditEntry>& entries) {
    std::erase_if(entries,
                  [&](const AuditEntry& one) { return one.keep_until <= server_.clock.now(); });
  });
  server_.clock.advance(101LL * 86'400'000);
  const AuditReport report = check(anchors);
  EXPECT_FALSE(report.bad) << report.bad->sequence << ' ' << report.bad->fault;
  EXPECT_EQ(report.anchors, 1U);
  EXPECT_GE(report.entries, 3U);
  // What is left is still watched.
  tamper([&](std::vector<AuditEntry>& entries) {
    std::erase_if(entries,
                  [&](const AuditEntry& one) { return one.keep_until <= server_.clock.now(); });
    entry(entries, 7).type = "forged";
  });
  EXPECT_EQ(bad_number(), 7U);
}

TEST_F(Audit, EntriesOfUnknownFateCountAsStorageHasThem) {
  server_.storage->hook = [&](std::string_view call) -> std::optional<StorageError> {
    if (call != "put_user") return std::nullopt;
    return StorageError{StorageErrorCode::kOutcomeUnknown, ""};
  };
  EXPECT_EQ(server_
                .call("POST", "/api/v1/user-token",
                      {.api_key = site_.api_key, .json = Json{{"external_id", "zoe"}}})
                .summary(),
            "503 storage_unavailable");
  server_.storage->hook = nullptr;
  static_cast<void>(fill());
  const AuditReport report = check();
  EXPECT_FALSE(report.bad) << report.bad->fault;
  const auto unused = server_.audit(site_, "audit.unused");
  ASSERT_EQ(unused.size(), 1U);  // nothing was stored under that number
}

TEST_F(Audit, ARepeatedChangeThatStorageDidNotNoteLeavesNoHole) {
  const std::string session = server_.session_token(site_);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(server_.call("DELETE", "/api/v1/session-token", {.bearer = session}).status, 200);
    static_cast<void>(server_.user_token(site_, "alice"));
  }
  static_cast<void>(fill());
  EXPECT_FALSE(check().bad);
}

TEST_F(Audit, MoreEntriesThanASealHoldsGetSeveral) {
  for (int i = 0; i < 300; ++i) {
    static_cast<void>(server_.user_token(site_, "user-" + std::to_string(i)));
  }
  const auto anchors = fill();
  EXPECT_GE(server_.audit(site_, "audit.seal").size(), 4U);
  const AuditReport report = check(anchors);
  EXPECT_FALSE(report.bad) << report.bad->fault;
  EXPECT_GE(report.sealed, 304U);
}

TEST_F(Audit, WhatCannotBeSealedNowIsSealedLater) {
  for (const char* id : {"bob", "carol"}) static_cast<void>(server_.user_token(site_, id));
  server_.storage->hook = [](std::string_view call) -> std::optional<StorageError> {
    if (call != "append_audit") return std::nullopt;
    return StorageError{StorageErrorCode::kUnavailable, "gone"};
  };
  EXPECT_TRUE(server_.services->audit.seal(*server_.storage, server_.clock.now()).error);
  server_.storage->hook = nullptr;
  EXPECT_EQ(seal().size(), 1U);
  EXPECT_FALSE(check().bad);
}

}  // namespace
}  // namespace masterkey2::testing
