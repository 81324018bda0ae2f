#include "population/draft.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "population/draft_cells.hpp"
#include "population/draft_yaml.hpp"
#include "population/import.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTexts = 6;  // that are no numbers, in a message about a column

bool numeric(ListColumn what) { return what >= kEnrolment; }
bool counts(ListColumn what) { return what == kEnrolment || what == kTested; }

const char* separator_name(char separator) {
  return separator == ','    ? "commas"
         : separator == ';'  ? "semicolons"
         : separator == '\t' ? "tabs"
                             : "bars";
}

class Drafter {
 public:
  Drafter(const DraftRequest& request, const FieldTable& fields)
      : request_(request), fields_(fields), cells_(request.list, request.encoding) {}

  Draft draft() {
    if (!csv().bad_rows().empty() && !request_.skip_bad_rows) problems_ = csv().bad_rows();
    cells_.keep(request_.where, draft_.changes, problems_);
    stop_if_needed();
    cells_.blank(request_.missing, draft_.changes, problems_);
    cells_.look(request_.decimal);
    find_columns();
    stop_if_needed();
    one_line_a_school();
    clean_numbers();
    find_phases();
    stop_if_needed();
    write();
    check();
    return std::move(draft_);
  }

 private:
  const CsvTable& csv() const { return cells_.csv(); }
  const std::vector<ColumnFacts>& facts() const { return cells_.facts(); }
  std::size_t columns() const { return csv().header().size(); }
  const std::string& header(int column) const {
    return csv().header()[static_cast<std::size_t>(column)];
  }
  void complain(const Place& place, std::string message) {
    problems_.push_back({place, std::move(message)});
  }
  void stop_if_needed() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

  void find_columns() {
    std::vector<bool> taken(columns());
    found_.fill(-1);
    for (const auto& [what, name] : request_.columns) {
      if (name.empty()) continue;
      found_[what] = cells_.column_named(
          name, fmt::format("--column {}={}", column_setting(what), name), problems_);
      if (found_[what] >= 0) taken[static_cast<std::size_t>(found_[what])] = true;
    }
    std::array<ColumnGuess, kListColumns> guesses;
    for (int k = 0; k < kListColumns; ++k) {
      const auto what = static_cast<ListColumn>(k);
      if (request_.columns.contains(what)) continue;
      guesses[what] = guess_column(what, facts(), taken);
      found_[what] = guesses[what].column;
      if (found_[what] >= 0) taken[static_cast<std::size_t>(found_[what])] = true;
    }
    // A list that only names its districts: the name is then the code.
    if (found_[kDistrictId] < 0 && found_[kDistrictName] >= 0 &&
        !request_.columns.contains(kDistrictId))
      found_[kDistrictId] = found_[kDistrictName];
    if ((found_[kLatitude] < 0) != (found_[kLongitude] < 0))
      found_[kLatitude] = found_[kLongitude] = -1;
    for (const ListColumn what : {kSchoolId, kDistrictId, kEnrolment, kDeprivation})
      if (found_[what] < 0)
        complain({csv().path(), 1, 0},
                 fmt::format("no column looks like {} and every list needs one; say --column "
                             "{}=HEADER. Its columns are {}",
                             what == kSchoolId     ? "the code of the school,"
                             : what == kDistrictId ? "the code of the district,"
                             : what == kEnrolment  ? "the number of pupils,"
                                                   : "the share of disadvantaged pupils,",
                             column_setting(what), join(csv().header())));
    for (int k = 0; k < kListColumns; ++k) {
      const auto what = static_cast<ListColumn>(k);
      if (found_[what] < 0) {
        draft_.without.emplace_back(column_setting(what));
        continue;
      }
      DraftColumn one{what, header(found_[what]), {}, request_.columns.contains(what), {}};
      for (const int other : guesses[what].others)
        if (!taken[static_cast<std::size_t>(other)]) one.others.push_back(header(other));
      draft_.columns.push_back(std::move(one));
    }
  }

