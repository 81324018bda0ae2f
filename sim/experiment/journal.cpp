#include "experiment/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/whole_file.hpp"

namespace reformsim {
namespace {

static_assert(std::endian::native == std::endian::little, "journals are written as memory stands");

constexpr char kMagic[16] = "reformsim sweep";
constexpr std::size_t kDigest = 32;
constexpr std::size_t kHeader = sizeof kMagic + kDigest + sizeof(std::uint64_t);
constexpr auto kSyncEvery = std::chrono::milliseconds(500);
constexpr std::uint32_t kMostBytes = 1u << 30;  // of a record: more is damage
constexpr const char* kMoveAway =
    "without this file its runs are made again (move it away and give the same sweep command)";

// What every record begins with.
struct RecordHead {
  std::uint32_t size = 0;  // of the whole record
  std::uint32_t point = 0, replicate = 0;
  std::uint32_t failed = 0;
  std::uint64_t point_digest = 0;
  double seconds = 0;
};
static_assert(sizeof(RecordHead) == 32);

template <class T>
void put(std::string& bytes, const T* from, std::size_t count = 1) {
  bytes.append(reinterpret_cast<const char*>(from), count * sizeof(T));
}

std::string header_of(const std::string& plan_digest) {
  std::string bytes(kMagic, sizeof kMagic);
  bytes += plan_digest;
  bytes.resize(sizeof kMagic + kDigest);
  const std::uint64_t sum = hash64(bytes);
  put(bytes, &sum);
  return bytes;
}

std::string bytes_of(const UnitResult& result) {
  RecordHead head;
  head.point = result.point;
  head.replicate = result.replicate;
  head.failed = result.failed() ? 1 : 0;
  head.point_digest = result.point_digest;
  head.seconds = result.seconds;
  const std::size_t body =
      result.failed() ? result.reason.size() : result.values.size() * sizeof(double);
  head.size = static_cast<std::uint32_t>(sizeof head + body + sizeof(std::uint64_t));
  std::string bytes;
  put(bytes, &head);
  if (result.failed())
    bytes += result.reason;
  else
    put(bytes, result.values.data(), result.values.size());
  const std::uint64_t sum = hash64(bytes);
  put(bytes, &sum);
  return bytes;
}

// Nothing when the bytes are no whole, sound record.
std::optional<UnitResult> result_of(std::string_view bytes) {
  RecordHead head;
  if (bytes.size() < sizeof head + sizeof(std::uint64_t)) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.size != bytes.size()) return std::nullopt;
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  if (hash64(bytes.substr(0, bytes.size() - sizeof sum)) != sum) return std::nullopt;
  UnitResult result;
  result.point = head.point;
  result.replicate = head.replicate;
  result.point_digest = head.point_digest;
  result.seconds = head.seconds;
  const std::string_view body = bytes.substr(sizeof head, bytes.size() - sizeof head - sizeof sum);
  if (head.failed != 0) {
    result.reason = body;
  } else {
    result.values.resize(body.size() / sizeof(double));
    if (!result.values.empty())
      std::memcpy(result.values.data(), body.data(), result.values.size() * sizeof(double));
  }
  return result;
}

[[noreturn]] void fail(const std::string& path, const std::string& what, int reason) {
  throw RunError(
      fmt::format("{}: {}: {}", path, what,
                  reason == ENOSPC ? "the disk is full" : std::generic_category().message(reason)));
}

std::size_t read_at(int descriptor, const std::string& path, std::uint64_t offset, char* to,
                    std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t taken =
        ::pread(descriptor, to + done, count - done, static_cast<off_t>(offset + done));
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) fail(path, "cannot be read", errno);
    if (taken == 0) break;
    done += static_cast<std::size_t>(taken);
  }
  return done;
}

