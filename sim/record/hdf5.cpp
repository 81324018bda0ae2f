// Handles and writing; hdf5_reading.cpp reads.
#include "record/hdf5.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <type_traits>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/hdf5_library.hpp"
#include "record/whole_file.hpp"

namespace reformsim::hdf5 {

namespace {

// In the file everything is little-endian, whatever the machine.
template <class T>
hid_t file_type() {
  if constexpr (std::is_same_v<T, double>) return H5T_IEEE_F64LE;
  if constexpr (std::is_same_v<T, float>) return H5T_IEEE_F32LE;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_STD_I32LE;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_STD_I64LE;
  if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_STD_U32LE;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_STD_U64LE;
}

Handle text_type(std::size_t length, std::string_view where) {
  Handle type = own(H5Tcopy(H5T_C_S1), H5Tclose, where);
  ok(H5Tset_size(type.id(), length), where);
  ok(H5Tset_cset(type.id(), H5T_CSET_UTF8), where);
  ok(H5Tset_strpad(type.id(), length == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD), where);
  return type;
}

void write_attribute(hid_t object, std::string_view name, hid_t type, hid_t memory,
                     const void* value, const std::string& where) {
  const Handle space = own(H5Screate(H5S_SCALAR), H5Sclose, where);
  const Handle attribute =
      own(H5Acreate2(object, std::string(name).c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
          H5Aclose, where);
  ok(H5Awrite(attribute.id(), memory, value), where);
}

// Why the first close failed since a DiskFile was begun: small datasets are written when they are
// closed, and a destructor cannot throw. HDF5 is for one thread at a time.
std::string failed_close;

// Readers of netCDF-4 list objects and attributes in the order of their creation, if it is kept.
constexpr unsigned kOrder = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
constexpr unsigned kDeflate = 4;  // on float32 trajectories 6 gains 1% and costs twice the time

}  // namespace

// ---- handles

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    reset();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
  }
  return *this;
}

void Handle::reset() {
  if (id_ >= 0 && close_ != nullptr && close_(id_) < 0 && failed_close.empty())
    failed_close = reason();
  id_ = -1;
}

// ---- writing

void Object::word(std::string_view name, std::string_view value, std::size_t length) {
  REFORMSIM_CHECK(!value.empty() || length > 0, "{}: attribute {} is empty", where_, name);
  std::string padded(value.substr(0, length > 0 ? length : value.size()));
  if (length > 0) padded.resize(length);
  const Handle type = text_type(padded.size(), where_);
  write_attribute(handle_.id(), name, type.id(), type.id(), padded.data(), where_);
}

void Object::text(std::string_view name, const std::string& value) {
  const Handle type = text_type(H5T_VARIABLE, where_);
  const char* start = value.c_str();
  write_attribute(handle_.id(), name, type.id(), type.id(), &start, where_);
}

void Object::number(std::string_view name, double value) {
  write_attribute(handle_.id(), name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value, where_);
}
void Object::number(std::string_view name, std::int64_t value) {
  write_attribute(handle_.id(), name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value, where_);
}
void Object::number(std::string_view name, std::int32_t value) {
  write_attribute(handle_.id(), name, H5T_STD_I32LE, H5T_NATIVE_INT32, &value, where_);
}

Group Group::group(std::string_view name) {
  const std::string where = where_ + ", /" + std::string(name);
  const Handle settings = list(H5P_GROUP_CREATE, where);
  ok(H5Pset_link_creation_order(settings.id(), kOrder), where);
  ok(H5Pset_attr_creation_order(settings.id(), kOrder), where);
  ok(H5Pset_obj_track_times(settings.id(), 0), where);
  return Group(own(H5Gcreate2(handle_.id(), std::string(name).c_str(), H5P_DEFAULT, settings.id(),
                              H5P_DEFAULT),
                   H5Gclose, where),
               where);
}

Dataset Group::create(std::string_view name, std::int64_t type,
                      const std::vector<std::uint64_t>& shape,
                      const std::vector<std::uint64_t>& chunk, bool cached) {
  const std::string where = where_ + ", /" + std::string(name);
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  const Handle space =
      own(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose, where);
  const Handle settings = list(H5P_DATASET_CREATE, where);
  ok(H5Pset_attr_creation_order(settings.id(), kOrder), where);
  ok(H5Pset_obj_track_times(settings.id(), 0), where);
  const bool some = std::all_of(shape.begin(), shape.end(), [](std::uint64_t n) { return n > 0; });
  if (!chunk.empty() && some) {
    std::vector<hsize_t> cut(chunk.size());
    for (std::size_t i = 0; i < cut.size(); ++i)
      cut[i] = std::clamp<std::uint64_t>(chunk[i], 1, shape[i]);
    ok(H5Pset_chunk(settings.id(), static_cast<int>(cut.size()), cut.data()), where);
    ok(H5Pset_shuffle(settings.id()), where);
    ok(H5Pset_deflate(settings.id(), kDeflate), where);
  }
  const Handle access = list(H5P_DATASET_ACCESS, where);
  if (!cached) ok(H5Pset_chunk_cache(access.id(), 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT), where);
  return Dataset(own(H5Dcreate2(handle_.id(), std::string(name).c_str(), type, space.id(),
                                H5P_DEFAULT, settings.id(), access.id()),
                     H5Dclose, where),
                 where);
}

