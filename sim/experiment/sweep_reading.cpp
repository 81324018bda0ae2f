#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "experiment/job_script.hpp"
#include "experiment/journal.hpp"
#include "experiment/sweep.hpp"
#include "experiment/sweep_file.hpp"
#include "record/hdf5.hpp"
#include "record/measures.hpp"
#include "record/results_file.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim {
namespace {

[[noreturn]] void changed(const std::string& path, const std::string& what) {
  throw InputError({path, 0, 0}, "the file was changed: " + what);
}

std::string own_build() { return fmt::format("{} ({})", program_version(), program_commit()); }

// What readers of the file go by: names, units and the design, by which they know whose values
// these are, have to be those of its plan.
bool says_its_plan(const hdf5::Node& root, const Plan& plan) {
  std::vector<std::string> scenarios, texts, paths, names, units, words;
  for (const Policy& policy : plan.policies) {
    scenarios.push_back(policy.name);
    texts.push_back(resolved_yaml(policy.scenario));
  }
  for (const PlannedFactor& one : plan.factors) {
    paths.push_back(one.factor.path);
    names.push_back(join(factor_names(*one.field), ","));
    units.push_back(one.field->unit.empty() ? "1" : one.field->unit);
    words.push_back(factor_text(one));
  }
  const auto is = [&](const char* name, const std::vector<std::string>& expected) {
    return root.has(name) && root.open(name).read_texts() == expected;
  };
  const auto counts = [&](const char* name, std::size_t count) {
    std::vector<std::int32_t> expected(count);
    std::iota(expected.begin(), expected.end(), 0);
    return root.has(name) && root.open(name).read<std::int32_t>() == expected;
  };
  const auto holds = [&](const char* name, const std::vector<double>& expected) {
    return root.has(name) && root.open(name).read<double>() == expected;
  };
  const auto number = [&](const char* name, std::int64_t expected) {
    return root.integer(name) == expected;
  };
  const DesignSettings& d = plan.settings;
  if (!is("scenario", scenarios) || !is("scenario_text", texts) ||
      !counts("point", plan.points()) || !counts("replicate", plan.replicates) ||
      !holds("year", plan.years) || root.text("baseline") != plan.policies[plan.baseline].name ||
      root.text("design") != design_names()[static_cast<std::size_t>(d.kind)] ||
      !number("design_points", d.points) || !number("design_second_order", d.second_order) ||
      !number("design_trajectories", d.trajectories) || !number("design_levels", d.levels) ||
      !number("common_random_numbers", plan.common_random_numbers) || !number("seed", plan.seed))
    return false;
  if (root.has("factor") == plan.factors.empty() ||
      root.has("design_unit") == plan.design.unit.empty())
    return false;
  if (!plan.factors.empty() &&
      (!is("factor", paths) || !is("design_names", names) || !is("design_units", units) ||
       !is("design_distribution", words) || !holds("design_value", plan.design.value)))
    return false;
  if (!plan.design.unit.empty() && !holds("design_unit", plan.design.unit)) return false;
  return std::all_of(plan.measures.begin(), plan.measures.end(), [&](std::size_t m) {
    const Measure& measure = system_measures()[m];
    if (!root.has(measure.name)) return false;
    const hdf5::Node node = root.open(measure.name);
    const std::vector<std::uint64_t> shape = {plan.policies.size(), plan.points(), plan.replicates,
                                              plan.years.size()};
    return node.shape() == shape && node.text("units") == measure.unit;
  });
}

}  // namespace

struct SweepFile::Journals {
  std::vector<std::unique_ptr<JournalReader>> readers;
  std::vector<std::pair<std::uint32_t, RecordPlace>> places;  // by unit: which reader, and where
};

SweepFile::SweepFile(std::string path, const FieldTable& table) : path_(std::move(path)) {
  if (std::filesystem::is_directory(path_))
    open_folder(table);
  else
    open_file(table);
}

