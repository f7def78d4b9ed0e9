// storage export, import, check and migrate: the program itself, on stores that hold everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "encoding/json.hpp"
#include "plugins/backend.hpp"
#include "plugins/stored_rows.hpp"
#include "service/clock.hpp"
#include "tests/ctl/program_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2 {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ProgramRun;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

/// Where the installation's line has its `epoch_raised_at`: from and length.
std::pair<std::size_t, std::size_t> put_back_place(const std::string& text) {
  static constexpr std::string_view kMember = "\"epoch_raised_at\":";
  const std::size_t from = text.find(kMember) + kMember.size();
  return {from, text.find(',', from) - from};
}
UnixMillis put_back_at(const std::string& text) {
  const auto [from, length] = put_back_place(text);
  return std::stoll(text.substr(from, length));
}
/// All lines but the footer, whose hash is another; and without that one moment.
std::string rows_of(std::string text) {
  const auto [from, length] = put_back_place(text);
  text.replace(from, length, "*");
  text.resize(text.rfind("{\"rows\":"));
  return text;
}

class StorageTransfer : public ::testing::Test {
 protected:
  StorageTransfer() {
    configure(first_, "first");
    configure(second_, "second");
  }
  void configure(const std::string& config, const std::string& store) const {
    std::ofstream(config) << "base_url: https://auth.example.net\n"
                          << "plugin_dir: " << MASTERKEY2_PLUGIN_DIR << "\n"
                          << "allow_own_plugins: true\n"
                          << "storage: {plugin: flatfile, options: {path: " << folder_ / store
                          << "}}\n"
                          << "keyring: " << folder_ / "keyring.json"
                          << "\n";
    ::chmod(config.c_str(), 0600);
  }
  /// The store that `first_` configures, with rows of every kind.
  void fill() {
    ASSERT_EQ(run(first_, {"storage", "init"}).exit_code, EX_OK);
    ASSERT_EQ(testing::fill_store(open("first").storage()), "");
  }
  [[nodiscard]] LoadedStorage open(const std::string& store) const {
    PluginRequest request;
    request.plugin_dir = MASTERKEY2_PLUGIN_DIR;
    request.name = "flatfile";
    request.allow_own_plugins = true;
    request.options = {{"path", folder_ / store}};
    return testing::load(request);
  }
  [[nodiscard]] ProgramRun run(const std::string& config, std::vector<std::string> words) const {
    words.insert(words.begin(), {MASTERKEY2CTL, "--config", config});
    return testing::run_program(words);
  }
  /// Exports the first store, changes the file, imports it into the second.
  [[nodiscard]] ProgramRun import_changed(const std::function<void(std::string&)>& change) {
    EXPECT_EQ(run(first_, {"storage", "export", file_}).exit_code, EX_OK);
    std::string text = content_of(file_);
    change(text);
    write_file(file_, text);
    const ProgramRun done = run(second_, {"storage", "import", file_});
    EXPECT_FALSE(fs::exists(folder_ / "second"));  // nothing was touched
    return done;
  }

  testing::TemporaryFolder folder_;
  std::string first_ = folder_ / "first.yaml";
  std::string second_ = folder_ / "second.yaml";
  std::string file_ = folder_ / "export.jsonl";
};

TEST_F(StorageTransfer, ExportImportExportGivesTheSameRowsAndTheMomentOfTheImport) {
  fill();
  const ProgramRun exported = run(first_, {"storage", "export", file_});
  ASSERT_EQ(exported.exit_code, EX_OK) << exported.err;
  EXPECT_THAT(exported.out, HasSubstr("key ring is not part of it"));
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const UnixMillis before = system_clock().now();
  const ProgramRun imported = run(second_, {"storage", "import", file_});
  ASSERT_EQ(imported.exit_code, EX_OK) << imported.err;
  const std::string again = folder_ / "again.jsonl";
  ASSERT_EQ(run(second_, {"storage", "export", again}).exit_code, EX_OK);
  EXPECT_EQ(rows_of(content_of(again)), rows_of(content_of(file_)));
  EXPECT_GE(put_back_at(content_of(again)), before);
  EXPECT_LE(put_back_at(content_of(again)), system_clock().now());
  EXPECT_EQ(run(second_, {"storage", "check"}).exit_code, EX_OK);
}

TEST_F(StorageTransfer, ExportIsHeaderRowsAndFooter) {
  fill();
  const ProgramRun done = run(first_, {"storage", "export", file_, "--json"});
  ASSERT_EQ(done.exit_code, EX_OK) << done.err;
  const auto report = parse_json(done.out);
  ASSERT_TRUE(report);
  std::istringstream lines(content_of(file_));
  std::string line;
  std::string last;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line.size(), 1023U);
  const auto header = parse_json(line);
  ASSERT_TRUE(header);
  EXPECT_EQ((*header)["format"], "masterkey2-export");
  EXPECT_EQ((*header)["version"], 1);
  EXPECT_EQ((*header)["counts"], (*report)["counts"]);
  std::uint64_t rows = 0;
  while (std::getline(lines, line)) {
    if (!last.empty()) ++rows;
    last = line;
  }
  const auto footer = parse_json(last);
  ASSERT_TRUE(footer);
  EXPECT_EQ((*footer)["rows"], rows);
  EXPECT_EQ((*footer)["sha256"], (*report)["sha256"]);
}

