#include "ctl/progress.hpp"

#include <unistd.h>

#include <iostream>
#include <utility>

namespace masterkey2::ctl {
namespace {

constexpr std::uint64_t kLookAtClockEvery = 256;
constexpr std::chrono::milliseconds kBarEvery{100};
constexpr std::chrono::seconds kLineEvery{10};
constexpr std::uint64_t kBarWidth = 40;

}  // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() +
            (terminal_ ? std::chrono::milliseconds(kBarEvery) : kLineEvery)) {}

Progress::~Progress() {
  if (!shown_ || !terminal_) return;
  show();
  std::cerr << "\n";
}

void Progress::step() {
  if (++done_ % kLookAtClockEvery != 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? std::chrono::milliseconds(kBarEvery) : kLineEvery);
  shown_ = true;
  show();
}

void Progress::show() {
  std::string text = what_ + ": ";
  if (total_ > 0) {
    const std::uint64_t part = done_ < total_ ? done_ : total_;
    const std::uint64_t filled = kBarWidth * part / total_;
    if (terminal_) {
      text += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
    }
    text += std::to_string(100 * part / total_) + " %, ";
  }
  text += std::to_string(done_) + " rows";
  std::cerr << (terminal_ ? "\r" + text : "masterkey2ctl: " + text + "\n") << std::flush;
}

}  // namespace masterkey2::ctl