SweepFile::~SweepFile() = default;

void SweepFile::open_folder(const FieldTable& table) {
  plan_ = plan_of(path_, table);  // of this build, or refused
  build_ = own_build();
  same_build_ = true;
  status_.assign(plan_.points() * plan_.replicates, 0);
  journals_ = std::make_unique<Journals>();
  journals_->places.resize(status_.size());
  for (const std::string& file : journals_in(path_)) {
    const auto reader = static_cast<std::uint32_t>(journals_->readers.size());
    scan_journal(file, plan_digest(plan_), false,
                 [&](const UnitResult& unit, const RecordPlace& place) {
                   // Of a plan with more points or replicates that another process has begun.
                   if (unit.point >= plan_.points() || unit.replicate >= plan_.replicates) return;
                   // What merging refuses is refused here.
                   const auto refuse = [&](const char* why) {
                     throw InputError({file, 0, 0}, fmt::format("point {}, replicate {} {}",
                                                                unit.point, unit.replicate, why));
                   };
                   if (unit.point_digest != point_digest(plan_, unit.point))
                     refuse("is not of this plan");
                   const std::size_t at = unit.point * plan_.replicates + unit.replicate;
                   if (status_[at] != 0) refuse("is there twice; move one of the journals away");
                   status_[at] = unit.failed() ? 2 : 1;
                   journals_->places[at] = {reader, place};
                   if (unit.failed()) reasons_[{unit.point, unit.replicate}] = unit.reason;
                 });
    journals_->readers.push_back(std::make_unique<JournalReader>(file));
  }
}

void SweepFile::open_file(const FieldTable& table) {
  const hdf5::Reader reader(path_);
  const hdf5::Node root = reader.root();
  const Place place{path_, 0, 0};
  if (root.text("file_type") != kSweepType)
    throw InputError(place, "this is not the file of a sweep (sweep.h5)");
  const std::string version = root.text("format_version").value_or("?");
  if (!version.starts_with(fmt::format("{}.", kSweepMajor)))
    throw InputError(place, fmt::format("format {} is not one this program reads; it reads {}.x",
                                        version, kSweepMajor));
  build_ = fmt::format("{} ({})", root.text("program_version").value_or("?"),
                       root.text("git_commit").value_or("?"));
  same_build_ = build_ == own_build();
  // Lists of schools are looked for where they were.
  const std::string places = root.open("clock").text("directories").value_or("");
  PlanOptions options;
  for (std::size_t at = 0, end; (end = places.find('\n', at)) != std::string::npos; at = end + 1)
    options.directories.push_back(places.substr(at, end - at));
  plan_ = read_plan_text(root.text("plan").value_or(""), path_ + " (plan)", ".", table, options);
  if (root.text("plan_digest") != plan_digest(plan_))
    throw InputError(place,
                     "its plan is not the one its results are of: another version of the "
                     "program reads it otherwise, or a list of schools has changed");
  status_ = root.open("status").read<std::int32_t>();
  if (status_.size() != plan_.points() * plan_.replicates)
    throw InputError(place, "the file is damaged: its plan has another number of units");
  if (!says_its_plan(root, plan_))
    changed(path_, "its scenarios, years, measures or design are not those of its plan");
  if (root.has("failure_reason")) read_failures(root);
  require_asked_for(root);
}

void SweepFile::read_failures(const hdf5::Node& root) {
  const std::vector<std::int32_t> point = root.open("failure_point").read<std::int32_t>(),
                                  replicate = root.open("failure_replicate").read<std::int32_t>();
  std::vector<std::string> reason = root.open("failure_reason").read_texts();
  if (point.size() != reason.size() || replicate.size() != reason.size())
    throw InputError({path_, 0, 0}, "the file is damaged: failures without a reason");
  for (std::size_t i = 0; i < reason.size(); ++i)
    reasons_[{static_cast<std::uint32_t>(point[i]), static_cast<std::uint32_t>(replicate[i])}] =
        std::move(reason[i]);
}

