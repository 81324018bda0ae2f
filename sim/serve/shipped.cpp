#include "serve/shipped.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace reformsim::serve {

namespace {

namespace fs = std::filesystem;

bool holds_presets(const fs::path& folder) {
  std::error_code none;
  return fs::is_directory(folder / "governance", none) &&
         fs::is_regular_file(folder / "live.yaml", none);
}

// A new folder that nobody else writes to.
fs::path make_folder(const fs::path& parent) {
  std::error_code none;
  fs::create_directories(parent, none);
  std::string name = (parent / "scenarios-XXXXXX").string();
  return mkdtemp(name.data()) ? fs::path(name) : fs::path();
}

// Whether every file is there in its whole length: somebody may have tidied up half of a cache.
bool whole(const fs::path& folder) {
  const auto files = shipped_files();
  return std::all_of(files.begin(), files.end(), [&](const assets::Asset& asset) {
    std::error_code none;
    return fs::file_size(folder / "scenarios" / asset.name, none) == asset.text.size();
  });
}

bool lay_out(const fs::path& folder) {
  for (const assets::Asset& asset : shipped_files()) {
    const fs::path path = folder / "scenarios" / asset.name;
    std::error_code none;
    fs::create_directories(path.parent_path(), none);
    std::ofstream file(path, std::ios::binary);
    file.write(asset.text.data(), static_cast<std::streamsize>(asset.text.size()));
    if (!file.flush()) return false;
  }
  return true;
}

fs::path unpacked() {
  std::string all;
  for (const assets::Asset& asset : shipped_files())
    all += fmt::format("{}\n{}\n", asset.name, asset.text);
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::error_code none;
  fs::path place;
  if (cache && fs::path(cache).is_absolute())
    place = fs::path(cache) / "reformsim";
  else if (home && fs::path(home).is_absolute())
    place = fs::path(home) / ".cache" / "reformsim";
  if (!place.empty()) {
    // By content, so another version of the program finds its own.
    const fs::path kept = place / ("scenarios-" + digest(all).substr(0, 16));
    if (whole(kept)) return kept / "scenarios";
    if (const fs::path fresh = make_folder(place); !fresh.empty()) {
      if (lay_out(fresh)) {
        if (!whole(kept)) fs::remove_all(kept, none);
        fs::rename(fresh, kept, none);  // whole or not at all; another program may have been faster
      }
      fs::remove_all(fresh, none);  // what was not moved
      if (whole(kept)) return kept / "scenarios";
    }
  }
  const fs::path fresh = make_folder(fs::temp_directory_path(none));
  if (fresh.empty() || !lay_out(fresh))
    throw RunError(fmt::format("the program's own scenarios can be written neither to {} nor to {}",
                               place.empty() ? "~/.cache/reformsim" : place.string(),
                               fs::temp_directory_path(none).string()));
  return fresh / "scenarios";
}

}  // namespace

std::string Shipped::scenario() const { return (fs::path(folder) / "live.yaml").generic_string(); }

Shipped find_shipped(const std::string& scenario) {
  std::error_code none;
  if (holds_presets("scenarios")) return {"scenarios"};
  std::vector<fs::path> starts;
  if (!scenario.empty()) starts.push_back(fs::absolute(scenario, none));
  starts.push_back(fs::read_symlink("/proc/self/exe", none));
  for (const fs::path& start : starts)
    for (fs::path above = start.lexically_normal().parent_path(); !above.empty();
         above = above.parent_path()) {
      if (holds_presets(above / "scenarios")) return {(above / "scenarios").generic_string()};
      if (above == above.root_path()) break;
    }
  return {unpacked().generic_string()};
}

}  // namespace reformsim::serve
