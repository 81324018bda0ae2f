// Reforms tried on the same burnt-in worlds, with the same luck.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

namespace support {

// Mean over schools of a column, as far as `which` asks for the school.
template <class Tag, class Which>
double mean_where(const World& world, Tag tag, Which which) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < world.schools(); ++i)
    if (which(i)) sum += static_cast<double>(world[tag][i]), count += 1;
  return count > 0 ? sum / count : 0;
}

class Paired {
 public:
  // `common`: population, parameters, mechanisms; the horizon is 30 years.
  explicit Paired(std::string common, int replicates = 2) : common_(std::move(common)) {
    const Scenario& base = scenario("");
    for (int r = 0; r < replicates; ++r)
      start_.push_back(burnt_in(base, parallel_, static_cast<std::uint32_t>(r)));
  }

  // Replicate r after `years` of a reform.
  const World& after(const std::string& levers, double years, std::size_t r = 0) {
    auto& slot = worlds_[levers + " @" + std::to_string(years) + " #" + std::to_string(r)];
    if (!slot) {
      Simulation run = start_[r];
      run.branch(scenario(levers));
      run.run_until(years);
      slot = std::make_unique<World>(run.world());
    }
    return *slot;
  }
  // Where a reform's schedule leaves a lever in the end.
  double lever(const std::string& levers, std::string_view path) {
    const Lever& plan = scenario(levers).lever(path);
    return plan.reform.empty() ? plan.status_quo : plan.reform.back().value;
  }
  const World& start(std::size_t r = 0) const { return start_[r].world(); }
  std::size_t replicates() const { return start_.size(); }

  // What a reform adds to a measure, on the mean of the replicates; against another reform, or
  // against none.
  double effect(std::string_view name, const std::string& levers, double years,
                const std::string& against = "") {
    double sum = 0;
    for (std::size_t r = 0; r < start_.size(); ++r)
      sum += measure(after(levers, years, r), name) - measure(after(against, years, r), name);
    return sum / static_cast<double>(start_.size());
  }

 private:
  const Scenario& scenario(const std::string& levers) {
    auto& slot = scenarios_[levers];
    if (!slot)
      slot = std::make_unique<Scenario>(
          scenario_of(common_ + "\nhorizon: {years: 30}\n" +
                      (levers.empty() ? "" : "levers: " + levers + "\n")));
    return *slot;
  }
  std::string common_;
  Parallel parallel_{1};
  std::map<std::string, std::unique_ptr<Scenario>> scenarios_;
  std::map<std::string, std::unique_ptr<World>> worlds_;
  std::vector<Simulation> start_;
};

}  // namespace support
