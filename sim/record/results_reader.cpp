// Results files read back: their content, their digest, and what `info` says about them.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/nearest.hpp"
#include "record/hdf5.hpp"
#include "record/parameter_parts.hpp"
#include "record/results_file.hpp"

namespace reformsim {

namespace {

using hdf5::Attribute;
using hdf5::Node;

// Opens a results file, or says in plain words what the file is instead.
class Opened {
 public:
  explicit Opened(const std::string& path) : reader_(path), root_(reader_.root()) {
    const Place place{path, 0, 0};
    const auto type = root_.text("file_type");
    if (!type || !type->starts_with("reformsim "))
      throw InputError(place, "an HDF5 file, but not written by reformsim");
    if (*type != kResultsType)
      throw InputError(place, fmt::format("this is a file of {}, not of results",
                                          type->substr(std::string_view("reformsim ").size())));
    const std::string version = root_.text("format_version").value_or("");
    int major = 0;
    for (const char c : version) {
      if (c < '0' || c > '9' || major > 1000) break;
      major = 10 * major + (c - '0');
    }
    const std::string written = root_.text("program_version").value_or("unknown");
    if (major > kResultsMajor)
      throw InputError(
          place, fmt::format("format {} is newer than this program reads ({}); it was written "
                             "by reformsim {}, this is {}",
                             version, kResultsMajor, written, program_version()));
    if (major < kResultsMajor)
      throw InputError(place,
                       fmt::format("format {} is older than this program reads ({}); make the run "
                                   "again, or use reformsim {}",
                                   version.empty() ? "unknown" : version, kResultsMajor, written));
  }
  const Node& root() const { return root_; }

 private:
  hdf5::Reader reader_;
  Node root_;
};

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  if (text == "-" || text.empty()) return found;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return found;
}

std::string without_dash(std::string text) { return text == "-" ? std::string() : text; }

Results read_opened(const std::string& path, const Node& root) {
  const auto text = [&](std::string_view name) {
    const auto value = root.text(name);
    if (!value) throw RunError(fmt::format("the attribute {} is missing", name));
    return *value;
  };
  const auto integer = [&](std::string_view name) {
    const auto value = root.integer(name);
    if (!value) throw RunError(fmt::format("the attribute {} is missing", name));
    return *value;
  };
  Results results;
  results.path = path;
  results.format_version = text("format_version");
  results.program_version = text("program_version");
  results.git_commit = text("git_commit");
  results.title = without_dash(text("title"));
  results.scenario = text("scenario");
  results.scenario_digest = text("scenario_digest");
  results.seed = integer("seed");
  results.replicates_wanted = integer("replicates");
  results.complete = integer("complete") == 1;
  for (const std::string& line : lines(text("input_files"))) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string::npos) throw RunError("the attribute input_files is damaged");
    results.files.push_back({"-", line.substr(0, blank), line.substr(blank + 1)});
  }
  results.notes = lines(text("population_notes"));
  results.replicate = root.open("replicate").read<std::int32_t>();
  results.year = root.open("year").read<double>();

  if (results.replicate.empty() || results.year.empty())
    throw RunError("it holds no replicate and no time");
  const std::vector<std::uint64_t> shape = {results.replicate.size(), results.year.size()};
  for (const std::string& name : root.names()) {
    if (name == "replicate" || name == "year") continue;
    const Node node = root.open(name);
    if (!node.is_group()) {
      if (node.shape() != shape) throw RunError(name + ": not over replicates and years");
      results.measure.push_back(name);
      results.unit.push_back(node.text("units").value_or("1"));
      results.meaning.push_back(node.text("long_name").value_or(""));
      results.value.push_back(node.read<double>());
    } else if (name == "clock") {
      results.clock.started = node.text("started").value_or("");
      results.clock.wall_s = node.number("wall_s").value_or(0);
      results.clock.threads = static_cast<int>(node.integer("threads").value_or(0));
      results.clock.host = node.text("host").value_or("");
      const std::vector<std::string> paths = lines(node.text("input_paths").value_or(""));
      for (std::size_t i = 0; i < std::min(paths.size(), results.files.size()); ++i)
        results.files[i].path = paths[i];
    } else if (name == "parameters") {
      results.set = node.open("set").read<std::int32_t>();
      if (results.set.size() != results.replicate.size())
        throw RunError("parameters/set: not over replicates");
    } else if (name != "summary") {
      Results::Trajectories trajectories;
      trajectories.of = name;
      trajectories.replicates = node.open("replicate").size();
      trajectories.rows = node.open(name).size();
      for (const std::string& inside : node.names())
        if (node.open(inside).shape().size() == 3) trajectories.measures.push_back(inside);
      results.trajectories.push_back(std::move(trajectories));
    }
  }
  return results;
}

// ---- the digest

