// A small offer for tests of the workshop server: thirty schools, three years.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "serve/offer.hpp"

namespace support {

struct LiveFixture {
  explicit LiveFixture(std::uint32_t replicates = 6) {
    std::string name = (std::filesystem::temp_directory_path() / "reformsim-live-XXXXXX").string();
    folder = mkdtemp(name.data());
    const std::filesystem::path file = folder / "small.yaml";
    std::ofstream(file) << "reformsim: 1\ntitle: Small\npopulation: {schools: 30, districts: 3}\n"
                           "horizon: {years: 3, burn_in_years: 1}\nensemble: {seed: 5}\n"
                           "levers: {networks.hubs: 0.1}\n";
    offer = reformsim::serve::make_offer(
        {file.string(), {}, {}, "", REFORMSIM_SOURCE_DIR "/scenarios", replicates});
  }
  ~LiveFixture() {
    std::error_code none;
    std::filesystem::remove_all(folder, none);
  }
  LiveFixture(const LiveFixture&) = delete;

  std::filesystem::path folder;
  reformsim::serve::Offer offer;
};

}  // namespace support
