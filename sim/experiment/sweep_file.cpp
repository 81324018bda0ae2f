#include "experiment/sweep_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "experiment/journal.hpp"
#include "experiment/sweep.hpp"
#include "record/conventions.hpp"
#include "record/hdf5.hpp"
#include "record/measures.hpp"
#include "record/results_file.hpp"
#include "scenario/files.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim {
namespace {

using hdf5::Dataset;
using hdf5::Group;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBlockBytes = 32u << 20;  // of values held while writing
constexpr std::size_t kChunkBytes = 256u << 10;
constexpr std::size_t kMostProblems = 20;
constexpr const char* kReplay =
    "reformsim replay FILE --point failure_point --replicate failure_replicate";

// Where each unit's record stands: 16 bytes a unit.
struct Entry {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;  // 0: not there
  std::uint32_t file : 31 = 0;
  std::uint32_t failed : 1 = 0;
};

struct Failure {
  std::int32_t point, replicate;
  std::string reason;
};

class Index {
 public:
  Index(const Plan& plan, const std::vector<std::string>& directories)
      : plan_(plan), entries_(plan.points() * plan.replicates) {
    const std::string digest = plan_digest(plan);
    std::vector<Problem> problems;
    for (const std::string& directory : directories)
      for (const std::string& file : journals_in(directory)) {
        files_.push_back(file);
        const auto number = static_cast<std::uint32_t>(files_.size() - 1);
        scan_journal(file, digest, true, [&](const UnitResult& unit, const RecordPlace& place) {
          add(unit, place, number, problems);
        });
      }
    for (const auto& [files, twice] : twice_)
      problems.push_back(
          {{files_[files.second], 0, 0},
           fmt::format("holds {} of the units that are in {} too, the first of them point {}, "
                       "replicate {}; move one of the two files away",
                       twice.count, files_[files.first], twice.point, twice.replicate)});
    if (!problems.empty()) throw InputError(std::move(problems));
    for (const std::string& file : files_)
      readers_.push_back(std::make_unique<JournalReader>(file));
  }

  const Entry& at(std::size_t point, std::size_t replicate) const {
    return entries_[point * plan_.replicates + replicate];
  }
  UnitResult read(const Entry& entry) const {
    return readers_[entry.file]->read({entry.offset, entry.size});
  }

  // Points have all their replicates or, with a precision trigger, whole batches that are enough.
  void require_complete() const {
    std::uint64_t missing = 0;
    std::vector<Problem> problems;
    std::map<std::string, std::uint64_t> by_shard;
    for (std::size_t p = 0; p < plan_.points(); ++p) {
      const std::uint32_t wanted = wanted_replicates(p);
      for (std::uint32_t r = 0; r < wanted; ++r) {
        if (at(p, r).size > 0) continue;
        ++missing;
        ++by_shard[shard_of(p, r)];
        if (problems.size() < kMostProblems)
          problems.push_back(
              {{plan_.file, 0, 0}, fmt::format("point {}, replicate {} is missing", p, r)});
      }
    }
    if (missing == 0) return;
    if (missing > problems.size())
      problems.push_back({{plan_.file, 0, 0},
                          fmt::format("... and {} more are missing", missing - problems.size())});
    for (const auto& [shard, count] : by_shard)
      problems.push_back(
          {{plan_.file, 0, 0},
           shard.empty() ? "give the same sweep command again; it makes what is missing"
                         : fmt::format("run --shard {} again: it has {} of them", shard, count)});
    throw InputError(std::move(problems));
  }

 private:
  void add(const UnitResult& unit, const RecordPlace& place, std::uint32_t file,
           std::vector<Problem>& problems) {
    const Place where{files_[file], 0, 0};
    if (unit.point >= plan_.points() || unit.replicate >= plan_.replicates ||
        unit.point_digest != point_digest(plan_, unit.point)) {
      if (problems.size() < kMostProblems)
        problems.push_back({where, fmt::format("point {}, replicate {} is not of this plan",
                                               unit.point, unit.replicate)});
      return;
    }
    Entry& entry = entries_[unit.point * plan_.replicates + unit.replicate];
    if (entry.size > 0) {
      Twice& twice = twice_[{std::uint32_t{entry.file}, file}];
      if (twice.count++ == 0) twice.point = unit.point, twice.replicate = unit.replicate;
      return;
    }
    entry.offset = place.offset;
    entry.size = place.size;
    entry.file = file & 0x7FFFFFFF;
    entry.failed = unit.failed();
  }