  // A list with a line for each year, or each subject, of a school.
  void one_line_a_school() {
    const auto id = static_cast<std::size_t>(found_[kSchoolId]);
    if (2 * facts()[id].distinct > cells_.rows()) return;
    std::string advice;
    for (std::size_t k = 0; k < columns() && advice.empty(); ++k) {
      if (k == id || facts()[k].distinct < 2 || facts()[k].distinct > 50) continue;
      std::set<std::pair<std::string_view, std::string_view>> both;
      for (const auto& row : cells_.all()) both.emplace(row[id], row[k]);
      if (both.size() != cells_.rows()) continue;
      std::map<std::string, std::size_t> lines;
      for (const auto& row : cells_.all()) ++lines[row[k]];
      advice = fmt::format("; the column {} tells them apart: choose one with --where {}={}",
                           in_quotes(csv().header()[k]), csv().header()[k], lines.rbegin()->first);
    }
    throw InputError({csv().path(), 0, 0},
                     fmt::format("{} has {} codes in {}: a list has one line for each school{}",
                                 in_quotes(csv().header()[id]), facts()[id].distinct,
                                 lines_text(cells_.rows()), advice));
  }

  void clean_numbers() {
    for (const DraftColumn& column : draft_.columns)
      if (numeric(column.what)) clean(column.what, static_cast<std::size_t>(found_[column.what]));
    if (!no_numbers_.empty())
      complain({csv().path(), 0, 0},
               fmt::format("if {} that a value is not known, add --missing {}; otherwise change "
                           "the list, or choose other columns",
                           no_numbers_.size() == 1 ? "this text means" : "these texts mean",
                           yaml_safe_list(no_numbers_)));
  }

  static std::string yaml_safe_list(const std::set<std::string>& texts) {
    return fmt::format("'{}'", fmt::join(texts, ","));
  }

