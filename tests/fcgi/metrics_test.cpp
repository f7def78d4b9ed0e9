#include "fcgi/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RequestFacts finish(std::string_view code = "", std::string_view reason = "",
                    std::string_view tenant = "T1") {
  return {.route = "/api/v1/finish_authentication",
          .method = "POST",
          .status = code.empty() ? 200 : 422,
          .code = code,
          .reason = reason,
          .tenant = tenant,
          .duration_us = 1'500};
}

std::size_t lines(const std::string& text, const std::string& begin) {
  std::size_t count = 0;
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') ++count;
  }
  return count;
}

TEST(Metrics, CountsRequestsByRouteMethodAndStatus) {
  Metrics metrics({.version = "9.9.9", .workers = 8});
  metrics.request(finish());
  metrics.request(finish());
  metrics.request({.route = "", .method = "GET", .status = 404, .code = "not_found"});
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("route=\"/api/v1/finish_authentication\",method=\"POST\","
                              "status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("route=\"none\",method=\"GET\",status=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(",version=\"9.9.9\"} 1\n"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(Metrics, CountsCeremoniesByKindOutcomeAndReason) {
  Metrics metrics({});
  metrics.request(finish());
  metrics.request(finish("verification_failed", "bad_signature"));
  metrics.request(
      {.route = "/api/v1/verify-auth", .method = "POST", .status = 200, .code = "no_sign_in"});
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("kind=\"authentication\",outcome=\"success\",reason=\"\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kind=\"authentication\",outcome=\"verification_failed\","
                              "reason=\"bad_signature\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kind=\"verification\",outcome=\"no_sign_in\",reason=\"\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("T1")));
}

TEST(Metrics, NamesABoundedNumberOfTenantsIfToldTo) {
  Metrics metrics({.tenants = true});
  for (std::size_t i = 0; i < Metrics::kMostTenants + 50; ++i) {
    metrics.request(finish("", "", "T" + std::to_string(i)));
  }
  const std::string text = metrics.text();
  EXPECT_EQ(lines(text, "masterkey2_ceremonies_total{"), Metrics::kMostTenants + 1);
  EXPECT_THAT(text, HasSubstr("tenant=\"other\"} 50\n"));
}

TEST(Metrics, FoldsStrangeMethods) {
  Metrics metrics({});
  for (const char* method : {"TRACE", "get", "A\"B\n"}) {
    metrics.request({.route = "", .method = method, .status = 405});
  }
  EXPECT_THAT(metrics.text(), HasSubstr("method=\"other\",status=\"405\"} 3\n"));
}

TEST(Metrics, PutsDurationsIntoCumulativeBuckets) {
  Metrics metrics({});
  metrics.request(finish());
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("le=\"0.001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("le=\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_sum{process=\""));
  EXPECT_THAT(text, HasSubstr("\"} 0.0015\n"));
}

TEST(Metrics, TellsStorageCallsAndErrors) {
  StorageMeter meter;
  meter.end(meter.begin().value(), "find_tenant", std::nullopt);
  meter.end(meter.begin().value(), "find_tenant", StorageErrorCode::kUnavailable);
  const auto open = meter.begin();
  Metrics metrics({.storage = &meter});
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("operation=\"find_tenant\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("operation=\"find_tenant\",error=\"unavailable\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("masterkey2_storage_calls_under_way{process=\""));
  meter.end(*open, "check", std::nullopt);
}

}  // namespace
}  // namespace masterkey2
