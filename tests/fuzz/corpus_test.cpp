// Every test run feeds the corpora, which hold what once was found, to the fuzz targets.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {

/// How a test's name shows its parameter.
static void PrintTo(const FuzzTarget& target, std::ostream* out) { *out << target.name; }

namespace {

namespace fs = std::filesystem;

Bytes read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class FuzzCorpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzCorpus, BreaksNoProperty) {
  const fs::path folder = fs::path(MASTERKEY2_SOURCE_DIR "/tests/fuzz/corpus") / GetParam().name;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++files;
    const Bytes input = read_file(entry.path());
    EXPECT_LE(input.size(), GetParam().max_size) << entry.path();
    EXPECT_NO_THROW(GetParam().run(input)) << entry.path();
  }
  EXPECT_GT(files, 3);
}

/// Half of each file, and each file with one byte more: near what is good.
TEST_P(FuzzCorpus, BreaksNoPropertyCutOrLengthened) {
  const fs::path folder = fs::path(MASTERKEY2_SOURCE_DIR "/tests/fuzz/corpus") / GetParam().name;
  for (const auto& entry : fs::directory_iterator(folder)) {
    Bytes input = read_file(entry.path());
    EXPECT_NO_THROW(GetParam().run(ByteView(input).first(input.size() / 2))) << entry.path();
    input.push_back(0);
    EXPECT_NO_THROW(GetParam().run(input)) << entry.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus,
                         testing::ValuesIn(fuzz_targets().begin(), fuzz_targets().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(FuzzTargets, AreFoundByName) {
  ASSERT_NE(find_fuzz_target("cbor"), nullptr);
  EXPECT_EQ(find_fuzz_target("cbor")->run, fuzz_cbor);
  EXPECT_EQ(find_fuzz_target("nothing"), nullptr);
}

}  // namespace
}  // namespace masterkey2::fuzz
