// A scenario written out in full, and the digest that stands for it.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace reformsim {

// Canonical YAML with every default written out; reading it again gives the same scenario. Values
// from parameters.file are written as parameters, so the text does not name that file; parameters
// that parameters.sets settles are left to that file. Paths are relative to scenario.directory.
std::string resolved_yaml(const Scenario& scenario);

// The same without what is as the field table has it: for people. It needs no other scenario file,
// and reading it again with the same program gives the same scenario.
std::string short_yaml(const Scenario& scenario);

// What makes two runs the same experiment: the resolved scenario and the bytes of its list of
// schools and of its sets of parameters. Names and places of files do not count, so a checkout
// elsewhere has the same digest.
std::string scenario_digest(const Scenario& scenario);

// A text that every YAML reader takes for the same text: bare if it is a plain word, else in double
// quotes. Words that some readers take for a switch or for nothing are quoted too.
std::string yaml_text(const std::string& text);

}  // namespace reformsim
