// A file written whole or not at all: everything goes to a temporary file beside the target, which
// takes the target's place when it is complete and on the disk. On any failure the temporary file
// is removed and the target is what it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reformsim {

// Where a file of this name is written: behind symbolic links. RunError when a folder stands there,
// or a device, which must not be replaced by a file.
std::string target_of(const std::string& path);

// Why a file could not be written: "the disk is full".
std::string plain_reason(int reason);

// A new name is on the disk only when its folder is. A file system that cannot do this is no
// failure.
void sync_folder_of(const std::string& path);

class WholeFile {
 public:
  explicit WholeFile(std::string path);  // throws RunError when the folder cannot be written
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  // What was written, back again. The bytes must be there.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;
  void commit();

 private:
  [[noreturn]] void fail(int reason);

  std::string path_;    // as the user wrote it, for messages
  std::string target_;  // behind symbolic links
  std::string temporary_;
  int descriptor_ = -1;
};

}  // namespace reformsim
