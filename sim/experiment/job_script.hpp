// The job script of a sweep for a cluster's scheduler: an array of shards in one folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reformsim {

struct JobScript {
  std::string scheduler;             // "slurm" or "pbs"
  std::string program, plan;         // as they can be found from anywhere
  std::string directory;             // the sweep's folder, likewise
  std::string here;                  // what relative names in the options are relative to
  std::vector<std::string> options;  // further options of `sweep`, ready for a shell
  std::uint64_t shards = 1;
  int threads = 1;
};
const std::vector<std::string>& schedulers();

// No text may hold a line break.
std::string job_script(const JobScript& job);

// A text as one word of a POSIX shell.
std::string shell_word(const std::string& text);

}  // namespace reformsim
