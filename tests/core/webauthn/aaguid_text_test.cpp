#include "webauthn/aaguid_text.hpp"

#include <gtest/gtest.h>

namespace masterkey2::webauthn {
namespace {

constexpr const char* kText = "08987058-cadc-4b81-b6e1-30de50dcbe96";

TEST(AaguidText, ComesBackAsItWas) {
  const auto aaguid = parse_aaguid(kText);
  ASSERT_TRUE(aaguid);
  EXPECT_EQ(aaguid->bytes[0], 0x08);
  EXPECT_EQ(aaguid->bytes[15], 0x96);
  EXPECT_EQ(aaguid_text(*aaguid), kText);
  EXPECT_EQ(parse_aaguid("08987058-CADC-4B81-B6E1-30DE50DCBE96"), aaguid);
}

TEST(AaguidText, HasOneForm) {
  for (const std::string_view text :
       {"", "08987058cadc4b81b6e130de50dcbe96", "08987058-cadc-4b81-b6e1-30de50dcbe9",
        "08987058-cadc-4b81-b6e1-30de50dcbe966", "{8987058-cadc-4b81-b6e1-30de50dcbe96",
        "08987058-cadc-4b81-b6e1-30de50dcbe9g", "08987058-cadc-4b81-b6e1-30de50dcbeg6",
        "08987058-cadc-4b81-b6e1+30de50dcbe96", "0898705-8cadc-4b81-b6e1-30de50dcbe96",
        // Neighbours of the digits and letters.
        "/8987058-cadc-4b81-b6e1-30de50dcbe96", ":8987058-cadc-4b81-b6e1-30de50dcbe96",
        "`8987058-cadc-4b81-b6e1-30de50dcbe96", "@8987058-cadc-4b81-b6e1-30de50dcbe96",
        "G8987058-cadc-4b81-b6e1-30de50dcbe96"}) {
    EXPECT_FALSE(parse_aaguid(text)) << text;
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
