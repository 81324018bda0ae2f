#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment/sweep_file.hpp"
#include "record/hdf5.hpp"
#include "scenario/words.hpp"

namespace reformsim {
namespace {

struct Measured {
  std::string name, unit, meaning;
};

// The variables over scenario, point, replicate and year.
std::vector<Measured> measures_of(const hdf5::Node& root) {
  std::vector<Measured> found;
  for (const std::string& name : root.names()) {
    const hdf5::Node node = root.open(name);
    if (node.is_group() || node.shape().size() != 4) continue;
    found.push_back({name, node.text("units").value_or("1"), node.text("long_name").value_or("")});
  }
  return found;
}

std::vector<std::string> numbers_of(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(number_text(value));
  return texts;
}

}  // namespace

bool is_sweep_file(const std::string& path) {
  const hdf5::Reader reader(path);
  return reader.root().text("file_type") == kSweepType;
}

std::string describe_sweep(const std::string& path, bool json) {
  const hdf5::Reader reader(path);
  const hdf5::Node root = reader.root();
  const auto word = [&](std::string_view name) { return root.text(name).value_or("-"); };
  const std::vector<std::string> scenarios = root.open("scenario").read_texts();
  const std::uint64_t points = root.open("point").size(),
                      replicates = root.open("replicate").size();
  const std::vector<double> years = root.open("year").read<double>();
  std::vector<std::string> factors, distributions;
  if (root.has("factor")) {
    factors = root.open("factor").read_texts();
    distributions = root.open("design_distribution").read_texts();
  }
  const std::vector<Measured> measures = measures_of(root);
  const std::int64_t runs = root.integer("runs").value_or(0),
                     failed = root.integer("failed").value_or(0);

  if (json) {
    nlohmann::ordered_json out;
    for (const char* name : {"file_type", "format_version", "program_version", "git_commit",
                             "title", "design", "plan_digest", "baseline"})
      out[name] = word(name);
    out["seed"] = root.integer("seed").value_or(0);
    out["scenarios"] = scenarios;
    out["points"] = points;
    out["replicates"] = replicates;
    out["years"] = years;
    out["runs"] = runs;
    out["failed"] = failed;
    for (std::size_t f = 0; f < factors.size(); ++f) out["factors"][factors[f]] = distributions[f];
    for (const Measured& measure : measures)
      out["measures"][measure.name] = {{"unit", measure.unit}, {"meaning", measure.meaning}};
    return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
  }

  std::string text = fmt::format("{}\n  {}\n", path, word("title"));
  text += fmt::format("  a sweep: {} points ({} design) x {} scenarios x {} replicates\n", points,
                      word("design"), scenarios.size(), replicates);
  text += fmt::format("  {} runs, of which {} failed\n", runs, failed);
  text += fmt::format("  made by reformsim {} ({})\n  plan digest {}, seed {}\n",
                      word("program_version"), word("git_commit"), word("plan_digest"),
                      root.integer("seed").value_or(0));
  text += "\nScenarios\n";
  for (const std::string& name : scenarios)
    text += fmt::format("  {}{}\n", name, name == word("baseline") ? " (baseline)" : "");
  if (!factors.empty()) text += "\nFactors\n";
  for (std::size_t f = 0; f < factors.size(); ++f)
    text += fmt::format("  {}: {}\n", factors[f], distributions[f]);
  text += fmt::format("\nKept at year {}\n", join(numbers_of(years)));
  for (const Measured& measure : measures)
    text += fmt::format("  {} ({})\n    {}\n", measure.name, measure.unit, measure.meaning);
  text += fmt::format(
      "\nIn Python: xarray.open_dataset(\"{}\").\nOne run again in full: reformsim replay; a "
      "sample "
      "of them: reformsim verify.\n",
      path);
  return text;
}

}  // namespace reformsim
