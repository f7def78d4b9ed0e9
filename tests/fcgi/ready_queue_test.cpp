#include "fcgi/ready_queue.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace masterkey2 {
namespace {

constexpr std::size_t kManyWorkers = 100;

/// Connections that are told apart by a number.
ReadyConnection connection(unsigned number) {
  return {.fd = UniqueFd(eventfd(number, EFD_CLOEXEC)), .ready_at = {}};
}

unsigned number_of(const ReadyConnection& connection) {
  eventfd_t number = 0;
  EXPECT_EQ(eventfd_read(connection.fd.get(), &number), 0);
  return static_cast<unsigned>(number);
}

bool push(ReadyQueue& queue, unsigned number, const std::string& line, bool urgent = true) {
  ReadyConnection pushed = connection(number);
  const bool taken = queue.push(pushed, line, urgent);
  EXPECT_EQ(taken, pushed.fd.get() < 0);  // what is refused stays with the caller
  return taken;
}

std::vector<unsigned> emptied(ReadyQueue& queue) {
  std::vector<unsigned> numbers;
  while (queue.size() != 0) numbers.push_back(number_of(*queue.pop()));
  return numbers;
}

TEST(ReadyQueue, KeepsTheOrderOfALine) {
  ReadyQueue queue(10, kManyWorkers);
  for (unsigned i = 1; i <= 5; ++i) EXPECT_TRUE(push(queue, i, "a"));
  EXPECT_EQ(emptied(queue), (std::vector<unsigned>{1, 2, 3, 4, 5}));
}

TEST(ReadyQueue, LetsLinesTakeTurns) {
  ReadyQueue queue(20, kManyWorkers);
  for (unsigned i = 1; i <= 4; ++i) EXPECT_TRUE(push(queue, i, "a"));
  EXPECT_TRUE(push(queue, 11, "b"));
  EXPECT_TRUE(push(queue, 12, "b"));
  EXPECT_TRUE(push(queue, 21, "c"));
  EXPECT_EQ(emptied(queue), (std::vector<unsigned>{1, 11, 21, 2, 12, 3, 4}));
}

TEST(ReadyQueue, LetsALineThatComesBackWaitForItsTurn) {
  ReadyQueue queue(20, kManyWorkers);
  for (unsigned i = 1; i <= 3; ++i) EXPECT_TRUE(push(queue, i, "a"));
  EXPECT_TRUE(push(queue, 11, "b"));
  EXPECT_EQ(number_of(*queue.pop()), 1U);
  EXPECT_EQ(number_of(*queue.pop()), 11U);
  EXPECT_TRUE(push(queue, 12, "b"));
  EXPECT_EQ(emptied(queue), (std::vector<unsigned>{2, 12, 3}));
}

TEST(ReadyQueue, KeepsRoomForOthersFromALongLine) {
  ReadyQueue queue(8, kManyWorkers);
  unsigned taken = 0;
  while (push(queue, 1, "a")) ++taken;
  EXPECT_EQ(taken, 5U);  // of the sixth, four places are left
  EXPECT_TRUE(push(queue, 2, "b"));
  EXPECT_TRUE(push(queue, 3, "b"));
  EXPECT_FALSE(push(queue, 4, "b"));
  EXPECT_TRUE(push(queue, 5, "c"));
  EXPECT_FALSE(push(queue, 6, "d"));  // full
  EXPECT_EQ(queue.size(), 8U);
}

TEST(ReadyQueue, RefusesFirstWhatIsNotUrgent) {
  ReadyQueue queue(12, kManyWorkers);
  unsigned taken = 0;
  while (push(queue, 1, "a", false)) ++taken;
  EXPECT_EQ(taken, 4U);  // for a fifth twelve would have to be left
  for (unsigned i = 0; i < 3; ++i) EXPECT_TRUE(push(queue, 2, "a", true));
  EXPECT_FALSE(push(queue, 3, "a", true));
  EXPECT_FALSE(push(queue, 4, "a", false));
  EXPECT_TRUE(push(queue, 6, "b", false));  // what others have begun does not close this line
}

TEST(ReadyQueue, LeavesAQuarterOfTheWorkersToOtherLines) {
  ReadyQueue queue(100, 16);
  for (unsigned i = 1; i <= 20; ++i) EXPECT_TRUE(push(queue, i, "a"));
  for (unsigned i = 1; i <= 12; ++i) EXPECT_EQ(number_of(*queue.pop()), i);
  for (unsigned i = 31; i <= 35; ++i) EXPECT_TRUE(push(queue, i, "b"));
  for (unsigned i = 31; i <= 34; ++i) EXPECT_EQ(number_of(*queue.pop()), i);
  EXPECT_EQ(number_of(*queue.pop("a")), 13U);  // who waits for a worker keeps his turn
  EXPECT_EQ(number_of(*queue.pop("b")), 35U);
  EXPECT_EQ(queue.size(), 7U);
}

TEST(ReadyQueue, LeavesOneWorkerToOtherLinesWhereThereAreFew) {
  EXPECT_EQ(workers_of_a_line(1), 1U);  // else nobody would be served
  EXPECT_EQ(workers_of_a_line(2), 1U);
  EXPECT_EQ(workers_of_a_line(4), 3U);
  EXPECT_EQ(workers_of_a_line(7), 6U);
  EXPECT_EQ(workers_of_a_line(8), 6U);
  EXPECT_EQ(workers_of_a_line(256), 192U);
}

TEST(ReadyQueue, GivesALineTheNextWorkerOnceItHasOneLess) {
  ReadyQueue queue(100, 2);
  EXPECT_TRUE(push(queue, 1, "a"));
  EXPECT_TRUE(push(queue, 2, "a"));
  EXPECT_EQ(queue.pop()->line, "a");
  EXPECT_EQ(number_of(*queue.pop("a")), 2U);
  EXPECT_TRUE(push(queue, 3, "a"));
  std::thread second([&] { EXPECT_EQ(number_of(*queue.pop()), 11U); });
  EXPECT_TRUE(push(queue, 11, "b"));  // while the third has to wait
  second.join();
  EXPECT_EQ(number_of(*queue.pop("a")), 3U);
}

TEST(ReadyQueue, LetsTheLineWithoutANameHaveAllWorkers) {
  ReadyQueue queue(100, 8);
  for (unsigned i = 1; i <= 8; ++i) EXPECT_TRUE(push(queue, i, ""));
  for (unsigned i = 1; i <= 8; ++i) EXPECT_EQ(number_of(*queue.pop()), i);
}

TEST(ReadyQueue, ServesALineAlsoWithOneWorker) {
  ReadyQueue queue(100, 1);
  EXPECT_TRUE(push(queue, 1, "a"));
  EXPECT_EQ(number_of(*queue.pop()), 1U);
}

TEST(ReadyQueue, IsCrowdedWhileHardlyAnyWorkerIsFree) {
  ReadyQueue queue(100, 4);
  EXPECT_TRUE(queue.is_crowded(16));
  std::vector<std::thread> workers;
  for (int i = 0; i < 2; ++i) {
    workers.emplace_back([&] {
      while (queue.pop()) {
      }
    });
  }
  while (queue.is_crowded(16)) std::this_thread::yield();  // one of the two would not do
  EXPECT_TRUE(queue.is_crowded(0));                        // as many wait
  queue.close();
  for (std::thread& worker : workers) worker.join();
}

TEST(ReadyQueue, GivesOutWhatWaitsOnceItIsClosed) {
  ReadyQueue queue(4, kManyWorkers);
  EXPECT_TRUE(push(queue, 1, "a"));
  queue.close();
  EXPECT_FALSE(push(queue, 2, "a"));
  EXPECT_EQ(number_of(*queue.pop()), 1U);
  EXPECT_FALSE(queue.pop());
}

TEST(ReadyQueue, GivesOutWhatWaitsOnceItIsClosedWhoeverHasTheWorkers) {
  ReadyQueue queue(4, 1);
  EXPECT_TRUE(push(queue, 1, "a"));
  EXPECT_TRUE(push(queue, 2, "a"));
  queue.close();
  EXPECT_EQ(number_of(*queue.pop()), 1U);
  EXPECT_EQ(number_of(*queue.pop()), 2U);  // the first one is not ended
}

TEST(ReadyQueue, WakesAWorkerForEachThatWaits) {
  constexpr int kWorkers = 4;
  ReadyQueue queue(2 * kWorkers, kManyWorkers);
  std::latch all_at_work(kWorkers);  // none ends its work before
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&] {
      ASSERT_TRUE(queue.pop());
      all_at_work.arrive_and_wait();
    });
  }
  for (unsigned i = 0; i < kWorkers; ++i) EXPECT_TRUE(push(queue, i, "a"));
  for (std::thread& worker : workers) worker.join();
}

TEST(ReadyQueue, LosesNothingBetweenWorkersThatComeAndGo) {
  constexpr unsigned kConnections = 2'000;
  ReadyQueue queue(8, kManyWorkers);
  std::atomic<unsigned> taken = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      std::string line;
      while (auto next = queue.pop(line)) {
        line = next->line;
        ++taken;
      }
    });
  }
  for (unsigned i = 0; i < kConnections; ++i) {
    ReadyConnection pushed = connection(i);
    while (!queue.push(pushed, "a", true)) std::this_thread::yield();
  }
  while (queue.size() != 0) std::this_thread::yield();
  queue.close();
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(taken, kConnections);
}

}  // namespace
}  // namespace masterkey2