  void clean(ListColumn what, std::size_t column) {
    Decimal decimal = cells_.decimal(column);
    const std::string& name = csv().header()[column];
    std::size_t changed = 0;
    std::map<std::string, std::pair<std::size_t, std::size_t>> wrong;  // text: first row, lines
    for (std::size_t i = 0; i < cells_.rows(); ++i) {
      std::string& cell = cells_.at(i, column);
      if (cell.empty()) continue;
      if (decimal == Decimal::unknown && ambiguous(cell)) {
        const bool comma = cell.find(',') != std::string::npos;
        // Nobody counts thousandths of pupils.
        if (counts(what))
          decimal = comma ? Decimal::point : Decimal::comma;
        else if (!comma)
          decimal = Decimal::point;
      }
      const bool either =
          decimal == Decimal::both || (decimal == Decimal::unknown && ambiguous(cell));
      if (either && cell.find_first_of(",") != std::string::npos) {
        complain(cells_.place(i, column),
                 fmt::format("{}: in {} the comma may be a decimal mark or separate thousands; say "
                             "--decimal comma or --decimal point",
                             name, in_quotes(cell)));
        return;
      }
      const auto number = plain_number(cell, decimal);
      if (!number) {
        auto& [first, lines] = wrong.try_emplace(cell, i, 0).first->second;
        ++lines;
      } else if (*number != cell) {
        cell = *number;
        ++changed;
      }
    }
    if (changed > 0)
      draft_.changes.push_back(fmt::format(
          "{}: {} numbers rewritten with a decimal point and nothing else", name, changed));
    if (request_.skip_bad_rows) return;
    std::vector<std::pair<std::string, std::pair<std::size_t, std::size_t>>> texts(wrong.begin(),
                                                                                   wrong.end());
    std::stable_sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) {
      return a.second.second > b.second.second;
    });
    for (std::size_t k = 0; k < std::min(texts.size(), kMostTexts); ++k) {
      const auto& [text, where] = texts[k];
      no_numbers_.insert(text);
      complain(cells_.place(where.first, column),
               fmt::format("{}: {} in {} is no number", name, in_quotes(text),
                           lines_text(where.second)));
    }
    if (texts.size() > kMostTexts)
      complain({csv().path(), 0, 0}, fmt::format("{}: and {} other texts that are no numbers", name,
                                                 texts.size() - kMostTexts));
  }

  void find_phases() {
    if (found_[kPhase] < 0) {
      for (const auto& [said, text] : request_.phases)
        phases_[static_cast<std::size_t>(said)].push_back(text);
      if (request_.phases.size() > 1)
        complain({"--phase", 0, 0},
                 "there is no phase column to look for texts in (--column phase=HEADER); without "
                 "one, all schools are of one phase");
      return;
    }
    const auto column = static_cast<std::size_t>(found_[kPhase]);
    std::map<std::string, std::size_t> texts;
    for (const auto& row : cells_.all()) ++texts[row[column]];
    for (const auto& [text, lines] : texts) {
      if (text.empty()) continue;  // a bad row, which import counts
      int phase = guess_phase(text);
      for (const auto& [said, said_text] : request_.phases)
        if (said_text == text) phase = said;
      if (phase >= 0)
        phases_[static_cast<std::size_t>(phase)].push_back(text);
      else if (!request_.skip_bad_rows)
        complain({csv().path(), 0, 0},
                 fmt::format("{}: {} in {} may be primary, middle or secondary; say --phase "
                             "'secondary={}', or keep such lines out with --on-bad-row skip",
                             csv().header()[column], in_quotes(text), lines_text(lines), text));
    }
    for (const auto& [said, text] : request_.phases)
      if (!texts.contains(text))
        complain({"--phase", 0, 0}, fmt::format("no line has {} in the column {}", in_quotes(text),
                                                in_quotes(csv().header()[column])));
  }

  bool percent(ListColumn what) const {
    return found_[what] >= 0 && facts()[static_cast<std::size_t>(found_[what])].high > 1;
  }

  // Standard deviation of the score between schools of a phase.
  double score_sd() const {
    std::map<std::string, std::vector<double>> by_phase;
    for (const auto& row : cells_.all()) {
      const std::string& text = row[static_cast<std::size_t>(found_[kScore])];
      const auto number = plain_number(text, Decimal::point);
      if (number)
        by_phase[found_[kPhase] < 0 ? "" : row[static_cast<std::size_t>(found_[kPhase])]].push_back(
            std::stod(*number));
    }
    double squares = 0, n = 0;
    for (const auto& [phase, values] : by_phase) {
      double mean = 0;
      for (const double value : values) mean += value / static_cast<double>(values.size());
      for (const double value : values) squares += (value - mean) * (value - mean);
      n += static_cast<double>(values.size()) - 1;
    }
    return n > 0 ? std::sqrt(squares / n) : 0;
  }

  void write() {
    for (DraftColumn& column : draft_.columns) {
      std::vector<std::string> some;
      for (const auto& row : cells_.all()) {
        const std::string& cell = row[static_cast<std::size_t>(found_[column.what])];
        if (cell.empty() || std::find(some.begin(), some.end(), cell) != some.end()) continue;
        some.push_back(cell);
        if (some.size() == 3) break;
      }
      column.examples = join(some);
    }
    draft_.file = fmt::format("{}, {}{}, separated by {}", lines_text(csv().rows()),
                              cells_.raw().assumed ? "taken as " : "", cells_.raw().encoding,
                              separator_name(cells_.raw().separator));
    if (cells_.raw().encoding != "UTF-8")
      draft_.changes.push_back(fmt::format("from {} to UTF-8", cells_.raw().encoding));
    if (cells_.raw().separator != ',')
      draft_.changes.push_back(
          fmt::format("separated by commas, not by {}", separator_name(cells_.raw().separator)));
    if (cells_.raw().assumed)
      draft_.assumed.push_back(
          "The file is not UTF-8 and was taken as Windows-1252. If names have wrong letters, say "
          "--encoding.");
    if (!draft_.changes.empty() && !csv().bad_rows().empty())
      draft_.changes.push_back(lines_text(csv().bad_rows().size()) +
                               " with too many or too few cells left out");

    DraftFacts facts;
    facts.command = request_.command;
    facts.list = request_.list;
    facts.deprivation_percent = percent(kDeprivation);
    facts.unqualified_percent = percent(kUnqualified);
    facts.phases = phases_;
    facts.skip_bad_rows = request_.skip_bad_rows;
    const std::string from = fs::absolute(request_.output).parent_path().string();
    if (draft_.changes.empty()) {
      facts.file = fs::relative(request_.list, from.empty() ? "." : from).generic_string();
    } else {
      fs::path copy = request_.output;
      copy.replace_extension(".csv");
      std::error_code none;
      if (fs::equivalent(copy, request_.list, none)) copy.replace_extension(".clean.csv");
      draft_.copy = copy.string();
      facts.file = copy.filename().generic_string();
    }
    if (found_[kScore] >= 0) facts.score_sd_between = score_sd();
    draft_.yaml = draft_yaml(draft_, facts);
    if (!draft_.changes.empty()) draft_.csv = csv_text(csv().header(), cells_.all());
  }

  // A problem of the copy, with the line of the list that it is about.
  Problem in_the_list(Problem problem, const CsvTable& read) const {
    if (draft_.csv.empty()) return problem;
    for (std::size_t row = 0; row < read.rows(); ++row)
      if (read.line(row) == problem.place.line)
        problem.place = {request_.list, cells_.place(row, 0).line, 0};
    return problem;
  }

  // What a run would say to it. Alike complaints of many lines become one.
  void check() {
    const Scenario scenario = read_scenario_text(draft_.yaml, request_.output, ".", fields_, {},
                                                 ReadOptions{.open_files = false});
    const CsvTable read = draft_.csv.empty()
                              ? parse_csv(request_.list, cells_.raw().text, cells_.raw().separator)
                              : parse_csv(draft_.copy, draft_.csv);
    const SchoolList list = read_list(scenario, read);
    if (!list.problems.empty() && !request_.skip_bad_rows) {
      std::vector<std::pair<Problem, std::size_t>> kinds;
      for (const Problem& problem : list.problems) {
        const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) {
          return kind.first.message == problem.message;
        });
        if (same == kinds.end())
          kinds.emplace_back(in_the_list(problem, read), 1);
        else
          ++same->second;
      }
      for (auto& [problem, lines] : kinds) {
        if (problems_.size() == 20) break;
        if (lines > 1) problem.message += fmt::format(" (the first of {})", lines_text(lines));
        problems_.push_back(problem);
      }
      complain({csv().path(), 0, 0},
               fmt::format("{} cannot be used; --on-bad-row skip leaves them out and counts them",
                           lines_text(static_cast<std::size_t>(std::count_if(
                                          list.schools.begin(), list.schools.end(),
                                          [](const ListedSchool& school) { return school.bad; })) +
                                      read.bad_rows().size())));
      stop_if_needed();
    }
    draft_.population = import_population(scenario, read);
    const auto zero = static_cast<std::size_t>(std::count(
        draft_.population.deprivation.begin(), draft_.population.deprivation.end(), 0.0f));
    if (4 * zero > draft_.population.schools())
      draft_.population.notes.push_back(fmt::format(
          "{} of {} schools have exactly no disadvantaged pupils: is 0 a code, or rounded?", zero,
          draft_.population.schools()));
  }

  const DraftRequest& request_;
  const FieldTable& fields_;
  DraftCells cells_;
  Draft draft_;
  std::vector<Problem> problems_;
  std::array<int, kListColumns> found_{};
  std::array<std::vector<std::string>, kPhases> phases_;
  std::set<std::string> no_numbers_;
};

}  // namespace

Draft draft_population(const DraftRequest& request, const FieldTable& table) {
  return Drafter(request, table).draft();
}

}  // namespace reformsim
