#include "storage/plugin_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"

namespace masterkey2::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class NoHost final : public HostServices {
 public:
  void log(PluginLogLevel, std::string_view) override {}
};

class PluginLoader : public ::testing::Test {
 protected:
  [[nodiscard]] static PluginRequest bad(const std::string& name) {
    PluginRequest request;
    request.plugin_dir = MASTERKEY2_BAD_PLUGIN_DIR;
    request.name = name;
    request.allow_own_plugins = true;
    return request;
  }
  /// Why it was refused; empty if it was not.
  [[nodiscard]] std::string refusal(const PluginRequest& request) {
    const auto loaded = load_storage(request, host_);
    return loaded ? std::string() : loaded.error().detail;
  }
  [[nodiscard]] static std::string file_of(const std::string& name) {
    return "libmasterkey2_storage_" + name + ".so";
  }
  /// A folder of its own with a copy of a good plugin.
  [[nodiscard]] PluginRequest copied() {
    fs::copy_file(fs::path(MASTERKEY2_BAD_PLUGIN_DIR) / file_of("lying"),
                  folder_ / file_of("lying"), fs::copy_options::overwrite_existing);
    ::chmod((folder_ / file_of("lying")).c_str(), 0644);
    PluginRequest request = bad("lying");
    request.plugin_dir = folder_.path();
    return request;
  }

  NoHost host_;
  const TemporaryFolder folder_;
};

TEST_F(PluginLoader, LoadsAPluginAndItsDescriptor) {
  const auto loaded = load_storage(bad("lying"), host_);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_STREQ(loaded->descriptor().name, "lying");
  EXPECT_EQ(loaded->descriptor().capabilities, kDurable);
}

TEST_F(PluginLoader, LoadsTheSamePluginTwice) {
  const auto first = load_storage(bad("lying"), host_);
  const auto second = load_storage(bad("lying"), host_);
  ASSERT_TRUE(first && second);
  EXPECT_NE(&first->storage(), &second->storage());
}

TEST_F(PluginLoader, LoadsInSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        EXPECT_TRUE(load_storage(bad("lying"), host_));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PluginLoader, NamesWithAnythingButSmallLettersDigitsAndUnderscoreAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("../lying"), std::string("Lying"), std::string("a/b"),
        std::string("a.so"), std::string("a\0b", 3), std::string(33, 'a')}) {
    EXPECT_THAT(refusal(bad(name)), HasSubstr("a plugin's name has")) << name;
  }
}

TEST_F(PluginLoader, MismatchNamesTheFileItsValueAndOurs) {
  EXPECT_THAT(refusal(bad("abi")),
              AllOf(HasSubstr(file_of("abi")), HasSubstr("ABI number is 999"),
                    HasSubstr("ours is " + std::to_string(kStorageAbiVersion))));
  EXPECT_THAT(refusal(bad("size")),
              AllOf(HasSubstr(file_of("size")), HasSubstr("descriptor size is 8"),
                    HasSubstr("ours is " + std::to_string(sizeof(StoragePlugin)))));
  EXPECT_THAT(refusal(bad("build")),
              AllOf(HasSubstr(file_of("build")), HasSubstr("libother cxx11=0"),
                    HasSubstr(kStorageBuildAbi)));
  EXPECT_THAT(refusal(bad("nobuild")), HasSubstr("build fingerprint is missing"));
  EXPECT_THAT(refusal(bad("name")),
              AllOf(HasSubstr(file_of("name")), HasSubstr("elsewhere"), HasSubstr("\"name\"")));
}

TEST_F(PluginLoader, LibraryWithoutTheSymbolIsRefused) {
  EXPECT_THAT(refusal(bad("symbol")),
              AllOf(HasSubstr(file_of("symbol")), HasSubstr("masterkey2_storage_plugin")));
}

TEST_F(PluginLoader, FileThatIsNoLibraryIsRefused) {
  PluginRequest request = copied();
  request.name = "text";
  const std::string path = folder_ / file_of("text");
  for (const std::string& content : {std::string(), std::string("no ELF"),
                                     std::string("\x7f"
                                                 "ELF")}) {
    std::ofstream(path) << content;
    EXPECT_THAT(refusal(request), AllOf(HasSubstr(path), HasSubstr("cannot be loaded")));
  }
}

TEST_F(PluginLoader, MissingFileOrFolderIsNamed) {
  EXPECT_THAT(refusal(bad("nowhere")), HasSubstr(file_of("nowhere")));
  PluginRequest request = bad("lying");
  request.plugin_dir = folder_ / "none";
  EXPECT_THAT(refusal(request), HasSubstr(request.plugin_dir));
  request.plugin_dir = "relative";
  EXPECT_THAT(refusal(request), HasSubstr("absolute"));
}

