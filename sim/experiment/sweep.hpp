// A sweep: the units of a plan (points x replicates), handed out one by one to whoever is free,
// each finished one in a journal. The same command on the same folder continues where it was.
//
// Units are ordered replicate by replicate, and within a replicate with the points shuffled, so
// that a part of a sweep is a balanced part. With a precision trigger a point's replicates come in
// batches, and whether there is another is decided by what all batches before it gave, in the order
// of their replicates: never by who computed them or when.
//
// The folder: plan.yaml (the resolved plan), one *.journal for each process, sweep.h5 at the end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "experiment/plan.hpp"
#include "experiment/team.hpp"

namespace reformsim {

struct Shard {
  std::uint64_t index = 1, count = 1;  // 1-based: 3/16 is the third of sixteen
  bool whole() const { return count == 1; }
};

// The number that says to which shard a unit belongs, modulo the number of shards. It does not
// depend on how many points or replicates the plan has, so that a queued task that finds more of
// them has no other's units. With a precision trigger a point stays in one shard.
std::uint64_t shard_number(const Plan& plan, std::size_t point, std::uint32_t replicate);

struct SweepOptions {
  std::string directory;
  Shard shard;
  int threads = 0;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double)> progress;  // share of the units known so far that is done
};

// What is handed out: all scenarios of one point and one replicate.
struct Unit {
  std::uint32_t point = 0, replicate = 0;
};

struct SweepOutcome {
  std::uint64_t units = 0;    // that this part (the sweep or the shard) has
  std::uint64_t known = 0;    // of these, found finished at the start
  std::uint64_t done = 0;     // finished now, by all ranks
  std::uint64_t failed = 0;   // of all that are finished in this part
  double run_seconds = 0;     // in runs, over all threads of all ranks
  double wall_seconds = 0;    // of this process
  int threads = 1;            // of all ranks
  bool stopped = false;       // by a signal
  bool gave_up = false;       // on_failure: stop
  std::string first_failure;  // with its point and replicate; known to the first rank
  Unit first_failed;
};

// The points in the order in which they are visited.
std::vector<std::uint32_t> visiting_order(const Plan& plan);

// Whether the replicates that a point has are enough. `values`: [scenario][replicate] of the
// trigger's measure and year, failed replicates left out (NaN).
bool precise_enough(const Plan& plan, const std::vector<std::vector<double>>& values);

// Prepares the folder, or finds that it is another sweep's: InputError says what differs. Only the
// first rank is to call it.
void prepare_sweep(const Plan& plan, const std::string& directory);
// The plan of a folder. Throws InputError when there is none.
Plan plan_of(const std::string& directory, const FieldTable& table);

SweepOutcome run_sweep(const Plan& plan, const SweepOptions& options, Team& team);

}  // namespace reformsim
