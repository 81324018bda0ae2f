#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/hdf5.hpp"
#include "record/hdf5_library.hpp"

namespace reformsim::hdf5 {

namespace {

Kind kind_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return Kind::number;
    case H5T_STRING:
      return Kind::text;
    default:
      return Kind::other;
  }
}

// Text of a scalar attribute or of the elements of a dataset, whatever kind of string it is.
std::vector<std::string> read_all_texts(hid_t type, std::size_t count,
                                        const std::function<herr_t(hid_t, void*)>& read,
                                        hid_t space, const std::string& where) {
  std::vector<std::string> texts(count);
  if (count == 0) return texts;
  if (ok(H5Tis_variable_str(type), where) > 0) {
    const Handle memory = own(H5Tcopy(type), H5Tclose, where);
    std::vector<char*> starts(count, nullptr);
    ok(read(memory.id(), starts.data()), where);
    for (std::size_t i = 0; i < count; ++i)
      if (starts[i] != nullptr) texts[i] = starts[i];
    H5Dvlen_reclaim(memory.id(), space, H5P_DEFAULT, starts.data());
  } else {
    const std::size_t length = H5Tget_size(type);
    std::vector<char> raw(count * length);
    ok(read(type, raw.data()), where);
    for (std::size_t i = 0; i < count; ++i) {
      const char* start = raw.data() + i * length;
      texts[i].assign(start, strnlen(start, length));
    }
  }
  return texts;
}

bool holds_scales(std::string_view attribute) {
  return attribute == "DIMENSION_LIST" || attribute == "REFERENCE_LIST" ||
         attribute.starts_with("_Netcdf4");
}

}  // namespace

Reader::Reader(const std::string& path) : path_(path) {
  be_silent();
  const Place place{path, 0, 0};
  std::error_code none;
  const auto status = std::filesystem::status(path, none);
  if (!std::filesystem::exists(status)) throw InputError(place, "there is no such file");
  if (std::filesystem::is_directory(status))
    throw InputError(place, "this is a folder, not a file");
  if (!std::ifstream(path, std::ios::binary)) throw InputError(place, "the file cannot be read");
  const htri_t is_hdf5 = H5Fis_hdf5(path.c_str());
  if (is_hdf5 == 0) throw InputError(place, "this is not an HDF5 file");
  const Handle access = list(H5P_FILE_ACCESS, path_);
  // A lock would keep others from reading, and fails on some network file systems.
  ok(H5Pset_file_locking(access.id(), 0, 1), path_);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id());
  if (file < 0) throw InputError(place, "the file is damaged: " + reason());
  file_ = Handle(file, H5Fclose);
}

Node Reader::root() const {
  return Node(own(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose, path_), true, "/",
              path_ + ": ");
}

std::vector<Attribute> Node::attributes() const {
  std::vector<Attribute> found;
  H5O_info_t object;
  ok(H5Oget_info2(handle_.id(), &object, H5O_INFO_NUM_ATTRS), where_);
  for (hsize_t i = 0; i < object.num_attrs; ++i) {
    // The order of creation where it is kept; by name otherwise.
    hid_t id = H5Aopen_by_idx(handle_.id(), ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, H5P_DEFAULT,
                              H5P_DEFAULT);
    if (id < 0)
      id = H5Aopen_by_idx(handle_.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT,
                          H5P_DEFAULT);
    const Handle attribute = own(id, H5Aclose, where_);
    Attribute one;
    const ssize_t length = ok(H5Aget_name(id, 0, nullptr), where_);
    one.name.resize(static_cast<std::size_t>(length) + 1);
    ok(H5Aget_name(id, one.name.size(), one.name.data()), where_);
    one.name.resize(static_cast<std::size_t>(length));
    if (holds_scales(one.name)) continue;
    const Handle type = own(H5Aget_type(id), H5Tclose, where_);
    const Handle space = own(H5Aget_space(id), H5Sclose, where_);
    if (H5Sget_simple_extent_npoints(space.id()) == 1) {
      one.kind = kind_of(type.id());
      if (one.kind == Kind::text) {
        one.text = read_all_texts(
            type.id(), 1, [&](hid_t memory, void* to) { return H5Aread(id, memory, to); },
            space.id(), where_)[0];
      } else if (one.kind == Kind::number) {
        ok(H5Aread(id, H5T_NATIVE_DOUBLE, &one.number), where_);
        one.whole = H5Tget_class(type.id()) == H5T_INTEGER;
        if (one.whole) ok(H5Aread(id, H5T_NATIVE_INT64, &one.integer), where_);
      }
    }
    found.push_back(std::move(one));
  }
  return found;
}

