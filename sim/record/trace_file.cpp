#include "record/trace_file.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/error.hpp"
#include "record/hdf5.hpp"
#include "record/measures.hpp"
#include "record/results_file.hpp"
#include "record/whole_file.hpp"
#include "scenario/write.hpp"

namespace reformsim {

namespace {

using hdf5::Dataset;
using hdf5::Group;

constexpr const char* kTraceType = "reformsim trace";
constexpr int kTraceFormat = 1;
constexpr std::array<std::string_view, kEntities> kEntityNames = {"school",  "leader", "district",
                                                                  "cluster", "lever",  "system"};

// ---- writing

void write_one(Group& root, const Trace& trace) {
  std::vector<std::int32_t> numbers, term, column_step, row_step, row_entity, row_count;
  std::vector<std::string> mechanism, column;
  std::vector<std::uint64_t> hash, row_begin;
  std::vector<std::uint32_t> rows;
  for (const TraceStep& step : trace.steps()) {
    const auto number = static_cast<std::int32_t>(numbers.size());
    numbers.push_back(number);
    term.push_back(step.term);
    mechanism.push_back(step.mechanism);
    for (std::size_t k = 0; k < step.columns.size(); ++k) {
      column_step.push_back(number);
      column.emplace_back(info(step.columns[k]).name);
      hash.push_back(step.hash[k]);
    }
    for (std::size_t e = 0; e < kEntities; ++e) {
      const auto& hashes = step.row_hash[e];
      if (hashes.empty()) continue;
      row_step.push_back(number);
      row_entity.push_back(static_cast<std::int32_t>(e));
      row_begin.push_back(rows.size());
      row_count.push_back(static_cast<std::int32_t>(hashes.size()));
      rows.insert(rows.end(), hashes.begin(), hashes.end());
    }
  }
  Group group = root.group(fmt::format("replicate_{}", trace.replicate()));
  group.number("replicate", static_cast<std::int32_t>(trace.replicate()));
  group.number("steps_per_year", static_cast<std::int32_t>(trace.steps_per_year()));
  const auto describe = [](Dataset dataset, std::string_view meaning) {
    dataset.word("units", "1");
    dataset.word("long_name", meaning);
    return dataset;
  };
  const auto count_from_0 = [&](std::string_view name, std::size_t count,
                                std::string_view meaning) {
    std::vector<std::int32_t> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::int32_t>(i);
    return describe(group.scale(name, values), meaning);
  };
  const auto add = [&]<class T>(std::string_view name, const Dataset& scale,
                                const std::vector<T>& values, std::string_view meaning) {
    const std::size_t chunk = std::is_same_v<T, std::string> ? 0 : 65536;
    describe(group.variable<T>(
                 name, {&scale}, std::span<const T>(values),
                 chunk > 0 ? std::vector<std::uint64_t>{chunk} : std::vector<std::uint64_t>{}),
             meaning);
  };
  const Dataset step = describe(group.scale("step", numbers), "steps in the order they were made");
  add("term", step, term, "terms since year 0; negative in burn-in");
  add("mechanism", step, mechanism, "what made the step; in brackets a look at the whole world");
  const Dataset entry =
      count_from_0("column_entry", column.size(), "columns of all steps, in order");
  add("column_step", entry, column_step, "step the column belongs to");
  add("column", entry, column, "name of the column");
  add("column_hash", entry, hash, "XXH3 hash of the column's bytes");
  const Dataset part =
      count_from_0("row_entry", row_step.size(), "kinds of entity of all steps, in order");
  add("row_step", part, row_step, "step the rows belong to");
  add("row_entity", part, row_entity, "0 school, 1 leader, 2 district, 3 cluster, 4 system");
  add("row_begin", part, row_begin, "first place of the rows in row_hash");
  add("row_count", part, row_count, "number of rows");
  const Dataset place = count_from_0("row_place", rows.size(), "places in row_hash");
  add("row_hash", place, rows, "hash of a row over the step's columns of its kind of entity");
}

// ---- reading

struct Step {
  std::int32_t term = 0;
  std::string mechanism;
  std::vector<std::string> columns;
  std::vector<std::uint64_t> hash;
  std::array<std::pair<std::uint64_t, std::uint64_t>, kEntities>
      rows{};  // begin and count in row_hash
};

struct OneTrace {
  std::int64_t steps_per_year = 1;
  std::vector<Step> steps;
  std::vector<std::uint32_t> row_hash;
};

struct TraceFile {
  std::string path, scenario, scenario_digest, program, title;
  std::int64_t seed = 0;
  std::vector<std::string> school, district;  // codes
  std::map<std::int64_t, OneTrace> replicates;
};

OneTrace read_one(const hdf5::Node& group) {
  OneTrace trace;
  trace.steps_per_year = std::max<std::int64_t>(group.integer("steps_per_year").value_or(1), 1);
  const auto numbers = [&](std::string_view name) { return group.open(name).read<std::int32_t>(); };
  const auto must = [](bool good) {
    if (!good) throw RunError("its parts do not fit together");
  };
  const auto term = numbers("term");
  const auto mechanism = group.open("mechanism").read_texts();
  must(term.size() == mechanism.size());
  trace.steps.resize(term.size());
  for (std::size_t i = 0; i < term.size(); ++i) {
    trace.steps[i].term = term[i];
    trace.steps[i].mechanism = mechanism[i];
  }
  const auto step_at = [&](std::int32_t number) -> Step& {
    must(number >= 0 && static_cast<std::size_t>(number) < trace.steps.size());
    return trace.steps[static_cast<std::size_t>(number)];
  };
  const auto column_step = numbers("column_step");
  const auto column = group.open("column").read_texts();
  const auto hash = group.open("column_hash").read<std::uint64_t>();
  must(column.size() == column_step.size() && hash.size() == column_step.size());
  for (std::size_t i = 0; i < column.size(); ++i) {
    Step& step = step_at(column_step[i]);
    step.columns.push_back(column[i]);
    step.hash.push_back(hash[i]);
  }
  trace.row_hash = group.open("row_hash").read<std::uint32_t>();
  const auto row_step = numbers("row_step"), row_entity = numbers("row_entity");
  const auto row_count = numbers("row_count");
  const auto row_begin = group.open("row_begin").read<std::uint64_t>();
  must(row_entity.size() == row_step.size() && row_begin.size() == row_step.size() &&
       row_count.size() == row_step.size());
  for (std::size_t i = 0; i < row_step.size(); ++i) {
    must(row_entity[i] >= 0 && row_entity[i] < kEntities && row_count[i] >= 0);
    const auto count = static_cast<std::uint64_t>(row_count[i]);
    must(row_begin[i] <= trace.row_hash.size() && count <= trace.row_hash.size() - row_begin[i]);
    step_at(row_step[i]).rows[static_cast<std::size_t>(row_entity[i])] = {row_begin[i], count};
  }
  return trace;
}

TraceFile read_trace(const std::string& path) {
  const Place place{path, 0, 0};
  try {
    const hdf5::Reader reader(path);
    const hdf5::Node root = reader.root();
    const auto type = root.text("file_type");
    if (!type || !type->starts_with("reformsim "))
      throw InputError(place, "an HDF5 file, but not written by reformsim");
    if (*type != kTraceType)
      throw InputError(
          place, fmt::format("this is a file of {}, not a trace; `reformsim run --trace FILE` "
                             "writes one",
                             type->substr(std::string_view("reformsim ").size())));
    if (root.integer("format_version").value_or(0) != kTraceFormat)
      throw InputError(
          place,
          "a trace in a format that this program does not read; both traces have to be "
          "written by programs of its age");
    TraceFile trace;
    trace.path = path;
    trace.scenario = root.text("scenario").value_or("");
    trace.scenario_digest = root.text("scenario_digest").value_or("");
    trace.program = fmt::format("{} ({})", root.text("program_version").value_or("unknown"),
                                root.text("git_commit").value_or("unknown"));
    trace.seed = root.integer("seed").value_or(0);
    trace.school = root.open("school").read_texts();
    trace.district = root.open("district").read_texts();
    for (const std::string& name : root.names())
      if (name.starts_with("replicate_")) {
        const hdf5::Node group = root.open(name);
        trace.replicates.emplace(group.integer("replicate").value_or(-1), read_one(group));
      }
    return trace;
  } catch (const RunError& error) {
    throw InputError(place, fmt::format("the trace is damaged: {}", error.what()));
  }
}

// ---- the difference

std::string year_of(std::int32_t term, std::int64_t steps_per_year) {
  const double year = static_cast<double>(term) / static_cast<double>(steps_per_year);
  return fmt::format("{:.2f}{}", year, term < 0 ? ", in burn-in" : "");
}

std::string when(const Step& step, const OneTrace& trace) {
  return fmt::format("term {} (year {})", step.term, year_of(step.term, trace.steps_per_year));
}

// A text that the shell takes as it is.
std::string shell(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '/' || c == '-' || c == '=' || c == ':' || c == ',';
  });
  if (plain) return text;
  std::string in_quotes = "'";
  for (const char c : text) in_quotes += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return in_quotes + "'";
}