TEST_F(PluginLoader, FileOrFolderThatOthersCanWriteIsRefused) {
  const PluginRequest request = copied();
  ASSERT_EQ(refusal(request), "");
  const std::string file = folder_ / file_of("lying");
  for (const mode_t mode : {0664U, 0646U}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_THAT(refusal(request), AllOf(HasSubstr(file), HasSubstr("can be written")));
  }
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  for (const mode_t mode : {0775U, 0757U, 01777U}) {
    ASSERT_EQ(::chmod(folder_.path().c_str(), mode), 0);
    EXPECT_THAT(refusal(request), AllOf(HasSubstr(folder_.path()), HasSubstr("can be written")));
  }
}

TEST_F(PluginLoader, FolderAboveThatOthersCanWriteIsRefused) {
  const std::string inner = folder_ / "inner";
  fs::create_directory(inner);
  fs::copy_file(fs::path(MASTERKEY2_BAD_PLUGIN_DIR) / file_of("lying"),
                inner + "/" + file_of("lying"));
  ::chmod((inner + "/" + file_of("lying")).c_str(), 0644);
  PluginRequest request = bad("lying");
  request.plugin_dir = inner;
  ASSERT_EQ(refusal(request), "");
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_THAT(refusal(request), HasSubstr("can be written"));
}

TEST_F(PluginLoader, LinksAreRefused) {
  PluginRequest request = copied();
  const std::string file = folder_ / file_of("lying");
  fs::rename(file, folder_ / "real.so");
  fs::create_symlink(folder_ / "real.so", file);
  EXPECT_THAT(refusal(request), AllOf(HasSubstr(file), HasSubstr("symbolic link")));
  fs::create_directory_symlink(MASTERKEY2_BAD_PLUGIN_DIR, folder_ / "linked");
  request.plugin_dir = folder_ / "linked";
  EXPECT_THAT(refusal(request), AllOf(HasSubstr("linked"), HasSubstr("symbolic link")));
}

TEST_F(PluginLoader, PipeIsRefusedWithoutWaitingForIt) {
  const PluginRequest request = copied();
  const std::string file = folder_ / file_of("lying");
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(refusal(request), HasSubstr("is no regular file"));
}

TEST_F(PluginLoader, FilesOfOtherUsersAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const PluginRequest request = copied();
  const std::string file = folder_ / file_of("lying");
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(request), AllOf(HasSubstr(file), HasSubstr("belongs to uid 65534")));
  ASSERT_EQ(::chown(file.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(folder_.path().c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(request), HasSubstr("belongs to uid 65534"));
  ASSERT_EQ(::chown(folder_.path().c_str(), 0, 0), 0);
}

TEST_F(PluginLoader, OwnFilesPassOnlyWhenAllowed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root's own files are root's";
  PluginRequest request = copied();
  request.allow_own_plugins = false;
  EXPECT_THAT(refusal(request), HasSubstr("it must be root's"));
}

TEST_F(PluginLoader, MissingCapabilitiesAreRefused) {
  PluginRequest request = bad("lying");
  request.required_capabilities = kDurable;
  EXPECT_EQ(refusal(request), "");
  request.required_capabilities = kDurable | kMultiHost;
  EXPECT_THAT(refusal(request), HasSubstr("lacks capabilities"));
}

TEST_F(PluginLoader, UnknownOptionIsRefusedAndTheKnownOnesAreNamed) {
  PluginRequest request = bad("lying");
  request.options = {{"color", "red"}};
  EXPECT_THAT(refusal(request),
              AllOf(HasSubstr("storage.options.color is unknown"), HasSubstr("colour")));
}

TEST_F(PluginLoader, RequiredOptionIsAskedForWithItsHelp) {
  EXPECT_THAT(refusal(bad("needy")),
              AllOf(HasSubstr("storage.options.needed is missing"), HasSubstr("what is needed")));
}

TEST_F(PluginLoader, OptionDeclaredTwiceIsRefused) {
  EXPECT_THAT(refusal(bad("twice")), HasSubstr("twice"));
}

TEST_F(PluginLoader, RefusalByThePluginIsPassedOnWithoutValues) {
  PluginRequest request = bad("lying");
  request.options = {{"colour", "none"}, {"secret", "hunter2"}};
  EXPECT_THAT(refusal(request),
              AllOf(HasSubstr("colour: none is no colour"), Not(HasSubstr("hunter2"))));
}

TEST_F(PluginLoader, PluginThatThrowsOrMakesNothingIsRefused) {
  EXPECT_THAT(refusal(bad("throwing")), HasSubstr("thrown by create"));
  EXPECT_THAT(refusal(bad("empty")), HasSubstr("made no storage"));
}

}  // namespace
}  // namespace masterkey2::testing