TEST_F(StorageTransfer, ExportToStandardOutputIsTheSameFile) {
  fill();
  ASSERT_EQ(run(first_, {"storage", "export", file_}).exit_code, EX_OK);
  const ProgramRun done = run(first_, {"storage", "export", "-"});
  ASSERT_EQ(done.exit_code, EX_OK);
  EXPECT_EQ(done.out, content_of(file_));
  EXPECT_THAT(done.err, HasSubstr("key ring"));
}

TEST_F(StorageTransfer, ImportFromStandardInput) {
  fill();
  ASSERT_EQ(run(first_, {"storage", "export", file_}).exit_code, EX_OK);
  const ProgramRun done =
      testing::run_program({"/bin/sh", "-c", "\"$0\" --config \"$1\" storage import - < \"$2\"",
                            MASTERKEY2CTL, second_, file_});
  ASSERT_EQ(done.exit_code, EX_OK) << done.err;
  EXPECT_EQ(rows_of(run(second_, {"storage", "export", "-"}).out), rows_of(content_of(file_)));
}

TEST_F(StorageTransfer, ImportOverAStoreIsRefused) {
  fill();
  ASSERT_EQ(run(first_, {"storage", "export", file_}).exit_code, EX_OK);
  const ProgramRun done = run(first_, {"storage", "import", file_});
  EXPECT_EQ(done.exit_code, EX_CANTCREAT);
  EXPECT_THAT(done.err, HasSubstr("there is a store already"));
}

TEST_F(StorageTransfer, ChangedByteIsRefusedBeforeAnythingIsWritten) {
  fill();
  const ProgramRun done = import_changed([](std::string& text) {
    const std::size_t at = text.find("\"display_name\":\"User 1\"");
    ASSERT_NE(at, std::string::npos);
    text[at + 21] = '2';
  });
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("checksum is wrong"));
}

TEST_F(StorageTransfer, TruncatedFileIsRefused) {
  fill();
  const ProgramRun done =
      import_changed([](std::string& text) { text.resize(text.rfind("{\"rows\":")); });
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("without a footer"));
}

TEST_F(StorageTransfer, LineAfterTheFooterIsRefused) {
  fill();
  const ProgramRun done = import_changed([](std::string& text) { text += "{}\n"; });
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("after the end"));
}

TEST_F(StorageTransfer, OtherFilesAndVersionsAreNamed) {
  write_file(file_, "hello\n");
  EXPECT_THAT(run(second_, {"storage", "import", file_}).err, HasSubstr("is no export"));
  write_file(file_, R"({"counts":{},"format":"masterkey2-export","version":7})"
                    "\n");
  EXPECT_THAT(run(second_, {"storage", "import", file_}).err,
              HasSubstr("version 7, this program reads version 1"));
  EXPECT_EQ(run(second_, {"storage", "import", folder_ / "none"}).exit_code, EX_NOINPUT);
  EXPECT_FALSE(fs::exists(folder_ / "second"));
}

TEST_F(StorageTransfer, ExportIntoAFolderThatIsNotThereLeavesNothing) {
  fill();
  const ProgramRun done = run(first_, {"storage", "export", folder_ / "no/export"});
  EXPECT_EQ(done.exit_code, EX_CANTCREAT);
  EXPECT_THAT(done.err, HasSubstr("temporary file: No such file or directory"));
}

TEST_F(StorageTransfer, CheckNamesADamagedDocumentAndGoesOn) {
  fill();
  const std::string log = folder_ / "first/log-0000000000000001";
  std::string bytes = content_of(log);
  const std::size_t at = bytes.rfind("User 2");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'u';
  write_file(log, bytes);
  const ProgramRun done = run(first_, {"storage", "check", "--json"});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  const auto report = parse_json(done.out.empty() ? done.err : done.out);
  ASSERT_TRUE(report) << done.out << done.err;
  EXPECT_THAT(report->dump(), HasSubstr(log));
}

TEST_F(StorageTransfer, MigrateOfANewStoreHasNothingToDo) {
  fill();
  const ProgramRun done = run(first_, {"storage", "migrate"});
  EXPECT_EQ(done.exit_code, EX_OK);
  EXPECT_THAT(done.out, HasSubstr("Nothing is to be done"));
}

TEST_F(StorageTransfer, WithoutAStoreEachCommandSaysSo) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"storage", "export", file_}, {"storage", "check"}, {"storage", "migrate"}}) {
    const ProgramRun done = run(second_, words);
    EXPECT_EQ(done.exit_code, EX_UNAVAILABLE) << done.out;
    EXPECT_THAT(done.err, HasSubstr("storage init"));
  }
  EXPECT_FALSE(fs::exists(file_));
}

}  // namespace
}  // namespace masterkey2