// Units without a result are those that the precision trigger did not ask for, and no others: what
// somebody does not like cannot be left out.
void SweepFile::require_asked_for(const hdf5::Node& root) const {
  const auto count = [&](std::int32_t value) {
    return std::count(status_.begin(), status_.end(), value);
  };
  const auto policies = static_cast<std::int64_t>(plan_.policies.size());
  if (count(0) + count(1) + count(2) != static_cast<std::int64_t>(status_.size()) ||
      root.integer("runs") != (count(1) + count(2)) * policies ||
      root.integer("failed") != count(2) * policies)
    changed(path_, "its numbers of runs are not those of its units");
  if (!plan_.precision) {
    if (count(0) > 0)
      changed(path_, "it has units without a result, which its plan does not allow for");
    return;
  }
  const std::size_t year = plan_.precision_place() % plan_.years.size();
  const hdf5::Node node = root.open(plan_.precision->measure);
  for (std::size_t p = 0; p < plan_.points(); ++p) {
    const std::vector<double> all =
        node.read_part<double>({0, p, 0, year}, {plan_.policies.size(), 1, plan_.replicates, 1});
    const auto values_of = [&](std::uint32_t upto) {
      std::vector<std::vector<double>> values;
      for (std::size_t s = 0; s < plan_.policies.size(); ++s) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(s * plan_.replicates);
        values.emplace_back(first, first + upto);
      }
      return values;
    };
    std::uint32_t wanted = 0;
    do {
      wanted = std::min(wanted + plan_.batch, plan_.replicates);
    } while (wanted < plan_.replicates && !precise_enough(plan_, values_of(wanted)));
    for (std::uint32_t r = 0; r < plan_.replicates; ++r)
      if ((status(p, r) != Status::not_asked) != (r < wanted))
        changed(path_, fmt::format("point {} has other replicates than its precision asks for", p));
  }
}

std::string SweepFile::reason(std::size_t point, std::size_t replicate) const {
  const auto found =
      reasons_.find({static_cast<std::uint32_t>(point), static_cast<std::uint32_t>(replicate)});
  return found == reasons_.end() ? "" : found->second;
}

SweepFile::Status SweepFile::status(std::size_t point, std::size_t replicate) const {
  const std::int32_t value = status_[point * plan_.replicates + replicate];
  return value == 1 ? Status::done : value == 2 ? Status::failed : Status::not_asked;
}

std::vector<double> SweepFile::values(std::size_t point, std::size_t replicate) const {
  if (journals_) {
    const auto& [reader, place] = journals_->places[point * plan_.replicates + replicate];
    std::vector<double> values;
    if (place.size > 0) values = journals_->readers[reader]->read(place).values;
    values.resize(plan_.values_per_unit(),
                  std::numeric_limits<double>::quiet_NaN());  // of what is not done, or failed
    return values;
  }
  const hdf5::Reader reader(path_);
  const hdf5::Node root = reader.root();
  const std::size_t years = plan_.years.size(), measures = plan_.measures.size();
  std::vector<double> all(plan_.values_per_unit());
  for (std::size_t m = 0; m < measures; ++m) {
    const std::vector<double> part =
        root.open(system_measures()[plan_.measures[m]].name)
            .read_part<double>({0, point, replicate, 0}, {plan_.policies.size(), 1, 1, years});
    for (std::size_t s = 0; s < plan_.policies.size(); ++s)
      std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(s * years), years,
                  all.begin() + static_cast<std::ptrdiff_t>((s * measures + m) * years));
  }
  return all;
}

std::string replay_command(const std::string& sweep, std::size_t point, std::size_t replicate) {
  return fmt::format("reformsim replay {} --point {} --replicate {}", shell_word(sweep), point,
                     replicate);
}

}  // namespace reformsim
