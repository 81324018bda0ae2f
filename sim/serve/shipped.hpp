// The folder `scenarios` with the presets of reform, the sets of parameters and the exercises.
#pragma once

#include <span>
#include <string>

#include "report/assets.hpp"

namespace reformsim::serve {

struct Shipped {
  std::string folder;
  std::string scenario() const;  // what is served when no scenario is named
};

// The folder `scenarios` here, above the scenario's file, or above the program. A trainer's laptop
// may have the program alone: then the files built into it are laid into the user's cache, where a
// saved scenario finds again what it names. Throws RunError when they cannot be written.
Shipped find_shipped(const std::string& scenario);

// Those files, by their names below scenarios/. Made at build time (CMakeLists.txt).
std::span<const assets::Asset> shipped_files();

}  // namespace reformsim::serve