// Reads records until the end or the first that is not whole, and gives where that is. Memory: one
// record.
std::uint64_t scan(int descriptor, const std::string& path, const std::string& plan_digest,
                   std::uint64_t size,
                   const std::function<void(UnitResult, const RecordPlace&)>& record) {
  if (size == 0) return 0;
  std::string header(kHeader, '\0');
  const std::size_t got = read_at(descriptor, path, 0, header.data(), kHeader);
  const std::string expected = header_of(plan_digest);
  // Killed within its first write: nothing is lost with it.
  if (got < kHeader && expected.compare(0, got, header, 0, got) == 0) return 0;
  // So a power loss leaves a file of which only the length came to the disk.
  if (header.find_first_not_of('\0') == std::string::npos) return 0;
  if (header.compare(0, sizeof kMagic, expected, 0, sizeof kMagic) != 0)
    throw RunError(fmt::format("{}: this is not a journal of a sweep", path));
  if (std::uint64_t sum = 0;
      std::memcpy(&sum, header.data() + kHeader - sizeof sum, sizeof sum),
      sum != hash64(std::string_view(header).substr(0, kHeader - sizeof sum)))
    throw RunError(fmt::format("{}: damaged in its first {} bytes; {}", path, kHeader, kMoveAway));
  if (header != expected)
    throw RunError(fmt::format("{}: this journal belongs to another experiment", path));
  std::uint64_t at = kHeader;
  std::string bytes;
  while (at + sizeof(RecordHead) <= size) {
    std::uint32_t length = 0;
    read_at(descriptor, path, at, reinterpret_cast<char*>(&length), sizeof length);
    if (length < sizeof(RecordHead) + sizeof(std::uint64_t) || length > kMostBytes ||
        at + length > size)
      break;
    bytes.resize(length);
    if (read_at(descriptor, path, at, bytes.data(), length) < length) break;
    std::optional<UnitResult> result = result_of(bytes);
    if (!result) break;
    record(std::move(*result), {at, length});
    at += length;
  }
  return at;
}

// After a power loss the end of a file may be anything, but no sound record follows what is broken:
// where one does, the disk has lost something in between, and nobody should guess what.
void require_broken_to_the_end(int descriptor, const std::string& path, std::uint64_t from,
                               std::uint64_t size) {
  constexpr std::uint64_t kMostLooked = 64u << 20;
  const std::uint64_t count = std::min(size - from, kMostLooked);
  std::string rest(count, '\0');
  rest.resize(read_at(descriptor, path, from, rest.data(), count));
  for (std::size_t i = 1; i + sizeof(RecordHead) <= rest.size(); ++i) {
    std::uint32_t length = 0;
    std::memcpy(&length, rest.data() + i, sizeof length);
    if (length < sizeof(RecordHead) + sizeof(std::uint64_t) || length > rest.size() - i) continue;
    if (result_of(std::string_view(rest).substr(i, length)))
      throw RunError(fmt::format("{}: damaged at byte {}, and sound again at byte {}; {}", path,
                                 from, from + i, kMoveAway));
  }
}

// A scheduler may start a task again before it has got rid of the first process: that one is given
// time to end.
void lock(int descriptor, const std::string& path, std::chrono::milliseconds patience) {
  constexpr auto kPause = std::chrono::milliseconds(100);
  const auto begun = std::chrono::steady_clock::now();
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return;  // a file system without locks: nothing can be known
    if (std::chrono::steady_clock::now() - begun >= patience)
      throw RunError(fmt::format("{}: another process is writing this part of the sweep", path));
    std::this_thread::sleep_for(kPause);
  }
}

