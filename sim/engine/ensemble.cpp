#include "engine/ensemble.hpp"

#include <map>
#include <mutex>

#include "engine/common_ground.hpp"

namespace reformsim {
namespace {

constexpr std::size_t kManySchools = 50000;  // from here a second thread helps inside one replicate

struct Job {
  std::size_t group;
  std::size_t replicate_index;
};

}  // namespace

void run_ensemble(const std::vector<const Scenario*>& scenarios, const EnsembleOptions& options,
                  EnsembleClient& client) {
  // Scenarios that share a burn-in.
  std::map<std::string, std::size_t> by_ground;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    const auto [found, fresh] = by_ground.try_emplace(common_ground(*scenarios[s]), groups.size());
    if (fresh) groups.emplace_back();
    groups[found->second].push_back(s);
  }
  std::vector<std::shared_ptr<const Population>> lists(groups.size());
  std::size_t most_schools = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    auto population = std::make_shared<const Population>(make_population(
        *scenarios[groups[g][0]], options.replicates.empty() ? 0 : options.replicates[0]));
    std::vector<Problem> problems;
    for (const std::size_t s : groups[g])
      for (Problem& problem : check_scopes(*scenarios[s], *population))
        problems.push_back(std::move(problem));
    if (!problems.empty()) throw InputError(std::move(problems));
    most_schools = std::max(most_schools, population->schools());
    if (!population->synthetic) lists[g] = std::move(population);
  }

  std::vector<Job> jobs;
  for (std::size_t r = 0; r < options.replicates.size(); ++r)
    for (std::size_t g = 0; g < groups.size(); ++g) jobs.push_back({g, r});

  Parallel threads(options.threads);
  threads.shuffle(options.shuffle);
  Parallel alone(1);
  alone.shuffle(options.shuffle);
  const bool over_schools =
      jobs.size() < static_cast<std::size_t>(threads.threads()) && most_schools >= kManySchools;
  const Parallel& outer = over_schools ? alone : threads;
  const Parallel& inner = over_schools ? threads : alone;

  const auto terms_of = [&](const Scenario& s) {
    const double years =
        options.until >= 0
            ? std::min(options.until, static_cast<double>(s.integer("horizon.years")))
            : static_cast<double>(s.integer("horizon.years"));
    return years * static_cast<double>(s.integer("horizon.steps_per_year"));
  };
  double all_terms = 0;
  for (const Job& job : jobs) {
    const Scenario& first = *scenarios[groups[job.group][0]];
    all_terms += static_cast<double>(first.integer("horizon.burn_in_years") *
                                     first.integer("horizon.steps_per_year"));
    for (const std::size_t s : groups[job.group]) all_terms += terms_of(*scenarios[s]);
  }
  std::mutex progress_mutex;
  double done_terms = 0;
  const auto advance = [&](double terms) {
    if (!options.progress) return;
    const std::lock_guard lock(progress_mutex);
    done_terms += terms;
    options.progress(all_terms > 0 ? done_terms / all_terms : 1.0);
  };
  const auto check_stop = [&] {
    if (options.stop && options.stop->load()) throw Stopped();
  };

  outer.for_each(jobs.size(), [&](std::size_t j) {
    check_stop();
    const auto& group = groups[jobs[j].group];
    const std::uint32_t replicate = options.replicates[jobs[j].replicate_index];
    const Scenario& first = *scenarios[group[0]];
    auto population = lists[jobs[j].group];
    if (!population)
      population = std::make_shared<const Population>(make_population(first, replicate));
    Simulation base(first, population, replicate, inner);
    client.before_burn_in(jobs[j].replicate_index, base);
    base.burn_in();
    base.clear_observers();
    advance(static_cast<double>(first.integer("horizon.burn_in_years") *
                                first.integer("horizon.steps_per_year")));
    for (std::size_t k = 0; k < group.size(); ++k) {
      const bool last = k + 1 == group.size();
      Simulation branch = last ? std::move(base) : base;
      branch.branch(*scenarios[group[k]]);
      client.begin(group[k], jobs[j].replicate_index, branch);
      const double until =
          options.until >= 0 ? options.until : std::numeric_limits<double>::infinity();
      while (!branch.done() && branch.year() < until - 1e-9) {
        check_stop();
        branch.next_term();
        advance(1);
      }
      branch.finalise();
      client.end(group[k], jobs[j].replicate_index, branch);
    }
  });
}

}  // namespace reformsim
