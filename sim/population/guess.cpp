#include "population/guess.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "population/population.hpp"

namespace reformsim {

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool capital(char c) { return c >= 'A' && c <= 'Z'; }
char small(char c) { return capital(c) ? static_cast<char>(c - 'A' + 'a') : c; }

using Words = std::vector<std::string>;

// Words that a header has when it stands for something, the surest first; and words it then has
// not. `w` of a rule is blank-separated.
struct HeaderRule {
  std::vector<const char*> has;
  std::vector<const char*> never;
};

// Words of numbers that are about something else than the level: how sure, how changed, how many.
const std::vector<const char*> kNoLevel = {
    "change", "growth", "target", "progress", "prog", "lo",          "hi",     "lower", "upper",
    "ci",     "band",   "gap",    "met",      "prov", "provisional", "pupils", "n",     "rank"};
const std::vector<const char*> kShares = {"pct",        "percent", "percentage", "perc",
                                          "share",      "rate",    "change",     "prop",
                                          "proportion", "per",     "ratio"};

const HeaderRule& rule_of(ListColumn what) {
  static const std::array<HeaderRule, kListColumns> kRules = {{
      // school_id
      {{"school id",
        "school code",
        "school number",
        "school no",
        "urn",
        "ncessch",
        "cds",
        "cdscode",
        "dbn",
        "uai",
        "rne",
        "emis",
        "seed",
        "brin",
        "inep",
        "schulnummer",
        "codigo escuela",
        "id escola",
        "institution code",
        "institution number",
        "facility id",
        "id school",
        "code",
        "id"},
       {"district", "board", "lea", "la", "county", "region", "name"}},
      // school_name
      {{"school name", "schname", "schoolname", "establishment name", "name school",
        "institution name", "school", "nom etablissement", "name"},
       {"district", "board", "lea", "la", "county", "region", "type", "phase", "id", "code",
        "number", "level"}},
      // district_id
      {{"district id",
        "district code",
        "district number",
        "leaid",
        "lea id",
        "lea code",
        "la code",
        "la number",
        "lea",
        "la",
        "lad",
        "local authority code",
        "board number",
        "board id",
        "board code",
        "authority code",
        "municipality code",
        "district",
        "board",
        "local authority",
        "municipality",
        "authority"},
       {"name", "school", "type"}},
      // district_name
      {{"district name", "lea name", "la name", "local authority name", "board name",
        "authority name", "municipality name", "district", "local authority", "board",
        "municipality"},
       {"id", "code", "number", "school", "type"}},
      // county
      {{"county name", "county", "region name", "region", "province"}, {"id", "code"}},
      // phase
      {{"phase", "school level", "education level", "stage", "level", "school type"},
       {"id", "code"}},
      // enrolment
      {{"enrolment", "enrollment", "enrol", "enroll", "number on roll", "roll", "nor", "headcount",
        "total pupils", "total students", "pupils", "students", "membership", "effectif"},
       kShares},
      // tested
      {{"n tested", "number tested", "tested", "test takers", "n eligible", "eligible", "cohort"},
       kShares},
      // deprivation
      {{"deprivation", "deprived", "disadvantaged", "disadvantage", "fsm", "fsmever", "free meals",
        "meals", "lunch", "frpm", "frpl", "frl", "low income", "poverty", "pupil premium", "poor",
        "ecd"},
       {"number", "n", "num", "count", "gap", "score", "change"}},
      // score
      {{"score", "api", "att 8", "attainment", "math", "maths", "mathematics", "reading", "read",
        "mark", "marks", "exam"},
       kNoLevel},
      // teachers
      {{"teachers fte", "teacher fte", "fte teachers", "teachers", "teacher"},
       {"pct", "percent", "share", "rate", "per", "ratio", "emergency", "unqualified", "cred",
        "exp", "salary", "pupils"}},
      // unqualified_teachers
      {{"unqualified", "uncertified", "emergency teachers", "teachers emergency", "unlicensed"},
       {"n", "number"}},
      // latitude, longitude
      {{"latitude", "lat"}, {}},
      {{"longitude", "lon", "lng", "long"}, {}},
  }};
  return kRules[what];
}

bool has_word(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_all(const Words& words, std::string_view wanted) {
  while (!wanted.empty()) {
    const std::size_t end = std::min(wanted.find(' '), wanted.size());
    if (!has_word(words, wanted.substr(0, end))) return false;
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
  }
  return true;
}

int year_in(const Words& words) {
  int year = 0;
  for (const std::string& word : words)
    if (word.size() == 4 && std::all_of(word.begin(), word.end(), digit) &&
        (word.starts_with("19") || word.starts_with("20")))
      year = std::max(year, std::stoi(word));
  return year;
}

// Whether the cells can be what the header promises.
bool fits(ListColumn what, const ColumnFacts& facts) {
  if (facts.filled == 0) return false;
  const bool numeric = 2 * facts.numbers >= facts.filled;
  switch (what) {
    case kSchoolId:
      return facts.filled == facts.rows;
    case kDistrictId:
      return facts.distinct < facts.rows;
    case kSchoolName:
    case kDistrictName:
    case kCounty:
      return !numeric;
    case kPhase:
      return facts.distinct <= 30;
    case kEnrolment:
      return numeric && facts.high >= 10;
    case kTested:
      return numeric && facts.high > 1;
    case kDeprivation:
    case kUnqualified:
      return numeric && facts.low >= 0 && std::min(facts.high, facts.high_other) <= 100;
    case kScore:
      return numeric && facts.high > facts.low;
    case kTeachers:
      return numeric && facts.high >= 1;
    case kLatitude:
      return numeric && facts.low >= -90 && facts.high <= 90;
    case kLongitude:
      return numeric && facts.low >= -180 && facts.high <= 180;
    default:
      return false;
  }
}

struct Candidate {
  int column;
  std::size_t rank;  // of the words found, 0 the surest
  int year;
  std::size_t extra;  // words that say something else
};

}  // namespace

std::vector<std::string> header_words(std::string_view header) {
  Words words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(word);
    word.clear();
  };
  for (std::size_t i = 0; i < header.size(); ++i) {
    const char c = header[i];
    if (!letter(c) && !digit(c)) {
      end();
      continue;
    }
    const char before = i > 0 ? header[i - 1] : ' ';
    const bool camel = capital(c) && letter(before) && !capital(before);
    if (camel || digit(c) != digit(before)) end();
    word += small(c);
  }
  end();
  return words;
}

