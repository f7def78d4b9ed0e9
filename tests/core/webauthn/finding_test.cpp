#include "webauthn/finding.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace masterkey2::webauthn {
namespace {

TEST(Finding, QuotesWhatStrangersWroteForALog) {
  EXPECT_EQ(webauthn::quoted("https://example.org"), "\"https://example.org\"");
  EXPECT_EQ(webauthn::quoted(""), "\"\"");
  EXPECT_EQ(webauthn::quoted("a\nb\x7F\"c\xC3\xA9~ "), "\"a?b??c??~ \"");
  EXPECT_EQ(webauthn::quoted(std::string(200, 'x')), "\"" + std::string(200, 'x') + "\"");
  EXPECT_EQ(webauthn::quoted(std::string(201, 'x')), "\"" + std::string(200, 'x') + "…\"");
}

TEST(Finding, BecomesAVerdictAtAStep) {
  const VerificationError error = at_step("R9", {Reason::kOriginMismatch, "why"});
  EXPECT_EQ(error.reason, Reason::kOriginMismatch);
  EXPECT_EQ(error.step, "R9");
  EXPECT_EQ(error.detail, "why");
}

TEST(Reason, HasAWordOfItsOwn) {
  std::set<std::string_view> words;
  std::vector<Reason> reasons;
#define X(enumerator, word) reasons.push_back(Reason::enumerator);
#include "webauthn/reasons.def"
#undef X
  for (const Reason reason : reasons) {
    EXPECT_TRUE(words.insert(reason_word(reason)).second) << reason_word(reason);
  }
  EXPECT_EQ(reason_word(Reason::kOriginMismatch), "origin_mismatch");
  EXPECT_EQ(reason_word(Reason::kUserHandleMismatch), "user_handle_mismatch");
}

}  // namespace
}  // namespace masterkey2::webauthn