  std::uint32_t wanted_replicates(std::size_t point) const {
    if (!plan_.precision) return plan_.replicates;
    std::vector<std::vector<double>> values(plan_.policies.size());
    const std::size_t each = plan_.measures.size() * plan_.years.size();
    const std::size_t place = plan_.precision_place();
    for (std::uint32_t first = 0; first < plan_.replicates; first += plan_.batch) {
      const std::uint32_t last = std::min(first + plan_.batch, plan_.replicates);
      for (std::uint32_t r = first; r < last; ++r) {
        const Entry& entry = at(point, r);
        if (entry.size == 0) return last;
        const UnitResult unit = read(entry);
        for (std::size_t s = 0; s < values.size(); ++s)
          values[s].push_back(unit.failed() ? kNone : unit.values[s * each + place]);
      }
      if (precise_enough(plan_, values)) return last;
    }
    return plan_.replicates;
  }

  // The shard that had the unit, when the folder is one of shards.
  std::string shard_of(std::size_t point, std::uint32_t replicate) const {
    for (const std::string& file : files_) {
      unsigned long long index = 0, count = 0;
      const std::size_t name = file.rfind("shard-");
      if (name == std::string::npos ||
          std::sscanf(file.c_str() + name, "shard-%llu-of-%llu.journal", &index, &count) != 2)
        continue;
      const std::uint64_t number = shard_number(plan_, point, replicate);
      return fmt::format("{}/{}", number % count + 1, count);
    }
    return {};
  }

  struct Twice {  // in the same two files
    std::uint64_t count = 0;
    std::uint32_t point = 0, replicate = 0;
  };

  const Plan& plan_;
  std::vector<std::string> files_;
  std::vector<Entry> entries_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Twice> twice_;
  std::vector<std::unique_ptr<JournalReader>> readers_;
};

std::vector<std::int32_t> counting(std::size_t count) {
  std::vector<std::int32_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<std::int32_t>(i);
  return numbers;
}

void write_attributes(Group& root, const Plan& plan, const MergeOutcome& outcome) {
  const DesignSettings& d = plan.settings;
  write_file_type(root, kSweepType, kSweepMajor, kSweepMinor, program_version(), program_commit());
  root.text("title", or_dash(plan.title));
  root.text("description", or_dash(plan.description));
  root.text("plan", resolved_plan(plan, false));
  root.word("plan_digest", plan_digest(plan));
  root.word("design", design_names()[static_cast<std::size_t>(d.kind)]);
  root.number("design_points", static_cast<std::int64_t>(d.points));
  root.number("design_second_order", std::int64_t{d.second_order ? 1 : 0});
  root.number("design_trajectories", static_cast<std::int64_t>(d.trajectories));
  root.number("design_levels", static_cast<std::int64_t>(d.levels));
  root.text("baseline", plan.policies[plan.baseline].name);
  root.number("common_random_numbers", std::int32_t{plan.common_random_numbers ? 1 : 0});
  root.number("seed", plan.seed);
  root.number("runs", static_cast<std::int64_t>(outcome.runs));
  root.number("failed", static_cast<std::int64_t>(outcome.failed * plan.policies.size()));
}

void write_design(Group& root, const Plan& plan, const Dataset& point, const Dataset& factor) {
  add_variable(root, "design_value", {&point, &factor}, plan.design.value, "1",
               "value of the factor; of a choice or a switch the number of its name");
  if (!plan.design.unit.empty()) {
    add_variable(root, "design_unit", {&point, &factor}, plan.design.unit, "1",
                 "the same in unit space");
  }
  std::vector<std::string> names, words, units;
  for (const PlannedFactor& one : plan.factors) {
    names.push_back(join(factor_names(*one.field), ","));
    units.push_back(one.field->unit.empty() ? "1" : one.field->unit);
    words.push_back(factor_text(one));
  }
  add_variable(root, "design_names", {&factor}, names, "1",
               "names of a choice or a switch, in the order of their numbers");
  add_variable(root, "design_units", {&factor}, units, "1", "unit of the factor");
  add_variable(root, "design_distribution", {&factor}, words, "1", "how the factor is varied");
}

}  // namespace

