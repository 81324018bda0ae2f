// Journals: what was finished comes back bit for bit, whatever happened to the end of the file; a
// file that is damaged elsewhere, belongs to another plan or is in use is refused.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "experiment/journal.hpp"
#include "support/folder.hpp"

using namespace reformsim;
using support::Folder;
namespace fs = std::filesystem;

namespace {

const std::string kDigest = "0123456789abcdef0123456789abcdef";
constexpr std::size_t kHeader = 16 + 32 + 8, kRecord = 32 + 8;  // without the values

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

double bits(std::uint64_t value) { return std::bit_cast<double>(value); }

UnitResult done(std::uint32_t point, std::uint32_t replicate, std::vector<double> values) {
  UnitResult result;
  result.point = point;
  result.replicate = replicate;
  result.point_digest = 77u + point;
  result.seconds = 0.25;
  result.values = std::move(values);
  return result;
}

UnitResult failed(std::uint32_t point, const std::string& reason) {
  UnitResult result = done(point, 0, {});
  result.reason = reason;
  return result;
}

bool same(const UnitResult& a, const UnitResult& b) {
  return a.point == b.point && a.replicate == b.replicate && a.point_digest == b.point_digest &&
         a.seconds == b.seconds && a.reason == b.reason && a.values.size() == b.values.size() &&
         (a.values.empty() ||
          std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(double)) == 0);
}

// Three results of equal size.
std::vector<UnitResult> three() {
  return {done(0, 0, {1, 2, 3}), done(1, 0, {4, 5, 6}), done(2, 0, {7, 8, 9})};
}

void write(const std::string& path, const std::vector<UnitResult>& results) {
  Journal journal(path, kDigest);
  for (const UnitResult& result : results) journal.append(result);
}

std::vector<UnitResult> scanned(const std::string& path, bool settled) {
  std::vector<UnitResult> known;
  scan_journal(path, kDigest, settled,
               [&](const UnitResult& result, const RecordPlace&) { known.push_back(result); });
  return known;
}

// Opened for writing again.
std::vector<UnitResult> reopened(const std::string& path) {
  { const Journal journal(path, kDigest); }
  return scanned(path, true);
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const RunError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("what was finished comes back bit for bit") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  const std::vector<UnitResult> all = {
      done(3, 4000000000u,
           {0.1, -0.0, bits(1), std::numeric_limits<double>::max(), bits(0x7ff8000000000123),
            bits(0xfff8deadbeef0001), bits(0x7ff0000000000001),  // NaNs with a payload
            -std::numeric_limits<double>::infinity()}),
      failed(9, "reform: \"Grüße\" in\ntwo lines"), done(5, 1, {}), failed(6, "x")};
  {
    Journal journal(path, kDigest);
    for (const UnitResult& result : all) journal.append(result);
    journal.sync();
    SECTION("while it is written") { CHECK(scanned(path, false).size() == all.size()); }
  }
  for (const auto& known : {reopened(path), scanned(path, true), scanned(path, false)}) {
    REQUIRE(known.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(same(known[i], all[i]));
  }
  CHECK(failed(6, "x").failed());
  CHECK_FALSE(scanned(path, true)[2].failed());  // done, though it has no values

  // Each record again by its place, in any order.
  std::vector<RecordPlace> places;
  scan_journal(path, kDigest, true,
               [&](const UnitResult&, const RecordPlace& place) { places.push_back(place); });
  const JournalReader reader(path);
  for (std::size_t i = all.size(); i-- > 0;) CHECK(same(reader.read(places[i]), all[i]));
  CHECK_THROWS_AS(reader.read({places[1].offset + 1, places[1].size}), RunError);
}

TEST_CASE("a record torn at any byte is cut off, and what stood before it is kept") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  const std::string whole = bytes_of(path);
  const std::size_t record = kRecord + 3 * sizeof(double);
  REQUIRE(whole.size() == kHeader + 3 * record);
  const std::string kept = whole.substr(0, kHeader + 2 * record);
  for (std::size_t size = kept.size(); size < whole.size(); ++size) {
    CAPTURE(size);
    put(path, whole.substr(0, size));
    REQUIRE(scanned(path, true).size() == 2);
    REQUIRE(bytes_of(path).size() == size);  // reading changes nothing
    const std::vector<UnitResult> known = reopened(path);
    REQUIRE(known.size() == 2);
    REQUIRE(same(known[1], three()[1]));
    REQUIRE(bytes_of(path) == kept);
  }
  // The next one stands where the torn one began.
  put(path, whole.substr(0, whole.size() - 1));
  write(path, {three()[2]});
  CHECK(bytes_of(path) == whole);
}

TEST_CASE("a journal that was killed while it began is begun again") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, {});
  const std::string header = bytes_of(path);
  REQUIRE(header.size() == kHeader);
  for (std::size_t size = 0; size <= kHeader; ++size) {
    CAPTURE(size);
    put(path, header.substr(0, size));
    REQUIRE(scanned(path, true).empty());
    REQUIRE(reopened(path).empty());
    REQUIRE(bytes_of(path) == header);
  }
}

TEST_CASE("zeros at the end, as a power loss leaves them, are cut off") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  const std::string whole = bytes_of(path);
  const std::size_t record = kRecord + 3 * sizeof(double);
  for (const std::size_t from : {whole.size(), whole.size() - 1, whole.size() - record + 4,
                                 whole.size() - record, kHeader + 10}) {
    CAPTURE(from);
    for (const std::size_t count : {1u, 3u, 8u, 4096u, 100000u}) {
      put(path, whole.substr(0, from) + std::string(count, '\0'));
      const std::size_t kept = (from - kHeader) / record;
      REQUIRE(scanned(path, true).size() == kept);
      REQUIRE(reopened(path).size() == kept);
      REQUIRE(bytes_of(path) == whole.substr(0, kHeader + kept * record));
    }
  }
  put(path, std::string(5000, '\0'));  // only the length came to the disk
  CHECK(reopened(path).empty());
  CHECK(bytes_of(path) == whole.substr(0, kHeader));
}

