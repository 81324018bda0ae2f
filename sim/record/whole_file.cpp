#include "record/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"

namespace reformsim {

std::string plain_reason(int reason) {
  switch (reason) {
    case ENOSPC:
      return "the disk is full";
    case EDQUOT:
      return "the disk quota is used up";
    case EFBIG:
      return "the file would be larger than is allowed here";
    case EACCES:
    case EPERM:
      return "no permission to write in this folder";
    case EROFS:
      return "the folder is read-only";
    case ENOENT:
      return "the folder does not exist";
    case ENOTDIR:
      return "a part of the path is a file, not a folder";
    case ENAMETOOLONG:
      return "the name is too long";
    default:
      return std::generic_category().message(reason);
  }
}

std::string target_of(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code none;
  std::string target = path;
  // What the path leads to is replaced, not the link itself.
  if (fs::is_symlink(path, none)) {
    const fs::path real = fs::weakly_canonical(path, none);
    if (!none) target = real.string();
  }
  const fs::file_status status = fs::status(target, none);
  if (fs::is_directory(status))
    throw RunError(fmt::format("{}: cannot be written: it is a folder", path));
  // Replacing a device such as /dev/null by a file would harm the machine.
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw RunError(fmt::format("{}: cannot be written: it is not a plain file", path));
  return target;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

WholeFile::WholeFile(std::string path) : path_(std::move(path)), target_(target_of(path_)) {
  temporary_ = target_ + ".partial-XXXXXX";
  descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    temporary_.clear();
    fail(errno);
  }
  // mkostemp makes private files; the result gets the rights of any other new file.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  mode_t rights = 0666 & ~mask;
  // A file that is replaced keeps its own: somebody may have closed it to others.
  struct stat old = {};
  if (::stat(target_.c_str(), &old) == 0) rights = old.st_mode & 0777;
  if (::fchmod(descriptor_, rights) != 0) fail(errno);
}

WholeFile::~WholeFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void WholeFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void WholeFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t taken =
        ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (taken < 0 && errno == EINTR) continue;
    if (taken <= 0) throw RunError(fmt::format("{}: cannot be read back", path_));
    bytes = bytes.subspan(static_cast<std::size_t>(taken));
    offset += static_cast<std::uint64_t>(taken);
  }
}

void WholeFile::commit() {
  // Some file systems report a full disk only here.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) fail(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  sync_folder_of(target_);
}

void WholeFile::fail(int reason) {
  // The constructor fails without a destructor to follow.
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  throw RunError(fmt::format("{}: cannot be written: {}", path_, plain_reason(reason)));
}

}  // namespace reformsim