namespace {

Handle find_attribute(hid_t object, std::string_view name, Kind kind, const std::string& where) {
  const std::string wanted(name);
  if (H5Aexists(object, wanted.c_str()) <= 0) return {};
  Handle attribute = own(H5Aopen(object, wanted.c_str(), H5P_DEFAULT), H5Aclose, where);
  const Handle type = own(H5Aget_type(attribute.id()), H5Tclose, where);
  const Handle space = own(H5Aget_space(attribute.id()), H5Sclose, where);
  if (kind_of(type.id()) != kind || H5Sget_simple_extent_npoints(space.id()) != 1) return {};
  return attribute;
}

}  // namespace

std::optional<std::string> Node::text(std::string_view name) const {
  const Handle attribute = find_attribute(handle_.id(), name, Kind::text, where_);
  if (attribute.id() < 0) return std::nullopt;
  const Handle type = own(H5Aget_type(attribute.id()), H5Tclose, where_);
  const Handle space = own(H5Aget_space(attribute.id()), H5Sclose, where_);
  return read_all_texts(
      type.id(), 1, [&](hid_t memory, void* to) { return H5Aread(attribute.id(), memory, to); },
      space.id(), where_)[0];
}

std::optional<double> Node::number(std::string_view name) const {
  const Handle attribute = find_attribute(handle_.id(), name, Kind::number, where_);
  if (attribute.id() < 0) return std::nullopt;
  double value = 0;
  ok(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), where_);
  return value;
}

std::optional<std::int64_t> Node::integer(std::string_view name) const {
  const Handle attribute = find_attribute(handle_.id(), name, Kind::number, where_);
  if (attribute.id() < 0) return std::nullopt;
  std::int64_t value = 0;
  ok(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), where_);
  return value;
}

std::vector<std::string> Node::names() const {
  H5G_info_t group;
  ok(H5Gget_info(handle_.id(), &group), where_);
  const Handle settings = own(H5Gget_create_plist(handle_.id()), H5Pclose, where_);
  unsigned flags = 0;
  ok(H5Pget_link_creation_order(settings.id(), &flags), where_);
  const H5_index_t index =
      (flags & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  std::vector<std::string> found;
  for (hsize_t i = 0; i < group.nlinks; ++i) {
    const ssize_t length =
        ok(H5Lget_name_by_idx(handle_.id(), ".", index, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT),
           where_);
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    ok(H5Lget_name_by_idx(handle_.id(), ".", index, H5_ITER_INC, i, name.data(), name.size(),
                          H5P_DEFAULT),
       where_);
    name.resize(static_cast<std::size_t>(length));
    found.push_back(std::move(name));
  }
  return found;
}

bool Node::has(std::string_view name) const {
  return H5Lexists(handle_.id(), std::string(name).c_str(), H5P_DEFAULT) > 0;
}

Node Node::open(std::string_view name) const {
  const std::string where = where_ + (where_.ends_with('/') ? "" : "/") + std::string(name);
  const hid_t id = ok(H5Oopen(handle_.id(), std::string(name).c_str(), H5P_DEFAULT), where);
  Handle handle(id, H5Oclose);
  const H5I_type_t type = H5Iget_type(id);
  if (type != H5I_GROUP && type != H5I_DATASET)
    throw RunError(where + ": neither a group nor a dataset");
  return Node(std::move(handle), type == H5I_GROUP, std::string(name), where);
}

std::vector<std::uint64_t> Node::shape() const {
  const Handle space = own(H5Dget_space(handle_.id()), H5Sclose, where_);
  const int dimensions = ok(H5Sget_simple_extent_ndims(space.id()), where_);
  std::vector<hsize_t> sizes(static_cast<std::size_t>(dimensions));
  if (dimensions > 0) ok(H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr), where_);
  return {sizes.begin(), sizes.end()};
}

