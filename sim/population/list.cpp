#include "population/list.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <unordered_map>

#include "base/nearest.hpp"
#include "population/population.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

constexpr double kMostPupils = 1e6;  // a school larger than this is a slip of the keyboard
constexpr std::array<const char*, kPhases> kPhaseNames = {"primary", "middle", "secondary"};

struct ColumnRule {
  const char* setting;
  bool required;
};
constexpr std::array<ColumnRule, kListColumns> kRules = {{{"school_id", true},
                                                          {"school_name", false},
                                                          {"district_id", true},
                                                          {"district_name", false},
                                                          {"county", false},
                                                          {"phase", false},
                                                          {"enrolment", true},
                                                          {"tested", false},
                                                          {"deprivation", true},
                                                          {"score", false},
                                                          {"teachers", false},
                                                          {"unqualified_teachers", false},
                                                          {"latitude", false},
                                                          {"longitude", false}}};

std::string setting_path(ListColumn column) {
  return fmt::format("population.columns.{}", kRules[column].setting);
}

// Where a setting was written, or where the list was named when the setting has its default.
Place place_of(const Scenario& scenario, std::string_view path) {
  const Place& place = scenario.place(path);
  return place.file.empty() ? scenario.place("population.file") : place;
}

// ListColumn numbers in the CSV by ListColumn; -1 for those the list does not have.
std::array<int, kListColumns> find_columns(const Scenario& scenario, const CsvTable& csv) {
  std::array<int, kListColumns> found;
  std::vector<Problem> problems;
  for (int k = 0; k < kListColumns; ++k) {
    const auto column = static_cast<ListColumn>(k);
    const std::string path = setting_path(column);
    const std::string& name = scenario.text(path);
    found[k] = -1;
    if (name.empty()) {
      if (kRules[k].required)
        problems.push_back({place_of(scenario, path),
                            fmt::format("{} must name a column of '{}'", path, csv.path())});
      continue;
    }
    const auto& header = csv.header();
    const auto at = std::find(header.begin(), header.end(), name);
    if (at != header.end()) {
      found[k] = static_cast<int>(at - header.begin());
    } else {
      std::string message =
          fmt::format("{}: '{}' has no column {}", path, csv.path(), in_quotes(name));
      const std::string near = nearest(name, header);
      if (!near.empty()) message += fmt::format("; did you mean '{}'?", near);
      problems.push_back({place_of(scenario, path), message});
    }
  }
  if ((found[kLatitude] < 0) != (found[kLongitude] < 0)) {
    const std::string named = setting_path(found[kLatitude] < 0 ? kLongitude : kLatitude);
    problems.push_back({place_of(scenario, named),
                        named + ": latitude and longitude go together; name both columns or none"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return found;
}

// The texts that stand for each phase. A phase without a list goes by its own name, unless another
// phase lists that; a text in two lists is an error of the scenario.
std::map<std::string, int, std::less<>> phase_texts(const Scenario& scenario) {
  std::map<std::string, int, std::less<>> texts;
  std::vector<Problem> problems;
  std::vector<int> unlisted;
  for (int phase = 0; phase < kPhases; ++phase) {
    const std::string path = fmt::format("population.phases.{}", kPhaseNames[phase]);
    const std::vector<std::string> listed = scenario.list(path);
    if (listed.empty()) unlisted.push_back(phase);
    for (const std::string& text : listed) {
      const auto [at, is_new] = texts.emplace(text, phase);
      if (!is_new && at->second != phase)
        problems.push_back(
            {place_of(scenario, path), fmt::format("{}: {} already stands for {}", path,
                                                   in_quotes(text), kPhaseNames[at->second])});
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  for (const int phase : unlisted) texts.emplace(kPhaseNames[phase], phase);
  return texts;
}

}  // namespace

int phase_of_all(const Scenario& scenario) {
  int found = 0, listed = 0;
  for (int phase = 0; phase < kPhases; ++phase)
    if (!scenario.list(fmt::format("population.phases.{}", kPhaseNames[phase])).empty())
      found = phase, ++listed;
  return listed == 1 ? found : static_cast<int>(Phase::primary);
}

namespace {

struct Range {
  double low, high;
  const char* expected;
  const char* hint = nullptr;  // for a number that is too high
};

// What to say of a text that is no number: the commonest reasons have their own advice.
std::string why_no_number(std::string_view text) {
  // Digits on both sides of the mark, nothing but digits and marks around it.
  const auto digits_around = [&](char mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    return text.find_first_not_of("0123456789.,-") == std::string_view::npos;
  };
  if (text.ends_with('%')) return "leave the percent sign out";
  if (digits_around(',')) {
    const bool thousands = text.size() - text.rfind(',') == 4;
    return thousands ? "leave the thousands separator out (1234)"
                     : "write a decimal point, not a comma (12.5)";
  }
  if (text.find_first_of(" \xc2") != std::string_view::npos &&
      text.find_first_of("0123456789") == 0)
    return "leave blanks and units out";
  return "leave the cell empty where the value is unknown";
}

class RowReader {
 public:
  RowReader(const Scenario& scenario, const CsvTable& csv)
      : csv_(csv),
        columns_(find_columns(scenario, csv)),
        phases_(phase_texts(scenario)),
        deprivation_percent_(scenario.text("population.deprivation_unit") == "percent"),
        unqualified_percent_(scenario.text("population.unqualified_unit") == "percent") {
    for (const auto& [text, phase] : phases_) known_phases_.push_back(text);
    common_phase_ = phase_of_all(scenario);
  }

  SchoolList read() {
    SchoolList list;
    list.schools.resize(csv_.rows());
    for (std::size_t row = 0; row < csv_.rows(); ++row) list.schools[row] = read_row(row);
    find_repeated(list.schools);
    for (std::size_t k = 0; k < kListColumns; ++k) list.has[k] = columns_[k] >= 0;
    list.problems = std::move(problems_);
    list.problems.insert(list.problems.end(), csv_.bad_rows().begin(), csv_.bad_rows().end());
    return list;
  }

 private:
  // Without blanks at either end: those of quoted cells are padding too.
  std::string_view cell(std::size_t row, ListColumn column) const {
    if (columns_[column] < 0) return {};
    std::string_view text = csv_.cell(row, static_cast<std::size_t>(columns_[column]));
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
  }

  void complain(ListedSchool& school, ListColumn column, std::string message) {
    school.bad = true;
    problems_.push_back(
        {csv_.place(school.row, static_cast<std::size_t>(columns_[column])), std::move(message)});
  }

  const std::string& header(ListColumn column) const {
    return csv_.header()[static_cast<std::size_t>(columns_[column])];
  }

  // NaN for an empty cell; a complaint and NaN for one that is no number in the range.
  double number(ListedSchool& school, ListColumn column, const Range& range) {
    const std::string_view text = cell(school.row, column);
    if (text.empty()) return kUnknown;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    std::string why;
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      why = "; " + why_no_number(text);
    else if (value >= range.low && value <= range.high)
      return value;
    else if (range.hint != nullptr && value > range.high)
      why = range.hint;
    complain(school, column,
             fmt::format("{}: expected {}, found {}{}", header(column), range.expected,
                         in_quotes(text), why));
    return kUnknown;
  }

  double share(ListedSchool& school, ListColumn column, bool percent, const char* hint) {
    const Range range = percent ? Range{0, 100, "a percentage from 0 to 100"}
                                : Range{0, 1, "a share from 0 to 1", hint};
    return number(school, column, range) / (percent ? 100 : 1);
  }

  ListedSchool read_row(std::size_t row) {
    ListedSchool school;
    school.row = row;
    const auto identity = [&](ListColumn column) {
      const std::string_view text = cell(row, column);
      if (text.empty())
        complain(school, column, fmt::format("{}: the cell is empty", header(column)));
      return text;
    };
    school.code = identity(kSchoolId);
    school.district = identity(kDistrictId);
    school.name = cell(row, kSchoolName);
    school.district_name = cell(row, kDistrictName);
    school.county = cell(row, kCounty);
    school.phase = columns_[kPhase] >= 0 ? phase(school) : common_phase_;

    const Range pupils{1, kMostPupils, "a number of pupils from 1 to 1000000"};
    school.enrolment = number(school, kEnrolment, pupils);
    school.tested = number(school, kTested, pupils);
    school.deprivation = share(school, kDeprivation, deprivation_percent_,
                               "; percentages need population.deprivation_unit: percent");
    if (cell(row, kDeprivation).empty())
      complain(school, kDeprivation,
               fmt::format("{}: the cell is empty; every school needs one", header(kDeprivation)));
    school.score = number(school, kScore, {-1e9, 1e9, "a number from -1e9 to 1e9"});
    school.teachers =
        number(school, kTeachers, {0.1, kMostPupils, "a number of teachers from 0.1 to 1000000"});
    school.unqualified = share(school, kUnqualified, unqualified_percent_,
                               "; percentages need population.unqualified_unit: percent");
    school.latitude = number(school, kLatitude, {-90, 90, "degrees from -90 to 90"});
    school.longitude = number(school, kLongitude, {-180, 180, "degrees from -180 to 180"});
    return school;
  }

  int phase(ListedSchool& school) {
    const std::string_view text = cell(school.row, kPhase);
    if (const auto found = phases_.find(text); found != phases_.end()) return found->second;
    std::string message = text.empty() ? fmt::format("{}: the cell is empty", header(kPhase))
                                       : fmt::format("{}: {} is not in population.phases",
                                                     header(kPhase), in_quotes(text));
    if (const std::string near = nearest(text, known_phases_); !text.empty() && !near.empty())
      message += fmt::format("; did you mean '{}'?", near);
    complain(school, kPhase, message);
    return 0;
  }

  // All copies of a repeated id are bad: which one to believe cannot be known, and the choice must
  // not depend on the order of lines.
  void find_repeated(std::vector<ListedSchool>& schools) {
    struct Use {
      std::size_t first, second;  // rows; the same while there is one
    };
    std::unordered_map<std::string_view, Use> uses;
    uses.reserve(schools.size());
    for (std::size_t row = 0; row < schools.size(); ++row) {
      if (schools[row].code.empty()) continue;
      Use& use = uses.try_emplace(schools[row].code, Use{row, row}).first->second;
      if (use.second == use.first) use.second = row;
    }
    for (std::size_t row = 0; row < schools.size(); ++row) {
      const auto found = uses.find(schools[row].code);
      if (found == uses.end() || found->second.first == found->second.second) continue;
      const bool is_first = found->second.first == row;
      complain(schools[row], kSchoolId,
               fmt::format("{}: {} {} line {}", header(kSchoolId), in_quotes(schools[row].code),
                           is_first ? "is used again in" : "was already used in",
                           csv_.line(is_first ? found->second.second : found->second.first)));
    }
  }

  const CsvTable& csv_;
  std::array<int, kListColumns> columns_;
  std::map<std::string, int, std::less<>> phases_;
  std::vector<std::string> known_phases_;
  int common_phase_ = 0;  // of all schools, where there is no column
  bool deprivation_percent_;
  bool unqualified_percent_;
  std::vector<Problem> problems_;
};

}  // namespace

const char* column_setting(ListColumn column) { return kRules[column].setting; }

SchoolList read_list(const Scenario& scenario, const CsvTable& csv) {
  return RowReader(scenario, csv).read();
}

}  // namespace reformsim