std::uint64_t sweep_file_bytes(const Plan& plan) {
  const std::uint64_t units = plan.points() * plan.replicates;
  // Values do not compress to more than they are; the scenarios stand in the file twice.
  return units * plan.values_per_unit() * sizeof(double) * 11 / 10 + units * 12 +
         plan.design.value.size() * 16 + resolved_plan(plan, false).size() * 2 + 50'000 +
         4'000 * (plan.measures.size() + plan.factors.size());
}

MergeOutcome write_sweep(const Plan& plan, const std::vector<std::string>& directories,
                         const std::string& path) {
  const Index index(plan, directories);
  index.require_complete();

  const std::size_t points = plan.points(), replicates = plan.replicates,
                    policies = plan.policies.size(), measures = plan.measures.size(),
                    years = plan.years.size();
  MergeOutcome outcome;
  std::vector<std::int32_t> status(points * replicates, 0);
  std::vector<Failure> failures;
  for (std::size_t p = 0; p < points; ++p)
    for (std::size_t r = 0; r < replicates; ++r) {
      const Entry& entry = index.at(p, r);
      if (entry.size == 0) continue;
      ++outcome.units;
      outcome.runs += policies;
      outcome.failed += entry.failed;
      status[p * replicates + r] = entry.failed ? 2 : 1;
      if (entry.failed && outcome.failed == 1) outcome.first_failed = {p, r};
      if (entry.failed)
        failures.push_back(
            {static_cast<std::int32_t>(p), static_cast<std::int32_t>(r), index.read(entry).reason});
    }

  hdf5::DiskFile file(path, sweep_file_bytes(plan));
  {
    Group root = file.root();
    write_attributes(root, plan, outcome);
    std::vector<std::string> names, texts, paths;
    for (const Policy& policy : plan.policies) {
      names.push_back(policy.name);
      texts.push_back(resolved_yaml(policy.scenario));
    }
    for (const PlannedFactor& one : plan.factors) paths.push_back(one.factor.path);
    const Dataset scenario = add_scale(root, "scenario", names, "1", "name of the scenario");
    const Dataset point = add_scale(root, "point", counting(points), "1", "number of the point");
    const Dataset replicate =
        add_scale(root, "replicate", counting(replicates), "1", "number of the replicate");
    const Dataset year =
        add_scale(root, "year", plan.years, "year", "time since the start of the reform");
    add_variable(root, "scenario_text", {&scenario}, texts, "1",
                 "the resolved scenario, before any factor is laid over it");
    if (!plan.factors.empty()) {
      const Dataset factor = add_scale(root, "factor", paths, "1", "path of the factor");
      write_design(root, plan, point, factor);
    }
    Dataset states = root.variable("status", {&point, &replicate},
                                   std::span<const std::int32_t>(status), {points, replicates});
    describe(states, "1", "1 done, 2 failed, 0 not asked for");
    if (!failures.empty()) {
      std::vector<std::int32_t> at_point, at_replicate;
      std::vector<std::string> reason;
      for (const Failure& one : failures) {
        at_point.push_back(one.point), at_replicate.push_back(one.replicate);
        reason.push_back(one.reason);
      }
      const Dataset failure =
          add_scale(root, "failure", counting(failures.size()), "1", "number of the failure");
      add_variable(root, "failure_point", {&failure}, at_point, "1", "its point");
      add_variable(root, "failure_replicate", {&failure}, at_replicate, "1", "its replicate");
      Dataset reasons =
          root.variable("failure_reason", {&failure}, std::span<const std::string>(reason));
      describe(reasons, "1", "why it failed");
      reasons.word("replay", kReplay);
    }

    // Blocks of whole chunks, so that every chunk is written once, and memory does not grow with
    // the number of points or of replicates.
    const auto fit = [](std::size_t bytes, std::size_t each, std::size_t most) {
      return std::clamp<std::size_t>(bytes / each, 1, most);
    };
    const std::size_t per_run = years * sizeof(double), per_unit = per_run * policies * measures;
    // A block has at least a chunk of every measure of every scenario.
    const std::size_t chunk_bytes = std::min(kChunkBytes, kBlockBytes / (policies * measures));
    const std::size_t chunk_replicates = fit(chunk_bytes, per_run, replicates);
    const std::size_t chunk_points = fit(chunk_bytes, chunk_replicates * per_run, points);
    const std::size_t chunks =
        std::max<std::size_t>(kBlockBytes / (chunk_points * chunk_replicates * per_unit), 1);
    // Points side by side where all their replicates fit into a chunk, else replicates of few.
    const bool whole = chunk_replicates == replicates;
    const std::size_t block_points = std::min(chunk_points * (whole ? chunks : 1), points);
    const std::size_t block_replicates =
        std::min(chunk_replicates * (whole ? 1 : chunks), replicates);
    std::vector<Dataset> variables;
    for (const std::size_t m : plan.measures) {
      const Measure& measure = system_measures()[m];
      variables.push_back(
          root.variable_to_fill<double>(measure.name, {&scenario, &point, &replicate, &year},
                                        {1, chunk_points, chunk_replicates, years}));
      describe(variables.back(), measure.unit, measure.meaning);
      variables.back().word("reduction", measure.reduction);
    }
    std::vector<double> seconds(points * replicates, kNone);
    std::vector<double> values;  // [measure][scenario][point][replicate][year] of a block
    for (std::size_t p0 = 0; p0 < points; p0 += block_points)
      for (std::size_t r0 = 0; r0 < replicates; r0 += block_replicates) {
        const std::size_t of_points = std::min(block_points, points - p0),
                          of_replicates = std::min(block_replicates, replicates - r0);
        const std::size_t each = policies * of_points * of_replicates * years;
        values.assign(measures * each, kNone);
        for (std::size_t p = 0; p < of_points; ++p)
          for (std::size_t r = 0; r < of_replicates; ++r) {
            const Entry& entry = index.at(p0 + p, r0 + r);
            if (entry.size == 0) continue;
            const UnitResult unit = index.read(entry);
            seconds[(p0 + p) * replicates + r0 + r] = unit.seconds;
            if (unit.failed()) continue;
            const double* from = unit.values.data();  // [scenario][measure][year]
            for (std::size_t s = 0; s < policies; ++s)
              for (std::size_t m = 0; m < measures; ++m, from += years)
                std::copy_n(
                    from, years,
                    values.data() + m * each + ((s * of_points + p) * of_replicates + r) * years);
          }
        for (std::size_t m = 0; m < measures; ++m)
          variables[m].fill<double>({0, p0, r0, 0}, {policies, of_points, of_replicates, years},
                                    std::span<const double>(values).subspan(m * each, each));
      }
    Group clock = root.group("clock");
    const Dataset clock_point =
        add_scale(clock, "point", counting(points), "1", "number of the point");
    const Dataset clock_replicate =
        add_scale(clock, "replicate", counting(replicates), "1", "number of the replicate");
    Dataset wall = clock.variable("wall_s", {&clock_point, &clock_replicate},
                                  std::span<const double>(seconds));
    describe(wall, "s", "time that all scenarios of the unit took");
    std::string places;
    for (const Policy& policy : plan.policies)
      places += whole_path(policy.scenario.directory) + '\n';
    clock.word("directories", places, std::max<std::size_t>(4096, places.size()));
  }
  file.commit();
  return outcome;
}

}  // namespace reformsim
