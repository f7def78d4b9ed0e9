#include "service/attestation_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "encoding/base64.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_metadata.hpp"

namespace masterkey2 {
namespace {

using support::metadata_authority;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr UnixMillis kNow = 1'770'000'000'000;         // 2026-02-02
constexpr UnixMillis kNextUpdate = 1'780'272'000'000;  // 2026-06-01
constexpr UnixMillis kDay = 86'400'000;

std::string pem(ByteView der) {
  return "-----BEGIN CERTIFICATE-----\n" + base64_encode(der) + "\n-----END CERTIFICATE-----\n";
}

class AttestationFilesTest : public ::testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) {
    // By renaming, as operators should.
    std::ofstream(folder_ / "new", std::ios::binary) << text;
    std::filesystem::rename(folder_ / "new", folder_ / name);
  }

  AttestationPaths anchors() {
    std::filesystem::create_directory(folder_ / "anchors");
    return {.trust_anchors = folder_ / "anchors",
            .metadata = "",
            .metadata_root = "",
            .metadata_host = ""};
  }

  AttestationPaths metadata() {
    write("root.pem", pem(metadata_authority().root));
    write("blob", support::make_metadata_blob(support::metadata_payload({})));
    return {.trust_anchors = "",
            .metadata = folder_ / "blob",
            .metadata_root = folder_ / "root.pem",
            .metadata_host = support::kMetadataHost};
  }

  testing::TemporaryFolder folder_;
};

TEST_F(AttestationFilesTest, AreNothingWhereNothingIsConfigured) {
  AttestationFiles files(AttestationPaths{});
  EXPECT_THAT(files.reload(kNow), IsEmpty());
  EXPECT_TRUE(files.current()->anchors.empty());
  EXPECT_FALSE(files.current()->metadata);
  EXPECT_THAT(files.warnings(kNow), IsEmpty());
}

TEST_F(AttestationFilesTest, ReadAnchorsInPemAndDer) {
  AttestationFiles files(anchors());
  const Bytes& root = metadata_authority().root;
  write("anchors/a.pem", pem(root) + pem(metadata_authority().signer));
  write("anchors/b.der", as_text(root));
  write("anchors/README", "no certificate");
  EXPECT_THAT(files.reload(kNow), ElementsAre("attestation: 3 trust anchors are in use"));
  EXPECT_EQ(files.current()->anchors.size(), 3U);
  EXPECT_THAT(files.warnings(kNow), IsEmpty());
}

TEST_F(AttestationFilesTest, LeaveOutAnchorsThatCannotBeRead) {
  AttestationFiles files(anchors());
  write("anchors/a.pem", pem(metadata_authority().root));
  write("anchors/b.pem", "no certificate");
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("1 trust anchors"), HasSubstr("b.pem")));
  EXPECT_THAT(files.warnings(kNow), ElementsAre(HasSubstr("b.pem does not hold certificates")));
}

TEST_F(AttestationFilesTest, SayThatAFolderIsEmptyOrMissing) {
  AttestationFiles empty(anchors());
  EXPECT_THAT(empty.reload(kNow), ::testing::Contains(HasSubstr("there is no certificate in")));
  AttestationPaths paths;
  paths.trust_anchors = folder_ / "missing";
  AttestationFiles missing(paths);
  EXPECT_THAT(missing.reload(kNow), ::testing::Contains(HasSubstr("there is no certificate in")));
  EXPECT_THAT(missing.warnings(kNow), ElementsAre(HasSubstr("missing")));
}

TEST_F(AttestationFilesTest, TakeAtMost512AnchorFiles) {
  AttestationFiles files(anchors());
  for (int i = 0; i < 513; ++i) {
    write("anchors/" + std::to_string(i) + ".der", as_text(metadata_authority().root));
  }
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("more than 512 files")));
  EXPECT_TRUE(files.current()->anchors.empty());
}

TEST_F(AttestationFilesTest, ReadMetadata) {
  AttestationFiles files(metadata());
  EXPECT_THAT(files.reload(kNow),
              ElementsAre("attestation: FIDO metadata 7 with 0 models is in use, next update "
                          "2026-06-01"));
  ASSERT_TRUE(files.current()->metadata);
  EXPECT_EQ(files.current()->metadata->number(), 7U);
}