TEST_CASE("a flipped bit before the last record is refused with its place, at every byte") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  const std::string whole = bytes_of(path);
  const std::size_t record = kRecord + 3 * sizeof(double);
  for (std::size_t at = 0; at < whole.size() - record; ++at) {
    CAPTURE(at);
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    put(path, bytes);
    const std::string by_writer = refusal([&] { reopened(path); }),
                      by_reader = refusal([&] { scanned(path, true); });
    CHECK(by_writer == by_reader);
    if (at < 16)
      REQUIRE(by_writer == path + ": this is not a journal of a sweep");
    else if (at < kHeader)
      REQUIRE_THAT(by_writer, Catch::StartsWith(path + ": damaged in its first 56 bytes"));
    else
      REQUIRE_THAT(
          by_writer,
          Catch::StartsWith(path + ": damaged at byte " +
                            std::to_string(kHeader + (at - kHeader) / record * record) +
                            ", and sound again at byte " +
                            std::to_string(kHeader + ((at - kHeader) / record + 1) * record)));
    REQUIRE(bytes_of(path) == bytes);  // nothing was cut off
    // Whoever only looks on while others write takes what can be read.
    if (at >= kHeader) REQUIRE(scanned(path, false).size() == (at - kHeader) / record);
  }
  // Behind it nothing sound follows: it is an end like any other.
  std::string bytes = whole;
  bytes[whole.size() - record + 40] ^= 1;
  put(path, bytes);
  CHECK(reopened(path).size() == 2);
}

TEST_CASE("a journal whose first page was lost is not begun again") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  std::string bytes = bytes_of(path);
  bytes.replace(0, kHeader, kHeader, '\0');
  put(path, bytes);
  CHECK_THAT(refusal([&] { reopened(path); }), Catch::Contains("sound again at byte 56"));
  CHECK(bytes_of(path) == bytes);
}

TEST_CASE("the journal of another plan, and what is no journal, is refused") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  std::string other = kDigest;
  other[5] = 'x';
  CHECK(refusal([&] { Journal(path, other); }) ==
        path + ": this journal belongs to another experiment");
  CHECK(refusal([&] { scan_journal(path, other, false, [](const auto&, const auto&) {}); }) ==
        path + ": this journal belongs to another experiment");
  put(path, "x: 1\n");
  CHECK(refusal([&] { reopened(path); }) == path + ": this is not a journal of a sweep");
  CHECK(bytes_of(path) == "x: 1\n");
  CHECK_THAT(refusal([&] { reopened(folder / "none/sweep.journal"); }),
             Catch::Contains("cannot be written"));
  CHECK_THAT(refusal([&] { scanned(folder / "none.journal", true); }),
             Catch::Contains("cannot be read"));
}

TEST_CASE("a journal that another process writes is refused, and read all the same") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  write(path, three());
  int ready[2], end[2];
  REQUIRE((::pipe(ready) == 0 && ::pipe(end) == 0));
  const pid_t child = ::fork();
  if (child == 0) {
    char c = 0;
    const int descriptor = ::open(path.c_str(), O_RDWR);
    const bool locked = ::flock(descriptor, LOCK_EX) == 0;
    ::close(end[1]);
    if (!locked || ::write(ready[1], "x", 1) != 1 || ::read(end[0], &c, 1) != 0) ::_exit(1);
    ::_exit(0);
  }
  REQUIRE(child > 0);
  ::close(end[0]);
  char c = 0;
  REQUIRE(::read(ready[0], &c, 1) == 1);
  const std::string said = refusal([&] { Journal(path, kDigest, std::chrono::milliseconds(150)); });
  const std::size_t seen = scanned(path, false).size();
  ::close(end[1]);
  int status = 1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  ::close(ready[0]), ::close(ready[1]);
  CHECK(status == 0);
  CHECK(said == path + ": another process is writing this part of the sweep");
  CHECK(seen == 3);
  CHECK(reopened(path).size() == 3);  // it is free again
}

TEST_CASE("a journal can be read at any moment while many threads write it") {
  const Folder folder;
  const std::string path = folder / "sweep.journal";
  constexpr std::uint32_t kThreads = 4, kEach = 300;
  {
    Journal journal(path, kDigest);
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (std::uint32_t i = 0; i < kEach; ++i)
          journal.append(done(t, i, std::vector<double>(1 + (t * 7 + i) % 50, t * 1000.0 + i)));
      });
    std::size_t seen = 0;
    while (seen < kThreads * kEach) {
      std::size_t now = 0;
      scan_journal(path, kDigest, true, [&](const UnitResult& result, const RecordPlace&) {
        ++now;
        REQUIRE(result.values[0] == result.point * 1000.0 + result.replicate);
      });
      REQUIRE(now >= seen);
      seen = now;
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::vector<std::uint32_t> next(kThreads, 0);
  for (const UnitResult& result : reopened(path)) CHECK(result.replicate == next[result.point]++);
  for (const std::uint32_t count : next) CHECK(count == kEach);
}

TEST_CASE("journals are found by their names, in order") {
  const Folder folder;
  for (const char* name : {"b.journal", "a.journal", "c.journal.old", "plan.yaml"})
    put(folder / name, "");
  CHECK(journals_in(folder.path.string()) ==
        std::vector<std::string>{folder / "a.journal", folder / "b.journal"});
  CHECK(journals_in(folder / "none").empty());
}
