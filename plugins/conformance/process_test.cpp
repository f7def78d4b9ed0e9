// Several processes on one store: killed at any moment, and racing for the same claims.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

constexpr const char* kRounds = "8";

class ProcessContract : public ContractTest {
 protected:
  void SetUp() override {
    if ((descriptor().capabilities & kMultiProcess) == 0) GTEST_SKIP() << "not kMultiProcess";
  }
  /// Runs this program as the torture, which fails with a sentence on stderr.
  [[nodiscard]] static int torture(const std::string& mode) {
    const Backend& backend = Backend::chosen();
    std::vector<std::string> words = {"/proc/self/exe", "--rounds",     kRounds,
                                      "--mode",         mode,           "--plugin",
                                      backend.name,     "--plugin-dir", backend.plugin_dir};
    for (const auto& [key, value] : backend.options) {
      words.emplace_back("--option");
      words.push_back(std::string(key).append("=").append(value));
    }
    if (!backend.prepare.empty()) words.insert(words.end(), {"--prepare", backend.prepare});
    std::vector<char*> list;
    list.reserve(words.size() + 1);
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
      ::dup2(nowhere, STDOUT_FILENO);
      ::execv(list[0], list.data());
      std::_Exit(127);
    }
    int status = -1;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
};

TEST_F(ProcessContract, P3KilledProcessesLoseNothingThatWasAcknowledged) {
  EXPECT_EQ(torture("kill"), 0);
}

TEST_F(ProcessContract, P5OfProcessesThatRaceOneWins) { EXPECT_EQ(torture("race"), 0); }

}  // namespace
}  // namespace masterkey2::testing
