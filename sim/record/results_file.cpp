#include "record/results_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/conventions.hpp"
#include "record/hdf5.hpp"
#include "record/parameter_parts.hpp"
#include "record/whole_file.hpp"
#include "scenario/write.hpp"

namespace reformsim {

namespace {

using hdf5::Dataset;
using hdf5::Group;
using hdf5::Scales;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void describe_measure(Dataset& dataset, const Measure& measure) {
  describe(dataset, measure.unit, measure.meaning);
  dataset.word("reduction", measure.reduction);
  dataset.word("since", measure.since);
}

Dataset add_years(Group& group, const std::vector<double>& years) {
  return add_scale(group, "year", years, "year", "time since the start of the reform");
}

Dataset add_replicates(Group& group, const std::vector<const Recording*>& recordings) {
  std::vector<std::int32_t> numbers;
  for (const Recording* one : recordings)
    numbers.push_back(static_cast<std::int32_t>(one->replicate));
  return add_scale(group, "replicate", numbers, "1", "number of the replicate");
}

// Without their paths: the same files give the same results wherever they lie.
std::string lines_of(const std::vector<InputFile>& files) {
  std::string lines;
  for (const InputFile& file : files)
    lines += fmt::format("{}{} {}", lines.empty() ? "" : "\n", file.role, file.digest);
  return or_dash(lines);
}

void write_provenance(Group& root, const Scenario& scenario, const Population& population,
                      std::size_t written, bool incomplete) {
  const std::int64_t wanted = scenario.integer("ensemble.replicates");
  write_file_type(root, kResultsType, kResultsMajor, kResultsMinor, program_version(),
                  program_commit());
  root.text("title", or_dash(scenario.text("title")));
  root.word("scenario_digest", scenario_digest(scenario));
  root.number("seed", scenario.integer("ensemble.seed"));
  root.number("replicates", wanted);
  root.number("replicates_written", static_cast<std::int64_t>(written));
  root.number("complete", static_cast<std::int32_t>(incomplete ? 0 : 1));
  root.text("input_files", lines_of(scenario.files));
  root.text("population_notes", lines_or_dash(population.notes));
  root.text("scenario", resolved_yaml(scenario));
}

// Which set of parameters each replicate simulated, and the parameters that the sets settle.
void write_parameter_sets(Group& root, const Scenario& scenario,
                          const std::vector<const Recording*>& recordings) {
  const ParameterSets& sets = *scenario.parameter_sets();
  Group group = root.group("parameters");
  const Dataset replicate = add_replicates(group, recordings);
  std::vector<std::int32_t> number;
  std::vector<std::string> names;
  for (const Recording* one : recordings) {
    number.push_back(static_cast<std::int32_t>(scenario.set_of(one->replicate)));
    names.push_back(sets.names[static_cast<std::size_t>(number.back())]);
  }
  add_variable(group, "set", {&replicate}, number, "1",
               "number of the set of parameters, from 0 in the order of its file");
  add_variable(group, "name", {&replicate}, names, "1", "name of the set of parameters");
  for (const std::size_t row : sets.columns) {
    const Field& field = scenario.table()[row];
    if (!scenario.in_sets(field.path)) continue;  // written beside the sets: the same in all
    std::vector<double> values;
    for (const Recording* one : recordings)
      values.push_back(scenario.parameter(field.path, one->replicate));
    add_variable(group, field.path.substr(std::string_view("parameters.").size()), {&replicate},
                 values, field.unit, field.meaning);
  }
}

// ---- over replicates

struct Summary {
  double mean = kNone, sd = kNone, se = kNone;
  std::array<double, 5> quantile{kNone, kNone, kNone, kNone, kNone};
};
constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};

// Replicates in which the measure is missing (NaN) do not count. With sets of parameters the
// standard error is that of the mean of the set means.
Summary summarise(std::vector<double> values, SetOfReplicate sets) {
  Summary summary;
  const double of_sets = clustered_mean(values, sets).standard_error;
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return summary;
  const auto n = static_cast<double>(values.size());
  double total = 0;
  for (const double value : values) total += value;
  summary.mean = total / n;
  if (values.size() > 1) {
    double squares = 0;
    for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
    summary.sd = std::sqrt(squares / (n - 1));
    summary.se = sets.empty() ? summary.sd / std::sqrt(n) : of_sets;
  }
  std::sort(values.begin(), values.end());
  for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
    const double at = kQuantiles[q] * (n - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    summary.quantile[q] =
        values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
  }
  return summary;
}

void write_system(Group& root, const std::vector<const Recording*>& recordings,
                  const std::vector<double>& years, SetOfReplicate sets) {
  const std::vector<Measure>& measures = system_measures();
  const std::size_t times = years.size(), count = measures.size();
  const Dataset replicate = add_replicates(root, recordings);
  const Dataset year = add_years(root, years);

  Group summary = root.group("summary");
  struct Reduced {
    Group group;
    Dataset year;
  };
  const auto reduced = [&](std::string_view name) {
    Group group = summary.group(name);
    Dataset scale = add_years(group, years);
    return Reduced{std::move(group), std::move(scale)};
  };
  Reduced mean = reduced("mean"), sd = reduced("sd"), se = reduced("se");
  Group quantiles = summary.group("quantile");
  const Dataset quantile =
      add_scale(quantiles, "quantile", std::vector<double>(kQuantiles.begin(), kQuantiles.end()),
                "1", "share of the replicates that lie below");
  const Dataset quantile_year = add_years(quantiles, years);

  std::vector<double> values(recordings.size() * times), across(recordings.size());
  std::vector<double> means(times), sds(times), ses(times), bands(kQuantiles.size() * times);
  for (std::size_t m = 0; m < count; ++m) {
    for (std::size_t r = 0; r < recordings.size(); ++r)
      for (std::size_t t = 0; t < times; ++t)
        values[r * times + t] = recordings[r]->system[t * count + m];
    for (std::size_t t = 0; t < times; ++t) {
      for (std::size_t r = 0; r < recordings.size(); ++r) across[r] = values[r * times + t];
      const Summary one = summarise(across, sets);
      means[t] = one.mean;
      sds[t] = one.sd;
      ses[t] = one.se;
      for (std::size_t q = 0; q < kQuantiles.size(); ++q) bands[q * times + t] = one.quantile[q];
    }
    const auto write = [&](Group& group, const Scales& scales, const std::vector<double>& numbers) {
      Dataset dataset = group.variable<double>(measures[m].name, scales, numbers);
      describe_measure(dataset, measures[m]);
    };
    write(root, {&replicate, &year}, values);
    write(mean.group, {&mean.year}, means);
    write(sd.group, {&sd.year}, sds);
    write(se.group, {&se.year}, ses);
    write(quantiles, {&quantile, &quantile_year}, bands);
  }
}

// ---- trajectories

// One variable per measure over (replicate, year, row); rows that a replicate does not have are
// NaN.
void write_trajectories(Group& group, const std::vector<Measure>& measures, const Scales& scales,
                        const std::vector<const Recording*>& recordings,
                        std::vector<float> Recording::*values, std::size_t rows, std::size_t times,
                        std::string_view coordinates) {
  // Half a megabyte: one school over all years is one chunk, one year over all schools a few.
  constexpr std::size_t kChunk = 131072;
  const std::vector<std::uint64_t> chunk = {1, times, std::max<std::size_t>(kChunk / times, 64)};
  std::vector<float> all(recordings.size() * times * rows);
  for (std::size_t m = 0; m < measures.size(); ++m) {
    std::fill(all.begin(), all.end(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t r = 0; r < recordings.size(); ++r) {
      const std::vector<float>& taken = recordings[r]->*values;
      const std::size_t own = taken.size() / (times * measures.size());
      REFORMSIM_CHECK(own <= rows && own * times * measures.size() == taken.size(),
                      "{} values for {} times and {} measures", taken.size(), times,
                      measures.size());
      for (std::size_t t = 0; t < times; ++t)
        std::copy_n(taken.begin() + static_cast<std::ptrdiff_t>((t * measures.size() + m) * own),
                    own, all.begin() + static_cast<std::ptrdiff_t>((r * times + t) * rows));
    }
    Dataset dataset = group.variable<float>(measures[m].name, scales, all, chunk);
    describe_measure(dataset, measures[m]);
    if (!coordinates.empty()) dataset.word("coordinates", coordinates);
  }
}

bool has(const std::vector<Measure>& measures, std::string_view name) {
  return std::any_of(measures.begin(), measures.end(),
                     [&](const Measure& m) { return m.name == name; });
}

void write_schools(Group& root, const RecordPlan& plan, const Population& population,
                   const std::vector<const Recording*>& recordings,
                   const std::vector<double>& years) {
  constexpr std::string_view kPhaseNames[] = {"primary", "middle", "secondary"};
  const std::vector<Measure> measures = trajectory_measures(plan, Entity::school);
  const std::size_t rows = plan.school_rows.size();
  std::vector<std::string> codes, names, phases, districts;
  std::vector<float> deprivation, enrolment;
  std::vector<std::int32_t> clusters;
  for (const std::int32_t row : plan.school_rows) {
    const auto i = static_cast<std::size_t>(row);
    codes.push_back(population.school_code[i]);
    names.push_back(population.school_name[i].empty() ? codes.back() : population.school_name[i]);
    deprivation.push_back(population.deprivation[i]);
  }
  // In a synthetic system the district, the phase and the size of a school are part of a
  // replicate's luck.
  for (const Recording* one : recordings) {
    if (!population.synthetic && one != recordings.front()) break;
    for (const std::int32_t district : one->school_district)
      districts.push_back(population.district_code[static_cast<std::size_t>(district)]);
    for (const std::int32_t phase : one->school_phase) phases.emplace_back(kPhaseNames[phase]);
    enrolment.insert(enrolment.end(), one->school_enrolment.begin(), one->school_enrolment.end());
  }
  for (const Recording* one : recordings)
    clusters.insert(clusters.end(), one->school_cluster.begin(), one->school_cluster.end());

  Group group = root.group("school");
  const Dataset replicate = add_replicates(group, recordings);
  const Dataset year = add_years(group, years);
  const Dataset school = add_scale(group, "school", codes, "1", "code of the school");
  const Scales by_school = {&school};
  const Scales by_both = {&replicate, &school};
  const Scales& by_luck = population.synthetic ? by_both : by_school;
  const auto add = [&]<class T>(std::string_view name, const Scales& scales,
                                const std::vector<T>& values, std::string_view unit,
                                std::string_view meaning) {
    Dataset dataset = group.variable<T>(name, scales, std::span<const T>(values));
    describe(dataset, unit, meaning);
  };
  std::string coordinates = "name district phase enrolment cluster";
  add("name", by_school, names, "1", "name of the school");
  add("district", by_luck, districts, "1", "code of the district");
  add("phase", by_luck, phases, "1", "primary, middle or secondary");
  add("enrolment", by_luck, enrolment, "pupils", "pupils on roll at year 0");
  add("cluster", by_both, clusters, "1", "cluster it belongs to or could join; -1 for none");
  if (!has(measures, "deprivation")) {
    add("deprivation", by_school, deprivation, "share", "share of disadvantaged pupils at year 0");
    coordinates += " deprivation";
  }
  write_trajectories(group, measures, {&replicate, &year, &school}, recordings, &Recording::school,
                     rows, years.size(), coordinates);
}

void write_districts(Group& root, const RecordPlan& plan, const Population& population,
                     const std::vector<const Recording*>& recordings,
                     const std::vector<double>& years) {
  std::vector<std::string> names;
  for (std::size_t d = 0; d < population.districts(); ++d)
    names.push_back(population.district_name[d].empty() ? population.district_code[d]
                                                        : population.district_name[d]);
  Group group = root.group("district");
  const Dataset replicate = add_replicates(group, recordings);
  const Dataset year = add_years(group, years);
  const Dataset district =
      add_scale(group, "district", population.district_code, "1", "code of the district");
  {
    Dataset name =
        group.variable<std::string>("name", {&district}, std::span<const std::string>(names));
    describe(name, "1", "name of the district");
  }
  write_trajectories(group, trajectory_measures(plan, Entity::district),
                     {&replicate, &year, &district}, recordings, &Recording::district,
                     population.districts(), years.size(), "name");
}

void write_clusters(Group& root, const RecordPlan& plan,
                    const std::vector<const Recording*>& recordings,
                    const std::vector<double>& years) {
  std::size_t rows = 0;
  for (const Recording* one : recordings) rows = std::max(rows, one->clusters);
  std::vector<std::int32_t> numbers(rows);
  for (std::size_t c = 0; c < rows; ++c) numbers[c] = static_cast<std::int32_t>(c);
  Group group = root.group("cluster");
  const Dataset replicate = add_replicates(group, recordings);
  const Dataset year = add_years(group, years);
  const Dataset cluster = add_scale(group, "cluster", numbers, "1", "number of the cluster");
  write_trajectories(group, trajectory_measures(plan, Entity::cluster),
                     {&replicate, &year, &cluster}, recordings, &Recording::cluster, rows,
                     years.size(), "");
}

// Attributes of fixed size, so that the rest of the file is the same bytes whatever the clock says.
void write_clock(Group& root, const Clock& clock, const std::vector<InputFile>& files) {
  constexpr std::size_t kStarted = 24, kHost = 64, kPaths = 4096;
  constexpr std::size_t kMostPaths = 14 * kPaths;  // an attribute ends at 64 KiB
  Group group = root.group("clock");
  group.word("started", clock.started, kStarted);
  group.number("wall_s", clock.wall_s);
  group.number("threads", static_cast<std::int32_t>(clock.threads));
  group.word("host", clock.host, kHost);
  std::string paths;
  for (const InputFile& file : files) {
    if (paths.size() + file.path.size() >= kMostPaths) break;
    std::string path = file.path;
    std::replace(path.begin(), path.end(), '\n', '?');
    paths += (paths.empty() ? "" : "\n") + path;
  }
  group.word("input_paths", or_dash(paths), (paths.size() / kPaths + 1) * kPaths);
}

}  // namespace

std::string program_version() {
#ifdef REFORMSIM_VERSION
  return REFORMSIM_VERSION;
#else
  return "0.1.0";
#endif
}

std::string program_commit() {
#ifdef REFORMSIM_GIT_COMMIT
  const std::string commit = REFORMSIM_GIT_COMMIT;
  return commit.empty() ? "unknown" : commit;
#else
  return "unknown";
#endif
}

void write_results(const std::string& path, const Scenario& scenario, const Population& population,
                   const std::vector<Recording>& recordings, const Clock& clock, bool incomplete) {
  if (recordings.empty()) throw RunError(path + ": not written, because no replicate was finished");
  std::vector<const Recording*> all;
  for (const Recording& one : recordings) all.push_back(&one);
  std::sort(all.begin(), all.end(),
            [](const Recording* a, const Recording* b) { return a->replicate < b->replicate; });
  const std::vector<double>& years = all.front()->year;
  for (const Recording* one : all)
    REFORMSIM_CHECK(
        one->year == years && one->system.size() == years.size() * system_measures().size(),
        "replicate {} has {} times, replicate {} has {}", one->replicate, one->year.size(),
        all.front()->replicate, years.size());
  REFORMSIM_CHECK(!years.empty(), "{} recordings without a time", all.size());

  // Asked for before the work is done: a folder that cannot be written to is known at once.
  WholeFile file(path);
  hdf5::Image image(path);
  {
    Group root = image.root();
    write_provenance(root, scenario, population, all.size(), incomplete);
    std::vector<std::uint32_t> replicates;
    for (const Recording* one : all) replicates.push_back(one->replicate);
    write_system(root, all, years, sets_of(scenario, replicates));
    if (scenario.parameter_sets() != nullptr) write_parameter_sets(root, scenario, all);
    const RecordPlan plan = record_plan(scenario, population);
    const auto holding = [&](std::vector<float> Recording::*values) {
      std::vector<const Recording*> found;
      for (const Recording* one : all)
        if (!(one->*values).empty()) found.push_back(one);
      return found;
    };
    if (const auto some = holding(&Recording::school); !some.empty())
      write_schools(root, plan, population, some, years);
    if (const auto some = holding(&Recording::district); !some.empty())
      write_districts(root, plan, population, some, years);
    if (const auto some = holding(&Recording::cluster); !some.empty())
      write_clusters(root, plan, some, years);
    write_clock(root, clock, scenario.files);
  }
  file.write(image.bytes());
  file.commit();
}

}  // namespace reformsim