std::uint64_t Node::size() const {
  std::uint64_t count = 1;
  for (const std::uint64_t n : shape()) count *= n;
  return count;
}

Kind Node::kind() const {
  const Handle type = own(H5Dget_type(handle_.id()), H5Tclose, where_);
  return kind_of(type.id());
}

std::string Node::type() const {
  const Handle type = own(H5Dget_type(handle_.id()), H5Tclose, where_);
  const std::size_t bits = 8 * H5Tget_size(type.id());
  switch (H5Tget_class(type.id())) {
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_INTEGER:
      return fmt::format("{}int{}", H5Tget_sign(type.id()) == H5T_SGN_NONE ? "u" : "", bits);
    case H5T_STRING:
      return "string";
    default:
      return "other";
  }
}

std::vector<std::string> Node::scales() const {
  std::vector<std::string> found;
  const std::size_t dimensions = shape().size();
  for (std::size_t i = 0; i < dimensions; ++i) {
    std::string path;
    const auto take = [](hid_t, unsigned, hid_t scale, void* into) -> herr_t {
      const ssize_t length = H5Iget_name(scale, nullptr, 0);
      std::string name(static_cast<std::size_t>(std::max<ssize_t>(length, 0)) + 1, '\0');
      H5Iget_name(scale, name.data(), name.size());
      name.pop_back();
      *static_cast<std::string*>(into) = name;
      return 1;
    };
    if (H5DSiterate_scales(handle_.id(), static_cast<unsigned>(i), nullptr, take, &path) < 0)
      path.clear();
    found.push_back(path);
  }
  return found;
}

template <class T>
std::vector<T> Node::read() const {
  if (is_group_ || kind() != Kind::number) throw RunError(where_ + ": these are not numbers");
  std::vector<T> values(size());
  if (!values.empty())
    ok(H5Dread(handle_.id(), memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
       where_);
  return values;
}

template <class T>
std::vector<T> Node::read_part(const std::vector<std::uint64_t>& start,
                               const std::vector<std::uint64_t>& count) const {
  if (is_group_ || kind() != Kind::number) throw RunError(where_ + ": these are not numbers");
  const Part part(handle_.id(), start, count, where_);
  std::vector<T> values(part.size);
  ok(H5Dread(handle_.id(), memory_type<T>(), part.memory.id(), part.file.id(), H5P_DEFAULT,
             values.data()),
     where_);
  return values;
}

std::vector<std::string> Node::read_texts() const {
  if (is_group_ || kind() != Kind::text) throw RunError(where_ + ": these are not texts");
  const Handle type = own(H5Dget_type(handle_.id()), H5Tclose, where_);
  const Handle space = own(H5Dget_space(handle_.id()), H5Sclose, where_);
  return read_all_texts(
      type.id(), size(),
      [&](hid_t memory, void* to) {
        return H5Dread(handle_.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
      },
      space.id(), where_);
}

// The types in use.
template std::vector<double> Node::read_part<double>(const std::vector<std::uint64_t>&,
                                                     const std::vector<std::uint64_t>&) const;
template std::vector<double> Node::read<double>() const;
template std::vector<float> Node::read<float>() const;
template std::vector<std::int32_t> Node::read<std::int32_t>() const;
template std::vector<std::int64_t> Node::read<std::int64_t>() const;
template std::vector<std::uint32_t> Node::read<std::uint32_t>() const;
template std::vector<std::uint64_t> Node::read<std::uint64_t>() const;

}  // namespace reformsim::hdf5
