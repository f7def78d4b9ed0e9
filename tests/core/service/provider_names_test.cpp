#include "service/provider_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"
#include "webauthn/aaguid_text.hpp"

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";

std::string fault(std::string_view json) {
  const auto names = parse_provider_names(json);
  return names ? "" : names.error().clause;
}

TEST(ProviderNames, AreTextOrTheNameOfAnObject) {
  const auto names = parse_provider_names(
      R"({"08987058-cadc-4b81-b6e1-30de50dcbe96": "One",
          "00000000-0000-0000-0000-000000000001": {"name": "Two", "icon_dark": "data:"}})");
  ASSERT_TRUE(names) << names.error().clause;
  EXPECT_EQ(names->size(), 2U);
  EXPECT_EQ(names->at(*webauthn::parse_aaguid(kModel)), "One");
}

TEST(ProviderNames, AreRefusedAsAWhole) {
  const std::string key = "\"" + std::string(kModel) + "\":";
  EXPECT_EQ(fault("{}"), "");
  EXPECT_THAT(fault("{"), HasSubstr("not JSON"));
  EXPECT_EQ(fault("[]"), "not a JSON object");
  EXPECT_EQ(fault(R"({"x": "One"})"), "a member is not named by an AAGUID");
  for (const std::string value : {R"("")", "1", "{}", R"({"name": 1})", R"("a\nb")"}) {
    EXPECT_THAT(fault("{" + key + value + "}"), HasSubstr("has no name")) << value;
  }
  EXPECT_THAT(fault("{" + key + "\"" + std::string(129, 'a') + "\"}"), HasSubstr("has no name"));
  EXPECT_EQ(fault("{" + key + "\"" + std::string(128, 'a') + "\"}"), "");
}

TEST(ProviderNames, AreReadAgainWhenTheirFileChanges) {
  const testing::TemporaryFolder folder;
  ProviderNames names(folder / "names.json");
  const Aaguid model = *webauthn::parse_aaguid(kModel);
  EXPECT_THAT(names.reload(), ElementsAre(HasSubstr("have no names")));
  EXPECT_THAT(names.reload(), IsEmpty());
  EXPECT_EQ(names.find(model), std::nullopt);

  const auto write = [&](const std::string& text) {
    std::ofstream(folder / "new") << text;
    std::filesystem::rename(folder / "new", folder / "names.json");
  };
  write("{\"" + std::string(kModel) + "\": \"One\"}");
  EXPECT_THAT(names.reload(), ElementsAre("1 names of passkey providers are in use"));
  EXPECT_THAT(names.reload(), IsEmpty());
  EXPECT_EQ(names.find(model), "One");
  EXPECT_EQ(names.find(Aaguid()), std::nullopt);

  write("[]");
  EXPECT_THAT(names.reload(), ElementsAre(HasSubstr("not a JSON object")));
  EXPECT_EQ(names.find(model), std::nullopt);
}

TEST(ProviderNames, AreNoneWithoutAPath) {
  ProviderNames names("");
  EXPECT_THAT(names.reload(), IsEmpty());
  EXPECT_EQ(names.find(Aaguid()), std::nullopt);
}

TEST(ProviderNames, ComeWithTheProject) {
  ProviderNames names(MASTERKEY2_SOURCE_DIR "/data/aaguids.json");
  EXPECT_THAT(names.reload(), ElementsAre(HasSubstr("names of passkey providers are in use")));
  const auto name = [&](std::string_view text) {
    return names.find(*webauthn::parse_aaguid(text));
  };
  EXPECT_EQ(name("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"), "Google Password Manager");
  EXPECT_EQ(name("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"), "Apple Passwords (iCloud Keychain)");
  EXPECT_EQ(name(kModel), "Windows Hello");
  EXPECT_EQ(name("bada5566-a7aa-401f-bd96-45619a55120d"), "1Password");
  EXPECT_EQ(name("d548826e-79b4-db40-a3d8-11116f7e8349"), "Bitwarden");
}

}  // namespace
}  // namespace masterkey2
