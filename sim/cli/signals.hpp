// SIGINT, SIGTERM, SIGHUP and SIGUSR1 ask the program to stop: the first sets a flag that the
// engine reads between terms, and what is finished is kept; the second ends the program at once.
// Both exits are 130.
#pragma once

#include <atomic>

namespace reformsim::cli {

inline constexpr int kStopped = 130;

void catch_signals();
const std::atomic<bool>& stop_requested();

}  // namespace reformsim::cli
