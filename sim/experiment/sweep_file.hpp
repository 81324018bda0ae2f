// sweep.h5: what a finished sweep is read from. Layout: sweep_file.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "experiment/plan.hpp"

namespace reformsim {

namespace hdf5 {
class Node;
}

inline constexpr const char* kSweepType = "reformsim sweep";
inline constexpr int kSweepMajor = 1, kSweepMinor = 1;

// The most that the file can come to, in bytes.
std::uint64_t sweep_file_bytes(const Plan& plan);

struct MergeOutcome {
  std::uint64_t units = 0, failed = 0;
  std::uint64_t runs = 0;  // units times scenarios
  struct {
    std::size_t point = 0, replicate = 0;
  } first_failed;
};
// Writes `path` from the journals in the folders, in the order of points and replicates, so that
// the bytes are the same whoever made the runs (but for /clock). Memory: a block of units, and some
// 30 bytes for each unit. Throws InputError with the units that are missing and which shard has to
// be run again, or that are there twice; RunError when the disk fails.
MergeOutcome write_sweep(const Plan& plan, const std::vector<std::string>& directories,
                         const std::string& path);

// What is finished of a sweep, as `replay` and `verify` need it: from sweep.h5, or from the folder
// of a sweep that is not finished, or that stopped at a failed run. Throws InputError when a file
// is not what its plan says.
class SweepFile {
 public:
  explicit SweepFile(std::string path, const FieldTable& table);
  ~SweepFile();
  const Plan& plan() const { return plan_; }
  const std::string& path() const { return path_; }
  enum class Status { not_asked, done, failed };  // not_asked: also what is not done yet
  Status status(std::size_t point, std::size_t replicate) const;
  std::string reason(std::size_t point, std::size_t replicate) const;  // of a failure
  // [scenario][measure][year] as a unit has them.
  std::vector<double> values(std::size_t point, std::size_t replicate) const;
  // Another build may give other bits.
  bool same_build() const { return same_build_; }
  const std::string& build() const { return build_; }

 private:
  void open_file(const FieldTable& table);
  void open_folder(const FieldTable& table);
  void read_failures(const hdf5::Node& root);
  void require_asked_for(const hdf5::Node& root) const;

  std::string path_, build_;
  bool same_build_ = false;
  Plan plan_;
  std::vector<std::int32_t> status_;  // 1 done, 2 failed, 0 neither
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> reasons_;
  struct Journals;
  std::unique_ptr<Journals> journals_;  // of a folder
};

// For a shell: makes a unit again. `sweep` is a sweep.h5 or a folder.
std::string replay_command(const std::string& sweep, std::size_t point, std::size_t replicate);

// What `info` prints of a sweep file: human text at 80 columns, or JSON. The plan is not read, so
// that files of other builds can be looked into.
bool is_sweep_file(const std::string& path);
std::string describe_sweep(const std::string& path, bool json);

}  // namespace reformsim
