// A small offer for tests of the workshop server: thirty schools, three years.
#pragma once

#include <fstream>
#include <string>

#include "serve/offer.hpp"
#include "support/folder.hpp"

namespace support {

struct LiveFixture {
  explicit LiveFixture(std::uint32_t replicates = 6) {
    const std::string file = folder / "small.yaml";
    std::ofstream(file) << "reformsim: 1\ntitle: Small\npopulation: {schools: 30, districts: 3}\n"
                           "horizon: {years: 3, burn_in_years: 1}\nensemble: {seed: 5}\n"
                           "levers: {networks.hubs: 0.1}\n";
    offer = reformsim::serve::make_offer(
        {file, {}, {}, "", REFORMSIM_SOURCE_DIR "/scenarios", replicates});
  }

  Folder folder;
  reformsim::serve::Offer offer;
};

}  // namespace support
