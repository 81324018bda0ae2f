#include "scenario/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.hpp"

namespace reformsim {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSets = "scenarios/parameters";  // where sets of parameters ship

// The sets in the folders, by name.
std::vector<std::string> sets_in(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  std::error_code none;
  for (const fs::path& folder : folders)
    for (const auto& entry : fs::directory_iterator(folder, none))
      if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::string parameters_file(const std::string& typed, const std::string& beside,
                            const Place& place) {
  std::error_code none;
  const bool bare = !typed.empty() && typed.find_first_of("./\\") == std::string::npos;
  if (!bare || fs::is_regular_file(typed, none)) return typed;
  std::vector<fs::path> folders = {kSets};
  for (fs::path above = fs::absolute(beside, none).lexically_normal().parent_path(); !above.empty();
       above = above.parent_path()) {
    folders.push_back(above / kSets);
    if (above == above.root_path()) break;
  }
  for (const fs::path& folder : folders)
    if (const fs::path file = folder / (typed + ".yaml"); fs::is_regular_file(file, none))
      return file.generic_string();
  const std::vector<std::string> known = sets_in(folders);
  const std::string near = nearest(typed, known);
  if (known.empty())
    throw InputError(place,
                     fmt::format("there is no file of this name, and no folder {} here or above {}",
                                 kSets, beside));
  throw InputError(place, fmt::format("there is no file and no set of this name{}; sets are {}",
                                      near.empty() ? "" : fmt::format("; did you mean '{}'?", near),
                                      fmt::join(known, ", ")));
}

std::string nearest_file(const std::string& path) {
  const fs::path wanted(path);
  const fs::path folder = wanted.has_parent_path() ? wanted.parent_path() : fs::path(".");
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());  // the disk's order decides nothing
  return nearest(wanted.filename().string(), names);
}

FileText read_file(const std::string& path, std::size_t most) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return {{}, "no such file"};
  if (fs::is_directory(status)) return {{}, "this is a folder, not a file"};
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream) return {{}, "the file cannot be opened for reading"};
  std::string bytes;
  std::vector<char> block(1 << 16);
  while (bytes.size() <= most) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(stream.gcount());
    bytes.append(block.data(), count);
    if (count < block.size()) break;
  }
  if (stream.bad()) return {{}, "the file cannot be read"};
  return {std::move(bytes), ""};
}

std::string directory_of(const std::string& file) {
  const std::string directory = fs::path(file).parent_path().generic_string();
  return directory.empty() ? "." : directory;
}

std::string path_from(const std::string& directory, const std::string& name) {
  return (fs::path(directory) / name).lexically_normal().generic_string();
}

std::string whole_path(const std::string& name) {
  std::error_code error;
  const fs::path path = fs::absolute(name, error);
  if (error) return name;
  std::string whole = path.lexically_normal().generic_string();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.generic_string();
}

}  // namespace reformsim