std::uint64_t size_of(int descriptor, const std::string& path) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) fail(path, "cannot be read", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

struct Journal::Writer {
  std::string path;
  int descriptor = -1;
  std::uint64_t end = 0;
  std::mutex mutex;
  std::condition_variable wake;
  bool dirty = false, stopping = false;
  int broken = 0;  // errno of a failed sync; reported at the next append or sync
  std::thread syncer;

  void write(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t written = ::pwrite(descriptor, bytes.data() + done, bytes.size() - done,
                                       static_cast<off_t>(end + done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        const int reason = written < 0 ? errno : ENOSPC;
        // What is half there goes, so that the next start finds whole records.
        if (::ftruncate(descriptor, static_cast<off_t>(end)) != 0) broken = errno;
        fail(path, "cannot be written (what was finished before is kept)", reason);
      }
      done += static_cast<std::size_t>(written);
    }
    end += bytes.size();
    dirty = true;
  }

  void keep_syncing() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      wake.wait_for(lock, kSyncEvery, [&] { return stopping; });
      if (!dirty) continue;
      dirty = false;
      lock.unlock();
      const int result = ::fdatasync(descriptor);
      lock.lock();
      if (result != 0 && errno != EINVAL) broken = errno;
    }
  }
};

Journal::Journal(const std::string& path, const std::string& plan_digest,
                 std::chrono::milliseconds patience)
    : writer_(std::make_unique<Writer>()) {
  Writer& w = *writer_;
  w.path = path;
  w.descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (w.descriptor < 0) fail(path, "cannot be written", errno);
  try {
    lock(w.descriptor, path, patience);
    const std::uint64_t size = size_of(w.descriptor, path);
    w.end = scan(w.descriptor, path, plan_digest, size, [](UnitResult, const RecordPlace&) {});
    if (w.end < size) {
      require_broken_to_the_end(w.descriptor, path, w.end, size);
      if (::ftruncate(w.descriptor, static_cast<off_t>(w.end)) != 0)
        fail(path, "cannot be written", errno);
    }
    if (w.end == 0) {
      w.write(header_of(plan_digest));
      sync_folder_of(path);
    }
  } catch (...) {
    ::close(w.descriptor);
    throw;
  }
  w.syncer = std::thread([&w] { w.keep_syncing(); });
}

Journal::~Journal() {
  Writer& w = *writer_;
  {
    const std::lock_guard lock(w.mutex);
    w.stopping = true;
  }
  w.wake.notify_all();
  w.syncer.join();
  ::fdatasync(w.descriptor);
  ::close(w.descriptor);
}

void Journal::append(const UnitResult& result) {
  const std::string bytes = bytes_of(result);
  const std::lock_guard lock(writer_->mutex);
  if (writer_->broken != 0) fail(writer_->path, "cannot be written", writer_->broken);
  writer_->write(bytes);
}

void Journal::sync() {
  const std::lock_guard lock(writer_->mutex);
  // The system tells of a failed write once, and then no more.
  if (writer_->broken != 0) fail(writer_->path, "cannot be written", writer_->broken);
  if (::fdatasync(writer_->descriptor) != 0 && errno != EINVAL)
    fail(writer_->path, "cannot be written", errno);
  writer_->dirty = false;
}

void scan_journal(const std::string& path, const std::string& plan_digest, bool settled,
                  const std::function<void(const UnitResult&, const RecordPlace&)>& record) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(path, "cannot be read", errno);
  try {
    const std::uint64_t size = size_of(descriptor, path);
    const std::uint64_t end =
        scan(descriptor, path, plan_digest, size,
             [&](UnitResult result, const RecordPlace& place) { record(result, place); });
    if (settled && end < size) require_broken_to_the_end(descriptor, path, end, size);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  ::close(descriptor);
}

JournalReader::JournalReader(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail(path_, "cannot be read", errno);
}

JournalReader::~JournalReader() { ::close(descriptor_); }

UnitResult JournalReader::read(const RecordPlace& place) const {
  std::string bytes(place.size, '\0');
  bytes.resize(read_at(descriptor_, path_, place.offset, bytes.data(), bytes.size()));
  std::optional<UnitResult> result = result_of(bytes);
  if (!result) throw RunError(fmt::format("{}: damaged at byte {}", path_, place.offset));
  return std::move(*result);
}

std::vector<std::string> journals_in(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none))
    if (entry.path().extension() == ".journal") found.push_back(entry.path().generic_string());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace reformsim
