// The signature of the results: a hash over small scenarios that together reach every mechanism.
// Every commit states it, or that nothing changed; the same on every machine and in every build.
//
// To accept new results:
//   sh tests/run.sh golden-update
// which is REFORMSIM_UPDATE_GOLDEN=1 build/release/tests/test_golden '[signature]'.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/recorded.hpp"

using namespace support;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = REFORMSIM_SOURCE_DIR "/tests/golden";
const fs::path kFile = kFolder / "signatures.txt";

// By name of the scenario, in alphabetical order.
using Signatures = std::map<std::string, std::string>;

// Over every byte of the worlds at the end, and over all that was measured on the way.
std::string signature_of(const Scenario& scenario) {
  EnsembleOptions options;
  const auto replicates = static_cast<std::uint32_t>(scenario.integer("ensemble.replicates"));
  for (std::uint32_t r = 0; r < replicates; ++r) options.replicates.push_back(r);
  Keeper keeper;
  run_ensemble({&scenario}, options, keeper);
  std::uint64_t hash = 0;
  for (std::uint32_t r = 0; r < replicates; ++r) {
    hash = hash_of(keeper.at(0, r).world, hash);
    hash = hash64_of(std::span<const double>(keeper.at(0, r).recording.system), hash);
  }
  return fmt::format("{:016x}", hash);
}

std::string combined(const Signatures& signatures) {
  std::string text;
  for (const auto& [name, hash] : signatures) text += name + ": " + hash + "\n";
  return fmt::format("{:016x}", hash64(text)).substr(0, 8);
}

// The lines "name: hash"; empty when there is no such file.
Signatures expected() {
  Signatures out;
  std::ifstream file(kFile);
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) out[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return out;
}

void write(const Signatures& signatures) {
  std::ofstream file(kFile);
  for (const auto& [name, hash] : signatures) file << name << ": " << hash << "\n";
  file << "signature: " << combined(signatures) << "\n";
  file.close();
  REQUIRE(file.good());
}

std::string how_to_go_on(const std::string& name, const std::string& signature) {
  return fmt::format(
      "The results of tests/golden/{0}.yaml have changed.\n"
      "To find the first term, mechanism and school where they do, run this with the program of "
      "the last commit and with this one:\n"
      "  reformsim run tests/golden/{0}.yaml --output /tmp/{0}.h5 --trace /tmp/{0}-trace.h5\n"
      "and then: reformsim trace-diff BEFORE NOW\n"
      "If the change is meant:\n"
      "  sh tests/run.sh golden-update\n"
      "and end the commit message with the line\n"
      "  Signature: {1}",
      name, signature);
}

}  // namespace

TEST_CASE("Results are those that were committed", "[golden][signature]") {
  Signatures now;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Scenario scenario = read_scenario(entry.path().string(), field_table());
    now[entry.path().stem().string()] = signature_of(scenario);
  }
  REQUIRE(now.size() >= 5);
  const std::string signature = combined(now);
  std::cout << "Signature: " << signature << std::endl;

  const char* update = std::getenv("REFORMSIM_UPDATE_GOLDEN");
  if (update && std::string(update) == "1") {
    write(now);
    WARN("written: " << kFile.string());
    return;
  }
  Signatures before = expected();
  REQUIRE(!before.empty());
  for (const auto& [name, hash] : now) {
    INFO(how_to_go_on(name, signature));
    CHECK(name + ": " + hash == name + ": " + before[name]);
    before.erase(name);
  }
  CHECK("signature: " + signature == "signature: " + before["signature"]);
  before.erase("signature");
  CHECK(before.empty());  // a scenario that was taken away
}

TEST_CASE("Golden scenarios reach every mechanism and lever", "[golden]") {
  // A change in a part that no scenario reaches would pass unseen.
  std::vector<std::string> still;
  for (const Field& row : field_table().rows())
    if (row.group == FieldGroup::lever ||
        (row.group == FieldGroup::mechanism && !std::get<bool>(row.standard)))
      still.push_back(row.path);
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Scenario scenario = read_scenario(entry.path().string(), field_table());
    for (const Field& row : field_table().rows()) {
      if (row.group == FieldGroup::mechanism) {
        INFO(entry.path() << " " << row.path);
        if (std::get<bool>(row.standard))
          CHECK(scenario.flag(row.path));
        else if (scenario.flag(row.path))
          still.erase(std::remove(still.begin(), still.end(), row.path), still.end());
      }
      if (row.group != FieldGroup::lever) continue;
      const Lever& lever = scenario.lever(row.path);
      const bool moves =
          std::any_of(lever.reform.begin(), lever.reform.end(),
                      [&](const LeverEntry& e) { return e.value != lever.status_quo; });
      if (moves) still.erase(std::remove(still.begin(), still.end(), row.path), still.end());
    }
  }
  CHECK(fmt::format("{}", fmt::join(still, ", ")) == "");
}
