#include "cli/signals.hpp"

#include <signal.h>
#include <unistd.h>

namespace reformsim::cli {

namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

void on_signal(int) {
  if (stop.exchange(true)) _exit(kStopped);
}

}  // namespace

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags =
      SA_RESTART;  // a file that is being written is not cut short by the first signal
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  // A terminal that is closed ends a run like any other request, unless nohup asked to go on.
  struct sigaction before = {};
  if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction(SIGHUP, &action, nullptr);
  // A reader that goes away (`reformsim schema | head`) shows as a failed write, not as a silent
  // death.
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  // A limit on the size of files, likewise: the write fails, and the message says why.
  sigaction(SIGXFSZ, &ignore, nullptr);
}

const std::atomic<bool>& stop_requested() { return stop; }

}  // namespace reformsim::cli
