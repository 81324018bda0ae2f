// How far a long job is, on stderr: one line that is rewritten on a terminal, with the time left;
// one line for each stage elsewhere; nothing when quiet.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace reformsim::cli {

class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void stage(const std::string& text);
  void share(double done);  // 0..1 of the present stage; from any thread
  void clear();             // leaves an empty line on a terminal

 private:
  using Time = std::chrono::steady_clock;
  bool quiet_;
  bool terminal_;
  std::mutex mutex_;
  std::string stage_;
  double done_ = 0;
  bool drawn_ = false;
  Time::time_point begun_, drawn_at_;
};

// "12 s", "3 min 20 s", "2 h 5 min".
std::string duration_text(double seconds);

}  // namespace reformsim::cli