ColumnGuess guess_column(ListColumn what, const std::vector<ColumnFacts>& columns,
                         const std::vector<bool>& taken) {
  const HeaderRule& rule = rule_of(what);
  std::vector<Candidate> found;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (taken[k] || !fits(what, columns[k])) continue;
    const Words words = header_words(columns[k].header);
    if (std::any_of(rule.never.begin(), rule.never.end(),
                    [&](const char* word) { return has_word(words, word); }))
      continue;
    for (std::size_t rank = 0; rank < rule.has.size(); ++rank)
      if (has_all(words, rule.has[rank])) {
        found.push_back({static_cast<int>(k), rank, year_in(words), words.size()});
        break;
      }
  }
  // The surest words, then the newest year, then the fewest other words, then the first column.
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.year != b.year ? a.year > b.year : a.extra < b.extra;
  });
  ColumnGuess guess;
  if (found.empty()) return guess;
  guess.column = found[0].column;
  for (std::size_t k = 1; k < found.size(); ++k) guess.others.push_back(found[k].column);
  return guess;
}

int guess_phase(std::string_view text) {
  // "Middle deemed secondary" and "all-through" are what somebody has to decide.
  static constexpr std::array<std::pair<const char*, Phase>, 16> kTexts = {{
      {"primary", Phase::primary},
      {"elementary", Phase::primary},
      {"infant", Phase::primary},
      {"junior", Phase::primary},
      {"first", Phase::primary},
      {"contributing", Phase::primary},
      {"full primary", Phase::primary},
      {"elem", Phase::primary},
      {"middle", Phase::middle},
      {"intermediate", Phase::middle},
      {"junior high", Phase::middle},
      {"secondary", Phase::secondary},
      {"high", Phase::secondary},
      {"senior high", Phase::secondary},
      {"upper", Phase::secondary},
      {"upper secondary", Phase::secondary},
  }};
  Words words;
  for (const std::string& word : header_words(text))
    if (word != "school" && word != "schools" && word != "year" &&
        !std::all_of(word.begin(), word.end(), digit))
      words.push_back(word);
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
  for (const auto& [name, phase] : kTexts)
    if (joined == name) return static_cast<int>(phase);
  return -1;
}

}  // namespace reformsim
