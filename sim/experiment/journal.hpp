// What has been finished of a sweep, on disk. While a sweep lasts the journals are the truth and
// sweep.h5 is written from them: an append-only file for each process (the whole sweep, a shard, a
// rank), each record under a checksum and written with one call, on the disk within a second. After
// a kill or a power loss the unfinished record at the end is cut off; nothing else can be lost, and
// nothing is half there.
//
// Layout, little-endian: header {magic, plan digest (32 characters), checksum}; then records {size,
// Unit header, values or reason, checksum}. Read by the program that wrote it and by nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace reformsim {

// All scenarios of one point and one replicate, finished together: what is paired cannot be torn
// apart.
struct UnitResult {
  std::uint32_t point = 0, replicate = 0;
  std::uint64_t point_digest = 0;  // of the point's values
  double seconds = 0;
  std::string reason{};          // of a failure; empty when it was done
  std::vector<double> values{};  // [scenario][measure][year]; empty when it failed
  bool failed() const { return !reason.empty(); }
};

class Journal {
 public:
  // Opens or begins the file and cuts off an unfinished record. RunError when another process
  // writes it and does not end within `patience`, when it belongs to another plan, when it is
  // damaged elsewhere than at its end, or when the disk fails.
  Journal(const std::string& path, const std::string& plan_digest,
          std::chrono::milliseconds patience = std::chrono::seconds(20));
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void append(const UnitResult& result);  // from any thread; RunError when the disk is full
  void sync();                            // what was appended is on the disk

 private:
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

// Where a record stands, so that results can be brought into order without holding them.
struct RecordPlace {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
};

// Calls `record` for each finished record of a journal that is perhaps being written by another
// process; what is unfinished at its end is passed over. RunError when it belongs to another plan
// or is damaged. While others write, only what can be read as it stands is asked for: on a shared
// disk the latest bytes of another node may come out of order. What is `settled` has to be sound.
void scan_journal(const std::string& path, const std::string& plan_digest, bool settled,
                  const std::function<void(const UnitResult&, const RecordPlace&)>& record);

// One record again.
class JournalReader {
 public:
  explicit JournalReader(std::string path);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;
  UnitResult read(const RecordPlace& place) const;

 private:
  std::string path_;
  int descriptor_ = -1;
};

// The journals in a folder, in the order of their names.
std::vector<std::string> journals_in(const std::string& directory);

}  // namespace reformsim
