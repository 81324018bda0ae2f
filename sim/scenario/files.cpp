#include "scenario/files.hpp"

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace reformsim {

namespace fs = std::filesystem;

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
