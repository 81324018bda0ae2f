// Checkpoints: the whole state of each replicate and what was recorded of it so far, to be
// continued to the same bytes by this program on this kind of machine. Not HDF5: a checkpoint is
// read by nobody else, must never crash its reader, and is checked by sums over every byte before
// one of them is believed.
//
// Layout: the line "reformsim checkpoint 2\n", then sections. A section is its length (8 bytes),
// the hash of its bytes (8 bytes, seeded with the section's number, so that sections cannot change
// places), its bytes. Section 0 is the header, then one section per replicate, then an empty one
// that marks the end.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "engine/simulation.hpp"
#include "record/recorder.hpp"
#include "record/whole_file.hpp"

namespace reformsim {

struct CheckpointHeader {
  std::string key;  // digest of what a continuation must share with the run (the caller's choice)
  std::string scenario;  // its resolved scenario, for messages and for `info`
  double year = 0;       // where it stands
};

// Written whole or not at all, one replicate at a time, so that memory never holds more than one.
// Replicates may come in any order, as threads finish them; in the file they stand sorted, so that
// the same run makes the same bytes.
class CheckpointWriter {
 public:
  CheckpointWriter(const std::string& path, const CheckpointHeader& header);
  void add(const Simulation::State& state, const Recording& recording);
  void commit();

 private:
  struct Entry {
    std::uint32_t replicate;
    std::uint64_t at, size;  // of its bytes in the file
  };
  std::string path_;
  std::string header_;
  WholeFile file_;
  std::vector<Entry> entries_;  // in the order in which they came
  std::uint64_t length_ = 0;
};

class CheckpointReader {
 public:
  // Reads the file once through; InputError when it is not a checkpoint, is damaged or cut short,
  // or was written by a program whose columns differ from this one's.
  explicit CheckpointReader(const std::string& path);

  const CheckpointHeader& header() const { return header_; }
  // InputError unless the checkpoint was written under this key; `what` says in words what must be
  // shared.
  void require_key(const std::string& key, const std::string& what) const;

  const std::vector<std::uint32_t>& replicates() const { return replicates_; }
  bool has(std::uint32_t replicate) const;

  struct Entry {
    Simulation::State state;
    Recording recording;
  };
  Entry load(std::uint32_t replicate);  // must be there

 private:
  struct Section {
    std::uint64_t at = 0, size = 0, hash = 0;
  };
  std::string read(std::size_t number);
  [[noreturn]] void damaged(const std::string& what) const;

  std::string path_;
  std::ifstream file_;
  CheckpointHeader header_;
  std::vector<Section> sections_;
  std::vector<std::uint32_t> replicates_;
};

}  // namespace reformsim
