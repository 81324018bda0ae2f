// Files of the scenario language: their bytes, and their names from where the program runs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace reformsim {

struct FileText {
  std::optional<std::string> bytes;
  std::string problem;  // in words, when there are none
};

// At most a little more than `most` bytes, so that a huge file is refused without being read whole.
FileText read_file(const std::string& path, std::size_t most);

// "." for a name without folders.
std::string directory_of(const std::string& file);

// `name`, as written in a file that stands in `directory`, as it can be opened from here.
std::string path_from(const std::string& directory, const std::string& name);

// The same name from wherever the program runs.
std::string whole_path(const std::string& name);

// The file that a name of parameters means: the one of that name, or, for a bare name, the one of
// that name in scenarios/parameters here or beside one of the folders above the file `beside`.
// Throws InputError at `place`.
std::string parameters_file(const std::string& typed, const std::string& beside,
                            const Place& place);

// For "did you mean": the name of the .yaml file in the same folder that is most like this one;
// empty when none is.
std::string nearest_file(const std::string& path);

// The same file under whatever name it is reached.
std::string identity(const std::string& path);

}  // namespace reformsim