struct Rows {
  std::size_t differ = 0, all = 0, first = 0;
};

std::optional<Rows> differing_rows(const Step& a, const OneTrace& in_a, const Step& b,
                                   const OneTrace& in_b, std::size_t entity) {
  const auto [begin_a, count_a] = a.rows[entity];
  const auto [begin_b, count_b] = b.rows[entity];
  if (count_a != count_b) return std::nullopt;
  Rows rows;
  rows.all = count_a;
  for (std::size_t i = 0; i < count_a; ++i)
    if (in_a.row_hash[begin_a + i] != in_b.row_hash[begin_b + i] && rows.differ++ == 0)
      rows.first = i;
  return rows;
}

// The name of a row beside its number, where the file knows it.
std::string named(const TraceFile& file, std::size_t entity, std::size_t row) {
  if (entity == static_cast<std::size_t>(Entity::school) && row < file.school.size())
    return fmt::format(" (school {})", file.school[row]);
  if (entity == static_cast<std::size_t>(Entity::district) && row < file.district.size())
    return fmt::format(" (district {})", file.district[row]);
  return "";
}

// Options for the runs again, with the first school that differs recorded each term up to there.
// Options only: a trace does not know the others that its run was given.
std::string closer(const TraceFile& a, const TraceFile& b, std::int64_t replicate, const Step& step,
                   const OneTrace& trace, std::optional<std::size_t> school,
                   const std::vector<std::string>& columns) {
  std::int32_t last = 0;  // looks at the whole world come after the last term, too
  for (const Step& one : trace.steps)
    if (!one.mechanism.starts_with('(')) last = std::max(last, one.term);
  const std::int64_t years =
      std::max<std::int64_t>(std::min(step.term, last) / trace.steps_per_year + 1, 1);
  std::string measures;
  for (const std::string& name : columns)
    for (const Measure& measure : school_measures())
      if (measure.name == name) measures += (measures.empty() ? "" : ", ") + name;
  const auto options = [&](const TraceFile& file) {
    std::string text = fmt::format(
        "  --replicates {} --until {} --set record.every=term --set record.replicates={}",
        replicate + 1, years, replicate + 1);
    if (!school || *school >= file.school.size())
      return text + " --set record.districts=true --set record.clusters=true\n";
    text += " --set record.schools=ids --set " +
            shell(fmt::format("record.school_ids=[\"{}\"]", file.school[*school]));
    if (!measures.empty())
      text += " --set " + shell(fmt::format("record.school_measures=[{}]", measures));
    return text + "\n";
  };
  const std::string first = options(a), second = options(b);
  const std::string begin =
      "To look closer, make each run again as it was made, with these options beside its own, or "
      "in "
      "place of those";
  if (first == second) return fmt::format("{}:\n{}", begin, first);
  return fmt::format("{}; the first:\n{}the second:\n{}", begin, first, second);
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string compare_step(const TraceFile& a, const TraceFile& b, std::int64_t replicate,
                         const OneTrace& one, const OneTrace& other, std::size_t i) {
  const Step& x = one.steps[i];
  const Step& y = other.steps[i];
  std::vector<std::string> differing;
  for (std::size_t k = 0; k < x.columns.size(); ++k)
    if (x.hash[k] != y.hash[k]) differing.push_back(x.columns[k]);
  if (differing.empty()) return "";

  std::string out = fmt::format("  when       {}\n", when(x, one));
  out += x.mechanism.starts_with('(')
             ? fmt::format("  where      {}: the whole world, between mechanisms\n", x.mechanism)
             : fmt::format("  mechanism  {}\n", x.mechanism);
  out += fmt::format("  column     {}\n", differing.front());
  if (differing.size() > 1)
    out += fmt::format("  and also   {}\n",
                       list_of(std::vector<std::string>(differing.begin() + 1, differing.end())));
  const std::optional<Column> column = measure_column(differing.front());
  std::optional<std::size_t> school;
  if (column) {
    const auto entity = static_cast<std::size_t>(info(*column).entity);
    const auto rows = differing_rows(x, one, y, other, entity);
    if (!rows) {
      out += fmt::format("  entity     {}: the runs have {} and {} rows\n", kEntityNames[entity],
                         x.rows[entity].second, y.rows[entity].second);
    } else if (rows->differ > 0) {
      out += fmt::format("  entity     {} row {}{}, the first of {} of {} rows that differ\n",
                         kEntityNames[entity], rows->first, named(a, entity, rows->first),
                         rows->differ, rows->all);
      if (entity == static_cast<std::size_t>(Entity::school)) school = rows->first;
    } else {
      out += fmt::format("  entity     {}, but the sums over rows do not tell which\n",
                         kEntityNames[entity]);
    }
  }
  return out + closer(a, b, replicate, x, one, school, differing);
}

std::string compare(const TraceFile& a, const TraceFile& b, std::int64_t replicate,
                    const OneTrace& one, const OneTrace& other) {
  const std::size_t steps = std::min(one.steps.size(), other.steps.size());
  for (std::size_t i = 0; i < steps; ++i) {
    const Step& x = one.steps[i];
    const Step& y = other.steps[i];
    if (x.term != y.term || x.mechanism != y.mechanism)
      return fmt::format(
          "  when       {}\n  order      the first run comes to {}, the second to {} of {}: they "
          "have "
          "other mechanisms, terms or burn-in\n",
          when(x, one), x.mechanism, y.mechanism, when(y, other));
    if (x.columns != y.columns)
      return fmt::format(
          "  when       {}\n  mechanism  {}\n  columns    it writes {} in the first run and {} in "
          "the "
          "second: they are not made by the same program\n",
          when(x, one), x.mechanism, list_of(x.columns), list_of(y.columns));
    const std::string difference = compare_step(a, b, replicate, one, other, i);
    if (!difference.empty()) return difference;
  }
  if (one.steps.size() != other.steps.size()) {
    const bool longer = one.steps.size() > steps;
    const OneTrace& rest = longer ? one : other;
    return fmt::format("  length     equal for {} steps; then the {} run goes on with {} of {}\n",
                       steps, longer ? "first" : "second", rest.steps[steps].mechanism,
                       when(rest.steps[steps], rest));
  }
  return "";
}

}  // namespace

