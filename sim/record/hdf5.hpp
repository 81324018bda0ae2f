// HDF5 with owning handles, as far as this program needs it; nothing outside of the files hdf5*
// includes hdf5.h.
//
// What is written here is also netCDF-4: groups, datasets with a dimension scale on every
// dimension, numbers and strings, nothing else. Equal input gives equal bytes: no time stamps, no
// padding from memory, fixed formats. A file is built in memory and handed out as bytes, because
// HDF5 does not survive a full disk (a failed flush leaves it with a file it can neither write nor
// let go). The price is one copy of the compressed file.
//
// HDF5 is not thread-safe: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reformsim::hdf5 {

// An identifier of the library, closed by its owner.
class Handle {
 public:
  using Close = int (*)(std::int64_t);
  Handle() = default;
  Handle(std::int64_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept;
  ~Handle() { reset(); }
  void reset();
  std::int64_t release() { return std::exchange(id_, -1); }  // the caller closes it
  std::int64_t id() const { return id_; }

 private:
  std::int64_t id_ = -1;
  Close close_ = nullptr;
};

// ---- writing

// Anything that carries attributes. Words of the program are written as fixed-length strings
// (netCDF: char), as netCDF itself writes `units`; texts of the user as variable-length ones
// (netCDF: string), which have no upper limit, where a fixed-length attribute ends at 64 KiB.
class Object {
 public:
  void word(std::string_view name, std::string_view value, std::size_t length = 0);
  void text(std::string_view name, const std::string& value);
  void number(std::string_view name, double value);
  void number(std::string_view name, std::int64_t value);
  void number(std::string_view name, std::int32_t value);

 protected:
  Object(Handle handle, std::string where) : handle_(std::move(handle)), where_(std::move(where)) {}
  Handle handle_;
  std::string where_;  // the file and the object's path, for messages
};

class Dataset : public Object {
 public:
  // A part of a dataset that was made to be filled: `values` in rows, from `start`, of shape
  // `count`.
  template <class T>
  void fill(const std::vector<std::uint64_t>& start, const std::vector<std::uint64_t>& count,
            std::span<const T> values);

 private:
  using Object::Object;
  friend class Group;
};

// The dimensions of a dataset, outermost first: its scales.
using Scales = std::vector<const Dataset*>;

class Group : public Object {
 public:
  Group group(std::string_view name);

  // A coordinate: a one-dimensional dataset that is the scale of its own dimension.
  template <class T>
  Dataset scale(std::string_view name, const std::vector<T>& values);
  // chunk: empty for plain storage, else the shape of a chunk, shuffled and deflated.
  template <class T>
  Dataset variable(std::string_view name, const Scales& scales, std::span<const T> values,
                   std::vector<std::uint64_t> chunk = {});
  // The same, to be filled part by part. Parts should be whole chunks: nothing is kept in memory
  // for the next one (HDF5 would keep a megabyte of every variable that is open).
  template <class T>
  Dataset variable_to_fill(std::string_view name, const Scales& scales,
                           std::vector<std::uint64_t> chunk);

 private:
  using Object::Object;
  friend class Image;
  friend class DiskFile;
  Dataset create(std::string_view name, std::int64_t type, const std::vector<std::uint64_t>& shape,
                 const std::vector<std::uint64_t>& chunk, bool cached = true);
};

// A file in memory.
class Image {
 public:
  explicit Image(std::string path);  // the path is for messages only
  Group root();
  std::vector<std::byte> bytes();  // closes the file; all groups and datasets must be gone

 private:
  std::string path_;
  Handle file_;
};

// A file on the disk, for what is too large to be built in memory: a temporary one that takes its
// place when it is complete. The price: HDF5 does not survive a full disk, so after a RunError of
// this class the program can do no more than end; room is made sure of before. The temporary file
// always has the same name: what a killed process left of it is written over by the next.
class DiskFile {
 public:
  // `bytes`: the most the file can come to; RunError when the disk has less room, when another
  // process is writing the same file for long, and for what is no plain file.
  DiskFile(std::string path, std::uint64_t bytes);
  ~DiskFile();
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;
  Group root();
  void commit();  // all groups and datasets must be gone

 private:
  [[noreturn]] void fail(int reason);
  std::string path_, target_, temporary_;
  int descriptor_ = -1;  // holds the lock
  Handle file_;
};

// ---- reading

enum class Kind { number, text, other };

struct Attribute {
  std::string name;
  Kind kind = Kind::other;
  std::string text;
  double number = 0;
  std::int64_t integer = 0;
  bool whole = false;  // a whole number, then `integer` has it too
};

class Node {  // a group or a dataset
 public:
  std::vector<Attribute> attributes()
      const;  // in the order of creation, without those that hold the scales
  std::optional<std::string> text(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;

  bool is_group() const { return is_group_; }
  const std::string& name() const { return name_; }

  // Of a group.
  std::vector<std::string> names() const;  // in the order of creation
  bool has(std::string_view name) const;
  Node open(std::string_view name) const;  // RunError when there is none

  // Of a dataset.
  std::vector<std::uint64_t> shape() const;
  std::uint64_t size() const;
  Kind kind() const;
  std::string type() const;  // "float64", "uint32", "string" ...
  std::vector<std::string> scales()
      const;  // the paths of its dimensions' scales; "" where there is none
  template <class T>
  std::vector<T> read() const;
  template <class T>
  std::vector<T> read_part(const std::vector<std::uint64_t>& start,
                           const std::vector<std::uint64_t>& count) const;
  std::vector<std::string> read_texts() const;

 private:
  friend class Reader;
  Node(Handle handle, bool is_group, std::string name, std::string where)
      : handle_(std::move(handle)),
        is_group_(is_group),
        name_(std::move(name)),
        where_(std::move(where)) {}
  Handle handle_;
  bool is_group_;
  std::string name_, where_;
};

class Reader {
 public:
  // InputError when the file does not exist, cannot be read or is not HDF5.
  explicit Reader(const std::string& path);
  Node root() const;

 private:
  std::string path_;
  Handle file_;
};

}  // namespace reformsim::hdf5
