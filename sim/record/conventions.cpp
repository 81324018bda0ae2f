#include "record/conventions.hpp"

#include <fmt/format.h>

namespace reformsim {

void write_file_type(hdf5::Group& root, std::string_view file_type, int major, int minor,
                     std::string_view program_version, std::string_view git_commit) {
  root.word("Conventions", "CF-1.8");
  root.word("file_type", file_type);
  root.word("format_version", fmt::format("{}.{}", major, minor));
  root.word("program", "reformsim");
  root.word("program_version", program_version);
  root.word("git_commit", git_commit);
}

void describe(hdf5::Dataset& dataset, std::string_view unit, std::string_view meaning) {
  dataset.word("units", unit);
  dataset.word("long_name", meaning);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string lines_or_dash(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) lines += (lines.empty() ? "" : "\n") + text;
  return or_dash(lines);
}

}  // namespace reformsim