template <class T>
Dataset Group::variable(std::string_view name, const Scales& scales, std::span<const T> values,
                        std::vector<std::uint64_t> chunk) {
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 1;
  for (const Dataset* scale : scales) {
    const Handle space = own(H5Dget_space(scale->handle_.id()), H5Sclose, scale->where_);
    shape.push_back(static_cast<std::uint64_t>(H5Sget_simple_extent_npoints(space.id())));
    count *= shape.back();
  }
  REFORMSIM_CHECK(count == values.size(), "{}/{}: {} values for a shape of {}", where_, name,
                  values.size(), count);
  Dataset dataset = [&] {
    if constexpr (std::is_same_v<T, std::string>) {
      const Handle type = text_type(H5T_VARIABLE, where_);
      Dataset made = create(name, type.id(), shape, {});
      std::vector<const char*> starts;
      starts.reserve(values.size());
      for (const std::string& value : values) starts.push_back(value.c_str());
      if (count > 0)
        ok(H5Dwrite(made.handle_.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, starts.data()),
           made.where_);
      return made;
    } else {
      Dataset made = create(name, file_type<T>(), shape, chunk);
      if (count > 0)
        ok(H5Dwrite(made.handle_.id(), memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                    values.data()),
           made.where_);
      return made;
    }
  }();
  for (std::size_t i = 0; i < scales.size(); ++i)
    ok(H5DSattach_scale(dataset.handle_.id(), scales[i]->handle_.id(), static_cast<unsigned>(i)),
       dataset.where_);
  return dataset;
}

template <class T>
Dataset Group::variable_to_fill(std::string_view name, const Scales& scales,
                                std::vector<std::uint64_t> chunk) {
  std::vector<std::uint64_t> shape;
  for (const Dataset* scale : scales) {
    const Handle space = own(H5Dget_space(scale->handle_.id()), H5Sclose, scale->where_);
    shape.push_back(static_cast<std::uint64_t>(H5Sget_simple_extent_npoints(space.id())));
  }
  Dataset dataset = create(name, file_type<T>(), shape, chunk, false);
  for (std::size_t i = 0; i < scales.size(); ++i)
    ok(H5DSattach_scale(dataset.handle_.id(), scales[i]->handle_.id(), static_cast<unsigned>(i)),
       dataset.where_);
  return dataset;
}

template <class T>
void Dataset::fill(const std::vector<std::uint64_t>& start, const std::vector<std::uint64_t>& count,
                   std::span<const T> values) {
  const Part part(handle_.id(), start, count, where_);
  REFORMSIM_CHECK(part.size == values.size(), "{}: {} values for a part of another shape", where_,
                  values.size());
  ok(H5Dwrite(handle_.id(), memory_type<T>(), part.memory.id(), part.file.id(), H5P_DEFAULT,
              values.data()),
     where_);
}

template <class T>
Dataset Group::scale(std::string_view name, const std::vector<T>& values) {
  const std::string where = where_ + ", /" + std::string(name);
  Dataset dataset = [&] {
    if constexpr (std::is_same_v<T, std::string>) {
      const Handle type = text_type(H5T_VARIABLE, where);
      Dataset made = create(name, type.id(), {values.size()}, {});
      std::vector<const char*> starts;
      for (const std::string& value : values) starts.push_back(value.c_str());
      if (!values.empty())
        ok(H5Dwrite(made.handle_.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, starts.data()),
           where);
      return made;
    } else {
      Dataset made = create(name, file_type<T>(), {values.size()}, {});
      if (!values.empty())
        ok(H5Dwrite(made.handle_.id(), memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                    values.data()),
           where);
      return made;
    }
  }();
  ok(H5DSset_scale(dataset.handle_.id(), std::string(name).c_str()), where);
  return dataset;
}

