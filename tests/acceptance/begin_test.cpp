// I3: whoever has not proved anything writes nothing.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/acceptance/installation.hpp"
#include "tests/acceptance/rounds.hpp"
#include "tests/acceptance/site.hpp"

namespace masterkey2::testing {
namespace {

TEST(Begin, AHundredThousandOfThemDoNotGrowTheStoreByAByte) {
  Installation installation;
  installation.start(1);
  Site site(installation.socket(0), installation.api_key());
  const std::string session = member(site.session_token(), "session_token");
  const std::string user = member(site.user_token("alice"), "user_token");
  const std::uintmax_t before = installation.store_size();

  constexpr unsigned kThreads = 4;
  const unsigned each = rounds("MASTERKEY2_BEGIN_ROUNDS", 100'000) / kThreads;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Site own(installation.socket(0), installation.api_key());
      for (unsigned n = 0; n < each; ++n) {
        const Answer answer = i == 0   ? own.begin_registration(user)
                              : i == 1 ? own.session_token()
                                       : own.begin_authentication(session);
        ASSERT_EQ(answer.status, 200) << answer.body.dump();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(installation.store_size(), before);
}

}  // namespace
}  // namespace masterkey2::testing