TEST_F(AttestationFilesTest, NoticeWhatChanges) {
  AttestationFiles files(metadata());
  EXPECT_THAT(files.reload(kNow), ::testing::SizeIs(1));
  EXPECT_THAT(files.reload(kNow), IsEmpty());
  const auto before = files.current();
  Json payload = support::metadata_payload({});
  payload["no"] = 8;
  write("blob", support::make_metadata_blob(payload));
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("FIDO metadata 8")));
  EXPECT_EQ(files.current()->metadata->number(), 8U);
  EXPECT_EQ(before->metadata->number(), 7U);  // whoever began with it keeps it
}

TEST_F(AttestationFilesTest, AreNotReadAgainWhileNothingChanges) {
  AttestationPaths with_anchors = anchors();
  write("anchors/a.pem", pem(metadata_authority().root));
  for (const AttestationPaths& paths : {with_anchors, metadata()}) {
    AttestationFiles files(paths);
    static_cast<void>(files.reload(kNow));
    const auto before = files.current();
    static_cast<void>(files.reload(kNow));
    EXPECT_EQ(files.current(), before);
  }
}

TEST_F(AttestationFilesTest, NoticeAnchorsThatComeAndGo) {
  AttestationFiles files(anchors());
  write("anchors/a.pem", pem(metadata_authority().root));
  static_cast<void>(files.reload(kNow));
  write("anchors/b.pem", pem(metadata_authority().root));
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("2 trust anchors")));
  std::filesystem::remove(folder_ / "anchors/a.pem");
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("1 trust anchors")));
}

TEST_F(AttestationFilesTest, UseNoMetadataThatCannotBeTrusted) {
  AttestationPaths paths = metadata();
  paths.metadata_host = "mds.fidoalliance.org";
  AttestationFiles foreign(paths);
  EXPECT_THAT(foreign.reload(kNow),
              ElementsAre(HasSubstr("it is not signed by mds.fidoalliance.org")));
  EXPECT_FALSE(foreign.current()->metadata);
  EXPECT_THAT(foreign.warnings(kNow), ElementsAre(HasSubstr("FIDO metadata is not used")));

  AttestationFiles files(metadata());
  static_cast<void>(files.reload(kNow));
  write("blob", "garbage");
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("three parts")));
  EXPECT_FALSE(files.current()->metadata);
  std::filesystem::remove(folder_ / "blob");
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("cannot be read")));
  write("blob", support::make_metadata_blob(support::metadata_payload({})));
  std::filesystem::remove(folder_ / "root.pem");
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("root.pem cannot be read")));
}

TEST_F(AttestationFilesTest, TryMetadataAgainThatTheClockWasAgainst) {
  AttestationFiles files(metadata());
  EXPECT_THAT(files.reload(0), ElementsAre(HasSubstr("not valid now")));
  EXPECT_THAT(files.reload(0), IsEmpty());  // said once
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("FIDO metadata 7")));
  EXPECT_THAT(files.reload(kNow), IsEmpty());
}

TEST_F(AttestationFilesTest, WarnOfStaleMetadata) {
  AttestationFiles files(metadata());
  static_cast<void>(files.reload(kNow));
  EXPECT_THAT(files.warnings(kNextUpdate + kDay - 1), IsEmpty());
  EXPECT_THAT(files.warnings(kNextUpdate + kDay),
              ElementsAre("FIDO metadata is stale: the next one was due on 2026-06-01"));
  EXPECT_TRUE(files.current()->metadata);  // and goes on being used
}

TEST_F(AttestationFilesTest, NeverWaitForAFifo) {
  AttestationPaths paths = metadata();
  paths.metadata = folder_ / "fifo";
  ASSERT_EQ(mkfifo(paths.metadata.c_str(), 0600), 0);
  AttestationFiles files(paths);
  EXPECT_THAT(files.reload(kNow), ElementsAre(HasSubstr("is not a regular file")));
}

TEST_F(AttestationFilesTest, AreBounded) {
  AttestationFiles files(anchors());
  write("anchors/a.pem", std::string((256 << 10) + 1, 'a'));
  EXPECT_THAT(files.reload(kNow), ::testing::Contains(HasSubstr("has more than 262144 bytes")));
}

}  // namespace
}  // namespace masterkey2