namespace {

Handle file_settings(const std::string& path) {
  Handle creation = list(H5P_FILE_CREATE, path);
  ok(H5Pset_link_creation_order(creation.id(), kOrder), path);
  ok(H5Pset_attr_creation_order(creation.id(), kOrder), path);
  ok(H5Pset_obj_track_times(creation.id(), 0), path);
  return creation;
}

// The lock of the temporary file, unless another process has it for long: two sweeps that end
// together write the same. A file that was given its final name between opening and locking is not
// the temporary one any more.
int locked(const std::string& temporary) {
  constexpr auto kPatience = std::chrono::seconds(20);
  constexpr auto kPause = std::chrono::milliseconds(50);
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    const int descriptor = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return -1;
    struct stat own = {}, named = {};
    const bool taken = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && ::fstat(descriptor, &own) == 0 && ::stat(temporary.c_str(), &named) == 0 &&
        own.st_ino == named.st_ino && own.st_dev == named.st_dev)
      return descriptor;
    ::close(descriptor);
    if (!taken) continue;
    if (std::chrono::steady_clock::now() - begun >= kPatience) {
      errno = EWOULDBLOCK;
      return -1;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

Image::Image(std::string path) : path_(std::move(path)) {
  be_silent();
  const Handle creation = file_settings(path_);
  const Handle access = list(H5P_FILE_ACCESS, path_);
  constexpr std::size_t kIncrement = 1 << 20;
  ok(H5Pset_fapl_core(access.id(), kIncrement, 0), path_);
  // The format of HDF5 1.8: checksums over all metadata, and readable by everything in use.
  ok(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V18), path_);
  file_ = own(H5Fcreate("image", H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose, path_);
}

Group Image::root() {
  const std::string where = path_ + ": cannot be made";
  return Group(own(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose, where), where);
}

std::vector<std::byte> Image::bytes() {
  // Straight from the driver's memory: H5Fget_file_image of HDF5 1.10.8 blanks flags that this
  // format of the superblock does not have, and so breaks its checksum.
  ok(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), path_);
  const ssize_t size = ok(H5Fget_file_image(file_.id(), nullptr, 0), path_);
  void* memory = nullptr;
  ok(H5Fget_vfd_handle(file_.id(), H5P_DEFAULT, &memory), path_);
  const auto* start = *static_cast<const std::byte* const*>(memory);
  std::vector<std::byte> image(start, start + size);
  file_.reset();
  return image;
}

void DiskFile::fail(int reason) {
  throw RunError(
      fmt::format("{}: cannot be written: {}", path_,
                  reason == EWOULDBLOCK ? "another process is writing it" : plain_reason(reason)));
}

DiskFile::DiskFile(std::string path, std::uint64_t bytes)
    : path_(std::move(path)), target_(target_of(path_)), temporary_(target_ + ".partial") {
  be_silent();
  std::error_code none;
  const std::filesystem::path folder = std::filesystem::absolute(target_, none).parent_path();
  const auto room = std::filesystem::space(folder, none);
  if (!none && room.available < bytes)
    throw RunError(
        fmt::format("{}: cannot be written: it may come to {} MB, and the disk has room "
                    "for {}",
                    path_, bytes >> 20, room.available >> 20));
  descriptor_ = locked(temporary_);
  if (descriptor_ < 0) fail(errno);
  failed_close.clear();
  struct stat old = {};
  if (::stat(target_.c_str(), &old) == 0) ::fchmod(descriptor_, old.st_mode & 0777);
  try {
    const Handle creation = file_settings(path_);
    const Handle access = list(H5P_FILE_ACCESS, path_);
    ok(H5Pset_file_locking(access.id(), 0, 1), path_);
    ok(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V18), path_);
    file_ = own(H5Fcreate(temporary_.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose,
                path_ + ": cannot be written");
  } catch (...) {
    ::unlink(temporary_.c_str());
    ::close(descriptor_);
    throw;
  }
}

DiskFile::~DiskFile() {
  // Without commit the disk has failed or will not be asked: HDF5 would try to write once more.
  file_.release();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  ::close(descriptor_);
}

Group DiskFile::root() {
  const std::string where = path_ + ": cannot be written";
  return Group(own(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose, where), where);
}

void DiskFile::commit() {
  const std::string cannot = path_ + ": cannot be written";
  ok(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), cannot);
  if (!failed_close.empty()) throw RunError(fmt::format("{}: {}", cannot, failed_close));
  ok(H5Fclose(file_.release()), cannot);
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  sync_folder_of(target_);
}

// The types in use.
template Dataset Group::variable_to_fill<double>(std::string_view, const Scales&,
                                                 std::vector<std::uint64_t>);
template void Dataset::fill<double>(const std::vector<std::uint64_t>&,
                                    const std::vector<std::uint64_t>&, std::span<const double>);
#define REFORMSIM_HDF5_TYPE(T)                                                             \
  template Dataset Group::variable<T>(std::string_view, const Scales&, std::span<const T>, \
                                      std::vector<std::uint64_t>);                         \
  template Dataset Group::scale<T>(std::string_view, const std::vector<T>&);
REFORMSIM_HDF5_TYPE(double)
REFORMSIM_HDF5_TYPE(float)
REFORMSIM_HDF5_TYPE(std::int32_t)
REFORMSIM_HDF5_TYPE(std::uint32_t)
REFORMSIM_HDF5_TYPE(std::uint64_t)
REFORMSIM_HDF5_TYPE(std::string)
#undef REFORMSIM_HDF5_TYPE

}  // namespace reformsim::hdf5
