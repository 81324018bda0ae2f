#include "record/checkpoint_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <type_traits>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/results_file.hpp"

namespace reformsim {

namespace {

constexpr std::string_view kKind = "reformsim checkpoint ";
constexpr std::string_view kMagic = "reformsim checkpoint 2\n";
constexpr std::size_t kSectionHead = 16;
static_assert(std::endian::native == std::endian::little, "checkpoints are written as memory is");

// What the columns of this program are; a checkpoint of other columns cannot be continued.
std::string column_list() {
  std::string list;
  for (const ColumnInfo& column : kColumnInfo)
    list += fmt::format("{} {} {} {}\n", column.name, static_cast<int>(column.entity),
                        static_cast<int>(column.type), static_cast<int>(column.width));
  return list;
}

// Values one after the other.
class Packer {
 public:
  template <class T>
  void value(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void text(std::string_view text) {
    value<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  template <class T>
  void values(const std::vector<T>& values) {
    value<std::uint64_t>(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void raw(std::span<const std::byte> bytes) {
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The way back. Whatever a length says, nothing is taken that is not there.
class Unpacker {
 public:
  explicit Unpacker(const std::string& bytes) : bytes_(bytes) {}
  bool good() const { return good_; }
  bool at_end() const { return good_ && at_ == bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  template <class T>
  T value() {
    T value{};
    if (take(sizeof(T))) std::memcpy(&value, bytes_.data() + at_ - sizeof(T), sizeof(T));
    return value;
  }
  std::string text() {
    const auto size = value<std::uint64_t>();
    return take(size) ? bytes_.substr(at_ - size, size) : std::string();
  }
  template <class T>
  std::vector<T> values() {
    const auto count = value<std::uint64_t>();
    if (count > left() / sizeof(T)) good_ = false;
    if (!good_ || !take(count * sizeof(T))) return {};
    std::vector<T> values(count);
    if (count > 0)
      std::memcpy(values.data(), bytes_.data() + at_ - count * sizeof(T), count * sizeof(T));
    return values;
  }
  void raw(std::span<std::byte> into) {
    if (take(into.size()) && !into.empty())
      std::memcpy(into.data(), bytes_.data() + at_ - into.size(), into.size());
  }

 private:
  bool take(std::uint64_t size) {
    if (!good_ || size > left()) return good_ = false;
    at_ += size;
    return true;
  }
  const std::string& bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

std::uint64_t hash_section(const std::string& bytes, std::uint64_t number) {
  return hash64(std::string_view(bytes), number + 1);
}

// The bytes a world of this shape has; nothing when the shape is absurd.
std::optional<std::size_t> world_bytes(const WorldShape& shape) {
  constexpr std::size_t kMost = std::size_t{1} << 33;  // rows
  if (shape.cohorts < 0 || shape.cohorts > 1000) return std::nullopt;
  for (const std::size_t rows : shape.rows)
    if (rows > kMost) return std::nullopt;
  std::size_t bytes = 0;
  for (const ColumnInfo& column : kColumnInfo) {
    std::size_t width = 1;
    if (column.width == Width::practices) width = kPractices;
    if (column.width == Width::ties) width = kTies;
    if (column.width == Width::groups) width = kGroups;
    if (column.width == Width::cohorts) width = static_cast<std::size_t>(shape.cohorts);
    if (column.width == Width::cohort_groups)
      width = static_cast<std::size_t>(shape.cohorts) * kGroups;
    const std::size_t size = column.type == Type::f32 || column.type == Type::i32 ? 4 : 8;
    bytes += shape.rows[static_cast<std::size_t>(column.entity)] * width * size;
  }
  return bytes;
}

void pack(Packer& to, const Recording& recording) {
  to.value<std::uint64_t>(recording.districts);
  to.value<std::uint64_t>(recording.clusters);
  to.values(recording.year);
  to.values(recording.system);
  to.values(recording.start);
  to.values(recording.school);
  to.values(recording.district);
  to.values(recording.cluster);
  to.values(recording.school_cluster);
  to.values(recording.school_district);
  to.values(recording.school_phase);
  to.values(recording.school_enrolment);
}

Recording unpack_recording(Unpacker& from, std::uint32_t replicate) {
  Recording recording;
  recording.replicate = replicate;
  recording.districts = from.value<std::uint64_t>();
  recording.clusters = from.value<std::uint64_t>();
  recording.year = from.values<double>();
  recording.system = from.values<double>();
  recording.start = from.values<float>();
  recording.school = from.values<float>();
  recording.district = from.values<float>();
  recording.cluster = from.values<float>();
  recording.school_cluster = from.values<std::int32_t>();
  recording.school_district = from.values<std::int32_t>();
  recording.school_phase = from.values<std::int32_t>();
  recording.school_enrolment = from.values<float>();
  return recording;
}

// Returns how many bytes were written. The number of a section seeds its hash.
std::uint64_t write_section(WholeFile& file, const std::string& bytes, std::uint64_t number) {
  Packer head;
  head.value<std::uint64_t>(bytes.size());
  head.value<std::uint64_t>(hash_section(bytes, number));
  file.write(head.bytes());
  file.write(bytes);
  return kSectionHead + bytes.size();
}

}  // namespace

// ---- writing

CheckpointWriter::CheckpointWriter(const std::string& path, const CheckpointHeader& header)
    : path_(path), file_(path) {
  Packer packer;
  packer.text(program_version());
  packer.text(column_list());
  packer.text(header.key);
  packer.text(header.scenario);
  packer.value(header.year);
  header_ = packer.bytes();
  file_.write(kMagic);
  length_ = kMagic.size() + write_section(file_, header_, 0);
}

void CheckpointWriter::add(const Simulation::State& state, const Recording& recording) {
  Packer packer;
  packer.value<std::uint32_t>(recording.replicate);
  packer.value<std::int32_t>(state.term);
  packer.value<std::uint8_t>(state.anchored ? 1 : 0);
  const WorldShape& shape = state.world.shape();
  packer.value<std::int32_t>(shape.cohorts);
  for (const std::size_t rows : shape.rows) packer.value<std::uint64_t>(rows);
  pack(packer, recording);
  for (std::size_t c = 0; c < kColumns; ++c) packer.raw(state.world.bytes(static_cast<Column>(c)));
  const std::string& bytes = packer.bytes();
  entries_.push_back({recording.replicate, length_ + kSectionHead, bytes.size()});
  length_ += write_section(file_, bytes, entries_.size());
}

void CheckpointWriter::commit() {
  const auto by_replicate = [](const Entry& a, const Entry& b) {
    return a.replicate < b.replicate;
  };
  if (std::is_sorted(entries_.begin(), entries_.end(), by_replicate)) {
    write_section(file_, {}, entries_.size() + 1);
    file_.commit();
    return;
  }
  std::sort(entries_.begin(), entries_.end(), by_replicate);
  WholeFile sorted(path_);
  sorted.write(kMagic);
  std::uint64_t number = 0;
  write_section(sorted, header_, number++);
  std::string bytes;
  for (const Entry& entry : entries_) {
    bytes.resize(entry.size);
    file_.read(entry.at, std::as_writable_bytes(std::span(bytes)));
    write_section(sorted, bytes, number++);
  }
  write_section(sorted, {}, number);
  sorted.commit();
}

// ---- reading

CheckpointReader::CheckpointReader(const std::string& path) : path_(path) {
  const Place place{path_, 0, 0};
  std::error_code none;
  const auto status = std::filesystem::status(path_, none);
  if (!std::filesystem::exists(status)) throw InputError(place, "there is no such file");
  if (!std::filesystem::is_regular_file(status))
    throw InputError(place, "this is not a plain file");
  file_.open(path_, std::ios::binary);
  if (!file_) throw InputError(place, "the file cannot be read");
  const std::uint64_t length = std::filesystem::file_size(path_, none);

  std::string magic(kMagic.size(), '\0');
  file_.read(magic.data(), static_cast<std::streamsize>(magic.size()));
  if (magic != kMagic) {
    if (magic.starts_with(kKind))
      throw InputError(place,
                       "a checkpoint in a format that this program does not read; continue it with "
                       "the program that wrote it");
    throw InputError(place, "this is not a checkpoint of reformsim");
  }

  for (std::uint64_t at = kMagic.size();;) {
    std::string head(kSectionHead, '\0');
    file_.seekg(static_cast<std::streamoff>(at));
    if (length - at < kSectionHead || !file_.read(head.data(), kSectionHead))
      damaged("it is cut short");
    Unpacker unpacker(head);
    Section section;
    section.at = at + kSectionHead;
    section.size = unpacker.value<std::uint64_t>();
    section.hash = unpacker.value<std::uint64_t>();
    if (section.size > length - section.at) damaged("it is cut short");
    sections_.push_back(section);
    const std::string bytes = read(sections_.size() - 1);
    at = section.at + section.size;
    if (bytes.empty()) {
      if (at != length) damaged("something follows its end");
      break;
    }
    if (sections_.size() == 1) {
      Unpacker from(bytes);
      const std::string version = from.text();
      const std::string columns = from.text();
      header_.key = from.text();
      header_.scenario = from.text();
      header_.year = from.value<double>();
      if (!from.at_end()) damaged("its header makes no sense");
      if (columns != column_list())
        throw InputError(
            place,
            fmt::format("written by another version of the model (reformsim {}; this is {}): "
                        "its columns differ",
                        version, program_version()));
    } else {
      Unpacker from(bytes);
      const auto replicate = from.value<std::uint32_t>();
      if (!from.good() || has(replicate)) damaged("a replicate makes no sense");
      replicates_.push_back(replicate);
    }
  }
  if (sections_.size() < 2) damaged("it has no header");
}

void CheckpointReader::require_key(const std::string& key, const std::string& what) const {
  if (key != header_.key)
    throw InputError({path_, 0, 0},
                     "the checkpoint belongs to another run: " + what + " must be the same");
}

bool CheckpointReader::has(std::uint32_t replicate) const {
  return std::find(replicates_.begin(), replicates_.end(), replicate) != replicates_.end();
}

CheckpointReader::Entry CheckpointReader::load(std::uint32_t replicate) {
  const auto found = std::find(replicates_.begin(), replicates_.end(), replicate);
  REFORMSIM_CHECK(found != replicates_.end(), "replicate {} of {}", replicate, path_);
  const std::string bytes = read(static_cast<std::size_t>(found - replicates_.begin()) + 1);
  Unpacker from(bytes);
  Entry entry;
  from.value<std::uint32_t>();
  entry.state.term = from.value<std::int32_t>();
  entry.state.anchored = from.value<std::uint8_t>() != 0;
  WorldShape shape;
  shape.cohorts = from.value<std::int32_t>();
  for (std::size_t& rows : shape.rows) rows = from.value<std::uint64_t>();
  entry.recording = unpack_recording(from, replicate);
  // The world is made only when its bytes are known to be there.
  const auto wanted = world_bytes(shape);
  if (!from.good() || !wanted || *wanted != from.left())
    damaged("the state of a replicate makes no sense");
  entry.state.world = World(shape);
  for (std::size_t c = 0; c < kColumns; ++c)
    from.raw(entry.state.world.bytes(static_cast<Column>(c)));
  return entry;
}

std::string CheckpointReader::read(std::size_t number) {
  const Section& section = sections_[number];
  std::string bytes(section.size, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(section.at));
  if (section.size > 0 && !file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    damaged("it is cut short");
  if (hash_section(bytes, number) != section.hash) damaged("a sum over its bytes is wrong");
  return bytes;
}

void CheckpointReader::damaged(const std::string& what) const {
  throw InputError({path_, 0, 0}, "the checkpoint is damaged: " + what);
}

}  // namespace reformsim