std::uint64_t hash_values(const Node& dataset) {
  const std::string type = dataset.type();
  const auto of = [&]<class T>(T) { return hash64_of(std::span<const T>(dataset.read<T>())); };
  if (type == "float64") return of(double{});
  if (type == "float32") return of(float{});
  if (type == "int32") return of(std::int32_t{});
  if (type == "int64") return of(std::int64_t{});
  if (type == "uint32") return of(std::uint32_t{});
  if (type == "uint64") return of(std::uint64_t{});
  if (type == "string") {
    std::uint64_t all = 0;
    for (const std::string& text : dataset.read_texts()) all = hash64(text, all + text.size() + 1);
    return all;
  }
  throw RunError(dataset.name() + ": holds neither numbers nor texts");
}

// Files and the text of the scenario tell how a recipe was written down; what it says is in the
// scenario's digest, which covers every value and the content of the list of schools. So the same
// recipe has the same digest from one file or from several, and from the text in a results file.
bool says_how_written(const std::string& path, const std::string& attribute) {
  return path.empty() && (attribute == "input_files" || attribute == "scenario");
}

// One line per attribute and dataset, in the order of names.
void transcribe(const Node& node, const std::string& path, std::string& into) {
  std::vector<Attribute> attributes = node.attributes();
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  for (const Attribute& one : attributes) {
    if (says_how_written(path, one.name)) continue;
    into += fmt::format("{}@{} ", path, one.name);
    if (one.kind == hdf5::Kind::text)
      into += fmt::format("{} {}\n", one.text.size(), one.text);
    else if (one.kind == hdf5::Kind::number && one.whole)
      into += fmt::format("{}\n", one.integer);
    else
      into += fmt::format("{}\n", one.number);
  }
  if (node.is_group()) {
    std::vector<std::string> names = node.names();
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      const std::string inner = path + "/" + name;
      if (inner != "/clock") transcribe(node.open(name), inner, into);
    }
    return;
  }
  into += fmt::format("{} {} [{}] [{}] {:016x}\n", path, node.type(), fmt::join(node.shape(), " "),
                      fmt::join(node.scales(), " "), hash_values(node));
}

// ---- in words

