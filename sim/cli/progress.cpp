#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace reformsim::cli {

namespace {

constexpr std::chrono::milliseconds kBetweenDraws{200};
constexpr double kShareForEstimate = 0.02;  // before that an estimate of the time left jumps about

}  // namespace

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::stage(const std::string& text) {
  if (quiet_) return;
  clear();
  const std::lock_guard lock(mutex_);
  stage_ = text;
  done_ = 0;
  begun_ = Time::now();
  drawn_at_ = begun_ - kBetweenDraws;
  if (!terminal_) fmt::print(stderr, "{}\n", text);
}

void Progress::share(double done) {
  if (quiet_ || !terminal_) return;
  const std::lock_guard lock(mutex_);
  done_ = std::max(done_, std::min(done, 1.0));  // threads may report out of order
  const auto now = Time::now();
  if (now - drawn_at_ < kBetweenDraws) return;
  drawn_at_ = now;
  drawn_ = true;
  std::string left;
  if (done_ >= kShareForEstimate) {
    const double elapsed = std::chrono::duration<double>(now - begun_).count();
    left = fmt::format(", about {} left", duration_text(elapsed * (1 - done_) / done_));
  }
  fmt::print(stderr, "\r{}: {:.0f}%{}\033[K", stage_, std::floor(100 * done_), left);
  std::fflush(stderr);
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  drawn_ = false;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace reformsim::cli