void write_trace(const std::string& path, const Scenario& scenario, const Population& population,
                 const std::vector<const Trace*>& traces) {
  WholeFile file(path);
  hdf5::Image image(path);
  {
    Group root = image.root();
    root.word("Conventions", "CF-1.8");
    root.word("file_type", kTraceType);
    root.number("format_version", static_cast<std::int32_t>(kTraceFormat));
    root.word("program_version", program_version());
    root.word("git_commit", program_commit());
    root.word("scenario_digest", scenario_digest(scenario));
    root.number("seed", scenario.integer("ensemble.seed"));
    std::string scenario_file = "-";
    for (const InputFile& one : scenario.files)
      if (one.role == "scenario" && scenario_file == "-")
        scenario_file = one.path;  // the first names the others
    root.text("scenario_file", scenario_file);
    root.text("scenario", resolved_yaml(scenario));
    const auto codes = [&](std::string_view name, const std::vector<std::string>& values,
                           std::string_view meaning) {
      Dataset dataset = root.scale(name, values);
      dataset.word("units", "1");
      dataset.word("long_name", meaning);
    };
    codes("school", population.school_code, "codes of the schools, in the order of their rows");
    codes("district", population.district_code,
          "codes of the districts, in the order of their rows");
    for (const Trace* trace : traces) write_one(root, *trace);
  }
  file.write(image.bytes());
  file.commit();
}

