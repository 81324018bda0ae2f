#include "cli/output.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "record/measures.hpp"
#include "record/recorder.hpp"
#include "record/whole_file.hpp"

namespace reformsim::cli {

namespace fs = std::filesystem;

namespace {

// Also of files that do not exist yet, so that "R.h5" and "./R.h5" are known to be one.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  if (fs::equivalent(a, b, none)) return true;
  const auto whole = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, none), none);
  };
  return whole(a) == whole(b);
}

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

void check_outputs(const std::vector<Output>& outputs, const std::vector<std::string>& inputs,
                   std::uint64_t bytes) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [option, path] = outputs[i];
    const auto problem = [&](std::string message) {
      problems.push_back({{fmt::format("{} {}", option, path), 0, 0}, std::move(message)});
    };
    std::error_code none;
    if (path.empty())
      problem("expected the name of a file");
    else if (fs::is_directory(path, none))
      problem("this is a folder; expected the name of a file");
    else if (!fs::is_directory(folder_of(path), none))
      problem(fmt::format("the folder {} does not exist", folder_of(path).string()));
    else if (const auto input =
                 std::find_if(inputs.begin(), inputs.end(),
                              [&](const auto& file) { return same_file(file, path); });
             input != inputs.end())
      problem(fmt::format("this would overwrite an input of the run, {}", *input));
    else
      for (std::size_t j = 0; j < i; ++j)
        if (same_file(outputs[j].path, path))
          problem(fmt::format("the same file as {}", outputs[j].option));
  }
  if (!problems.empty()) throw InputError(std::move(problems));

  for (const Output& output : outputs) {
    const WholeFile trial(output.path);  // makes and removes a temporary file
    std::error_code error;
    const fs::space_info space = fs::space(folder_of(output.path), error);
    if (!error && space.available < bytes)
      throw RunError(fmt::format("{} {}: the disk has {} MB free; the results may need {} MB",
                                 output.option, output.path, space.available / 1'000'000,
                                 bytes / 1'000'000 + 1));
  }
}

void write_text(const std::string& path, const std::string& text) {
  WholeFile file(path);
  file.write(text);
  file.commit();
}

std::vector<std::string> input_files(const std::vector<const Scenario*>& scenarios) {
  std::vector<std::string> files;
  for (const Scenario* scenario : scenarios) {
    for (const InputFile& file : scenario->files) files.push_back(file.path);
    for (const char* path : {"population.file", "parameters.sets"})
      if (const std::string file = scenario->file(path); !file.empty()) files.push_back(file);
  }
  return files;
}

std::uint64_t results_bytes(const Scenario& scenario, const Population& population) {
  const RecordPlan plan = record_plan(scenario, population);
  const auto replicates = static_cast<std::uint64_t>(scenario.integer("ensemble.replicates"));
  const auto steps = plan.every_term ? scenario.integer("horizon.steps_per_year") : 1;
  const auto times = static_cast<std::uint64_t>(1 + scenario.integer("horizon.years") * steps);
  const auto rows = [&](Entity entity, std::size_t count) {
    return trajectory_measures(plan, entity).size() * count;
  };
  std::uint64_t series = 0;
  if (!plan.school_rows.empty()) series += rows(Entity::school, plan.school_rows.size());
  if (plan.districts) series += rows(Entity::district, population.districts());
  if (plan.clusters)
    series += rows(Entity::cluster, population.schools() / 2);  // of two schools or more
  const std::uint64_t detailed = std::min<std::uint64_t>(replicates, plan.detailed_replicates);
  constexpr std::uint64_t kFrame = 2'000'000;  // groups, attributes, summaries
  return kFrame + replicates * times * system_measures().size() * sizeof(double) +
         detailed * times * series * sizeof(float);
}

std::string incomplete_path(const std::string& path) {
  const fs::path whole(path);
  return (whole.parent_path() /
          (whole.stem().string() + ".incomplete" + whole.extension().string()))
      .string();
}

Output incomplete_output(const std::string& path) {
  return {"if the run is stopped,", incomplete_path(path)};
}

}  // namespace reformsim::cli