std::string number(double value) {
  if (std::isnan(value)) return "-";
  const double size = std::fabs(value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  const std::string text = fmt::format("{:.3f}", value);
  return text == "-0.000" ? "0.000" : text;
}

std::string year_text(double year) {
  std::string text = fmt::format("{:.2f}", year);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

struct Reduced {
  double mean = std::nan(""), se = std::nan("");
};
Reduced reduce(const Results& results, std::size_t measure, std::size_t time) {
  std::vector<double> values;
  for (std::size_t r = 0; r < results.replicate.size(); ++r)
    values.push_back(results.at(measure, r, time));
  const std::vector<std::size_t> sets(results.set.begin(), results.set.end());
  const ClusteredMean mean = clustered_mean(values, sets);
  return {mean.mean, mean.standard_error};
}

// Words after a label, broken at 80 columns.
void row(std::string& out, std::string_view label, const std::string& text) {
  constexpr std::size_t kIndent = 14, kWidth = 80;
  std::string line = fmt::format("  {:<{}}", label, kIndent - 2);
  bool empty = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!empty && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line.assign(kIndent, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
    at = end + 1;
  }
  out += line + "\n";
}

std::string state_text(const Results& results) {
  if (results.complete &&
      static_cast<std::int64_t>(results.replicate.size()) == results.replicates_wanted)
    return fmt::format("{}, all of them finished", results.replicate.size());
  return fmt::format("{} of {}{}", results.replicate.size(), results.replicates_wanted,
                     results.complete ? "" : ": the run was stopped");
}

std::string human(const Results& results, const std::string& digest_of_values) {
  std::string out;
  row(out, "file", results.path);
  if (!results.title.empty()) row(out, "title", results.title);
  row(out, "replicates", state_text(results));
  row(out, "years",
      fmt::format("{} to {}, {} times", year_text(results.year.front()),
                  year_text(results.year.back()), results.year.size()));
  row(out, "seed", fmt::format("{}", results.seed));
  if (!results.set.empty()) {
    const std::set<std::int32_t> sets(results.set.begin(), results.set.end());
    row(out, "parameters",
        fmt::format("{} set{} that the replicates simulate in turn", sets.size(),
                    sets.size() == 1 ? "" : "s"));
  }
  for (const InputFile& file : results.files)
    row(out, file.role, fmt::format("{} ({})", file.path, file.digest));
  for (const std::string& note : results.notes) row(out, "note", note);
  row(out, "made by",
      fmt::format("reformsim {}, commit {}, results format {}", results.program_version,
                  results.git_commit, results.format_version));
  row(out, "made",
      fmt::format("{} on {}, {:.1f} s on {} thread{}", results.clock.started, results.clock.host,
                  results.clock.wall_s, results.clock.threads,
                  results.clock.threads == 1 ? "" : "s"));
  row(out, "digests",
      fmt::format("scenario {} results {}", results.scenario_digest, digest_of_values));
  for (const Results::Trajectories& one : results.trajectories) {
    // Districts and clusters repeat the measures of the schools; those are named once.
    const Results::Trajectories& first = results.trajectories.front();
    const bool repeats = &one != &first && first.of == "school";
    std::string names = repeats ? "those of the schools" : "";
    for (const std::string& name : one.measures) {
      const auto& before = first.measures;
      if (repeats && std::find(before.begin(), before.end(), name) != before.end()) continue;
      names += (names.empty() ? "" : ", ") + name;
    }
    row(out, one.of + "s",
        fmt::format("{} in {} replicate{}: {}", one.rows, one.replicates,
                    one.replicates == 1 ? "" : "s", names));
  }
  const std::size_t last = results.year.size() - 1;
  out += fmt::format("\n{:<33}{:>9}{:>9}{:>8} {}\n", "Mean over replicates",
                     "year " + year_text(results.year.front()),
                     "year " + year_text(results.year[last]), "+-", "unit");
  for (std::size_t m = 0; m < results.measure.size(); ++m) {
    const Reduced first = reduce(results, m, 0), end = reduce(results, m, last);
    out += fmt::format("{:<33}{:>9}{:>9}{:>8} {}\n", results.measure[m], number(first.mean),
                       number(end.mean), number(end.se), results.unit[m]);
  }
  out += results.set.empty() ? "\n+- is the standard error of the last column.\n"
                             : "\n+- is the standard error of the last column, over the sets.\n";
  return out;
}

nlohmann::ordered_json number_or_null(double value) {
  if (std::isnan(value)) return nullptr;
  return value;
}

std::string json_text(const Results& results, const std::string& digest_of_values) {
  nlohmann::ordered_json json;
  json["file"] = results.path;
  json["file_type"] = kResultsType;
  json["format_version"] = results.format_version;
  json["program_version"] = results.program_version;
  json["git_commit"] = results.git_commit;
  json["title"] = results.title;
  json["scenario_digest"] = results.scenario_digest;
  json["results_digest"] = digest_of_values;
  json["seed"] = results.seed;
  json["replicates"] = results.replicates_wanted;
  json["replicates_written"] = results.replicate;
  if (!results.set.empty()) json["parameter_set"] = results.set;
  json["complete"] = results.complete;
  json["years"] = results.year;
  json["input_files"] = nlohmann::ordered_json::array();
  for (const InputFile& file : results.files)
    json["input_files"].push_back(
        {{"path", file.path}, {"role", file.role}, {"digest", file.digest}});
  json["population_notes"] = results.notes;
  json["clock"] = {{"started", results.clock.started},
                   {"wall_s", results.clock.wall_s},
                   {"threads", results.clock.threads},
                   {"host", results.clock.host}};
  json["trajectories"] = nlohmann::ordered_json::array();
  for (const Results::Trajectories& one : results.trajectories)
    json["trajectories"].push_back({{"of", one.of},
                                    {"rows", one.rows},
                                    {"replicates", one.replicates},
                                    {"measures", one.measures}});
  json["measures"] = nlohmann::ordered_json::array();
  for (std::size_t m = 0; m < results.measure.size(); ++m) {
    nlohmann::ordered_json one;
    one["name"] = results.measure[m];
    one["unit"] = results.unit[m];
    one["meaning"] = results.meaning[m];
    for (std::size_t t = 0; t < results.year.size(); ++t) {
      const Reduced reduced = reduce(results, m, t);
      one["mean"].push_back(number_or_null(reduced.mean));
      one["se"].push_back(number_or_null(reduced.se));
    }
    json["measures"].push_back(std::move(one));
  }
  json["scenario"] = results.scenario;
  // Texts of the user may hold anything; what is not UTF-8 must not stop a report on the file.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// What the library, or a part that is missing, says about a broken file is a fault of the file.
template <class Work>
auto reading(const std::string& path, Work work) {
  try {
    return work();
  } catch (const RunError& error) {
    std::string what = error.what();
    if (what.starts_with(path + ": ")) what.erase(0, path.size() + 2);
    throw InputError({path, 0, 0}, "the file is damaged: " + what);
  }
}

}  // namespace

std::size_t Results::find(std::string_view name) const {
  const auto found = std::find(measure.begin(), measure.end(), name);
  if (found != measure.end()) return static_cast<std::size_t>(found - measure.begin());
  const std::string near = nearest(name, measure);
  throw InputError({path, 0, 0}, fmt::format("there is no measure '{}'{}", name,
                                             near.empty() ? "" : "; did you mean '" + near + "'?"));
}

Results read_results(const std::string& path) {
  return reading(path, [&] { return read_opened(path, Opened(path).root()); });
}

std::string results_digest(const std::string& path) {
  return reading(path, [&] {
    std::string transcript;
    transcribe(Opened(path).root(), "", transcript);
    return digest(transcript);
  });
}

std::string describe_results(const std::string& path, bool json) {
  const Results results = read_results(path);
  const std::string values = results_digest(path);
  return json ? json_text(results, values) : human(results, values);
}

}  // namespace reformsim