std::string trace_difference(const std::string& a, const std::string& b, bool& same) {
  const TraceFile first = read_trace(a), second = read_trace(b);
  same = true;
  std::string out;
  std::size_t compared = 0, steps = 0;
  for (const auto& [replicate, trace] : first.replicates) {
    const auto other = second.replicates.find(replicate);
    if (other == second.replicates.end()) continue;
    ++compared;
    steps += trace.steps.size();
    const std::string difference = compare(first, second, replicate, trace, other->second);
    if (difference.empty()) continue;
    same = false;
    out = fmt::format("The traces differ first at:\n  replicate  {}\n{}", replicate, difference);
    break;
  }
  if (compared == 0) {
    same = false;
    return fmt::format("{} and {} have no replicate in common.\n", a, b);
  }
  if (same)
    out = fmt::format("No difference in {} replicate{}, {} steps.\n", compared,
                      compared == 1 ? "" : "s", steps);
  if (first.seed != second.seed)
    out += fmt::format("Their seeds differ: {} and {}.\n", first.seed, second.seed);
  if (first.scenario_digest != second.scenario_digest)
    out += "Their scenarios differ: `reformsim diff` says how.\n";
  if (first.program != second.program)
    out += fmt::format("Their programs differ: {} and {}.\n", first.program, second.program);
  return out;
}

}  // namespace reformsim
