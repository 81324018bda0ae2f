// Importing a list of real schools: the rules of scenarios/populations/README.md, one by one.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include <unistd.h>

#include "base/hash.hpp"
#include "population/population.hpp"
#include "population/projection.hpp"

using namespace reformsim;
using Catch::Matchers::Contains;

namespace {

const FieldTable& settings() {
  static const FieldTable table = [] {
    FieldTable fields;
    add_settings(fields);
    return fields;
  }();
  return table;
}

constexpr const char* kColumns[] = {
    "school_id", "school_name", "district_id", "district_name", "county",   "phase",
    "enrolment", "tested",      "deprivation", "score",         "teachers", "unqualified_teachers",
    "latitude",  "longitude"};

// A list in a file of its own, and a scenario that names every column the header has by our names.
class List {
 public:
  explicit List(const std::string& text) : scenario(settings()) {
    folder_ = std::filesystem::temp_directory_path() /
              ("reformsim-population-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "list.csv", std::ios::binary) << text;
    scenario.directory = folder_.string();
    scenario.set("population.kind", std::string("list"));
    scenario.set("population.file", std::string("list.csv"));
    const std::string header = fmt::format(",{},", text.substr(0, text.find('\n')));
    for (const char* column : kColumns)
      if (header.find(fmt::format(",{},", column)) != std::string::npos)
        scenario.set("population.columns." + std::string(column), std::string(column));
  }
  ~List() { std::filesystem::remove_all(folder_); }

  Population import() const { return make_population(scenario, 0); }
  // What is wrong, without the folder's name.
  std::string complaints() const {
    try {
      import();
      return "";
    } catch (const InputError& error) {
      std::string text = error.what();
      const std::string path = folder_.string() + "/";
      for (auto at = text.find(path); at != std::string::npos; at = text.find(path))
        text.erase(at, path.size());
      return text;
    }
  }

  Scenario scenario;

 private:
  std::filesystem::path folder_;
};

bool has_note(const Population& population, const std::string& part) {
  for (const std::string& note : population.notes)
    if (note.find(part) != std::string::npos) return true;
  for (const std::string& note : population.notes) UNSCOPED_INFO("note: " << note);
  return false;
}

// Every column, NaNs as bits, so that one comparison covers them.
std::uint64_t columns_hash(const Population& p) {
  std::uint64_t hash = 0;
  const auto add = [&](const auto& column) {
    using T = typename std::decay_t<decltype(column)>::value_type;
    if constexpr (std::is_same_v<T, std::string>) {
      for (const std::string& text : column) hash = hash64(text + "\n", hash);
    } else {
      hash = hash64_of(std::span<const T>(column), hash);
    }
  };
  add(p.school_id), add(p.school_code), add(p.school_name), add(p.district), add(p.phase);
  add(p.enrolment), add(p.tested), add(p.deprivation), add(p.score), add(p.teachers);
  add(p.unqualified), add(p.x), add(p.y), add(p.district_id), add(p.district_code);
  add(p.district_name), add(p.county), add(p.county_name);
  return hash;
}

const char* const kSmall =
    "school_id,school_name,district_id,district_name,county,phase,enrolment,tested,deprivation,"
    "score,"
    "teachers,unqualified_teachers,latitude,longitude\n"
    "b2,Beech,B,Bay,West,primary,200,160,0.5,10,10,0.1,51.0,0.0\n"
    "a1,Ash,A,Acre,East,primary,100,80,0.25,20,,,52.0,1.0\n"
    "b1,Birch,B,Bay,West,secondary,1000,900,0.75,,60,0.2,,\n";

}  // namespace

TEST_CASE("a list is sorted by district and school, and every column arrives",
          "[unit][population]") {
  const Population p = List(kSmall).import();
  REQUIRE(p.schools() == 3);
  REQUIRE(p.districts() == 2);
  CHECK(p.school_code == std::vector<std::string>{"a1", "b1", "b2"});
  CHECK(p.school_name[1] == "Birch");
  CHECK(p.school_id[0] == hash64("a1"));
  CHECK(p.district_id[1] == hash64("B"));
  CHECK(p.district == std::vector<std::int32_t>{0, 1, 1});
  CHECK(p.district_name == std::vector<std::string>{"Acre", "Bay"});
  CHECK(p.county_name == std::vector<std::string>{"East", "West"});
  CHECK(p.county == std::vector<std::int32_t>{0, 1});
  CHECK(p.phase == std::vector<std::int32_t>{0, 2, 0});
  CHECK(p.enrolment == std::vector<float>{100, 1000, 200});
  CHECK(p.tested == std::vector<float>{80, 900, 160});
  CHECK(p.deprivation == std::vector<float>{0.25f, 0.75f, 0.5f});
  CHECK(std::isnan(p.teachers[0]));
  CHECK(p.unqualified[2] == 0.1f);
  // Centre of the primary schools: (20 * 100 + 10 * 200) / 300; no secondary school has a score.
  CHECK(p.score[0] == Approx(20 - 40.0 / 3));
  CHECK(p.score[2] == Approx(10 - 40.0 / 3));
  CHECK(std::isnan(p.score[1]));
  CHECK_FALSE(p.synthetic);
  CHECK(has_note(p, "score missing in 1 of 3 schools"));
  CHECK(has_note(p, "teachers missing in 1 of 3 schools"));
}

TEST_CASE("scores: pupil SD and centre", "[unit][population]") {
  List list(
      "school_id,district_id,phase,enrolment,deprivation,score\n"
      "1,A,primary,100,0.1,500\n2,A,primary,300,0.1,600\n3,A,secondary,400,0.1,400\n");
  list.scenario.set("population.score_pupil_sd", 50.0);
  CHECK(list.import().score == std::vector<float>{-1.5f, 0.5f, 0.0f});
  list.scenario.set("population.score_centre", std::string("all"));
  CHECK(list.import().score[0] == Approx((500 - 487.5) / 50));
  list.scenario.set("population.score_centre", std::string("none"));
  CHECK(list.import().score == std::vector<float>{10, 12, 8});
}

TEST_CASE("missing enrolment comes from the pupils tested, else from the phase",
          "[unit][population]") {
  const Population p = List(
                           "school_id,district_id,phase,enrolment,tested,deprivation\n"
                           "1,A,primary,100,80,0\n2,A,primary,200,100,0\n3,A,primary,300,180,0\n"
                           "4,A,primary,,90,0\n5,A,primary,,,0\n6,A,secondary,,,0\n")
                           .import();
  CHECK(p.enrolment[3] == 150);  // ratios 0.8, 0.5, 0.6: their median
  CHECK(p.enrolment[4] == 200);  // the phase's median of 100, 200, 300
  CHECK(p.enrolment[5] == 200);  // no secondary school has one: the list's median
  CHECK(p.tested[4] == 200);
  CHECK(has_note(p, "enrolment missing in 1 of 6 schools: pupils tested / 0.600"));
  CHECK(has_note(p, "enrolment missing in 2 of 6 schools: the median of their phase"));
  CHECK(has_note(p, "tested missing in 2 of 6 schools"));
}

TEST_CASE("a list without any enrolment is refused", "[unit][population]") {
  CHECK_THAT(List("school_id,district_id,enrolment,deprivation\n1,A,,0\n2,A,,0\n").complaints(),
             Contains("enrolment: every cell is empty"));
}

TEST_CASE("pupils tested above the enrolment, percentages, missing columns", "[unit][population]") {
  List list(
      "school_id,district_id,enrolment,tested,deprivation,unqualified_teachers\n1,A,100,150,40,"
      "5\n");
  list.scenario.set("population.deprivation_unit", std::string("percent"));
  list.scenario.set("population.unqualified_unit", std::string("percent"));
  const Population p = list.import();
  CHECK(p.tested[0] == 100);
  CHECK(p.deprivation[0] == 0.4f);
  CHECK(p.unqualified[0] == 0.05f);
  CHECK(p.phase[0] == 0);
  CHECK(p.school_name[0] == "1");
  CHECK(p.district_name[0] == "A");
  CHECK(p.county_name == std::vector<std::string>{""});
  CHECK(std::isnan(p.x[0]));
  CHECK(has_note(p, "tested above enrolment in 1 of 1 schools"));
  CHECK(has_note(p, "no column for the phase"));
  CHECK(has_note(p, "no column for the county"));
}

TEST_CASE("shares in a column said to hold percentages are noticed", "[unit][population]") {
  List list("school_id,district_id,enrolment,deprivation\n1,A,100,0.4\n2,A,100,0.9\n");
  list.scenario.set("population.deprivation_unit", std::string("percent"));
  CHECK(has_note(list.import(), "is population.deprivation_unit share?"));
}

TEST_CASE("district names and counties that differ: the commonest wins", "[unit][population]") {
  const Population p = List(
                           "school_id,district_id,district_name,county,enrolment,deprivation\n"
                           "1,A,Acer,N,10,0\n2,A,Acre,N,10,0\n3,A,Acre,S,10,0\n4,B,,S,10,0\n5,B,"
                           "Bay,S,10,0\n6,C,C,,9,0\n")
                           .import();
  CHECK(p.district_name == std::vector<std::string>{"Acre", "Bay", "C"});
  CHECK(p.county_name == std::vector<std::string>{"", "N", "S"});
  CHECK(p.county == std::vector<std::int32_t>{1, 2, 0});
  CHECK(has_note(p, "district name differs between schools in 2 of 3 districts"));
  CHECK(has_note(p, "county missing in 1 of 3 districts"));
}

TEST_CASE("every bad value is reported with its place", "[unit][population]") {
  const std::string said =
      List(
          "school_id,district_id,phase,enrolment,deprivation,latitude,longitude\n"
          "1,A,primary,many,0.1,,\n"
          "2,A,primary,-5,0.1,,\n"
          "3,A,primary,\"1,200\",0.1,,\n"
          "4,A,primary,100,\"0,5\",,\n"
          "5,A,primary,100,30%,,\n"
          "6,A,primary,100,130,,\n"
          "7,A,primary,100,,,\n"
          "8,A,prmary,100,0.1,,\n"
          "9,A,,100,0.1,,\n"
          ",A,primary,100,0.1,,\n"
          "10,,primary,100,0.1,,\n"
          "1,A,primary,100,0.1,,\n"
          "11,A,primary,NA,0.1,,\n"
          "12,A,primary,inf,0.1,,\n"
          "13,A,primary,0x10,0.1,,\n"
          "14,A,primary,100,0.1,91,0\n"
          "15,A,primary,0,nan,,\n"
          "16,A,primary\n")
          .complaints();
  INFO(said);
  CHECK_THAT(
      said,
      Contains(
          "list.csv:2:13: enrolment: expected a number of pupils from 1 to 1000000, found 'many'"));
  CHECK_THAT(
      said,
      Contains(
          "list.csv:3:13: enrolment: expected a number of pupils from 1 to 1000000, found '-5'"));
  CHECK_THAT(said, Contains("list.csv:4:13: ") && Contains("leave the thousands separator out"));
  CHECK_THAT(said, Contains("list.csv:5:17: ") && Contains("write a decimal point"));
  CHECK_THAT(said, Contains("list.csv:6:17: ") && Contains("leave the percent sign out"));
  CHECK_THAT(said, Contains("list.csv:7:17: deprivation: expected a share from 0 to 1, found "
                            "'130'; percentages need population.deprivation_unit: percent"));
  CHECK_THAT(said, Contains("list.csv:8:17: deprivation: the cell is empty"));
  CHECK_THAT(said,
             Contains("list.csv:9:5: phase: 'prmary' is not in population.phases; did you mean "
                      "'primary'?"));
  CHECK_THAT(said, Contains("list.csv:10:5: phase: the cell is empty"));
  CHECK_THAT(said, Contains("list.csv:11:1: school_id: the cell is empty"));
  CHECK_THAT(said, Contains("list.csv:12:4: district_id: the cell is empty"));
  CHECK_THAT(said, Contains("list.csv:2:1: school_id: '1' is used again in line 13"));
  CHECK_THAT(said, Contains("list.csv:13:1: school_id: '1' was already used in line 2"));
  CHECK_THAT(said, Contains("list.csv:14:14: ") && Contains("found 'NA'; leave the cell empty"));
  CHECK_THAT(said, Contains("list.csv:15:14: ") && Contains("found 'inf'"));
  CHECK_THAT(said, Contains("list.csv:16:14: ") && Contains("found '0x10'"));
  CHECK_THAT(said,
             Contains("list.csv:17:22: latitude: expected degrees from -90 to 90, found '91'"));
  CHECK_THAT(said, Contains("list.csv:18:14: ") && Contains("list.csv:18:16: "));
  CHECK_THAT(said, Contains("list.csv:19:1: 3 cells, but the header has 7"));
}

TEST_CASE("padding in quoted cells does not count", "[unit][population]") {
  const Population p =
      List("school_id,district_id,enrolment,deprivation\n\" 7 \",\"A \",\" 100\",\"\t0.5\"\n")
          .import();
  CHECK(p.school_code[0] == "7");
  CHECK(p.district_code[0] == "A");
  CHECK(p.enrolment[0] == 100);
  CHECK(p.deprivation[0] == 0.5f);
}

TEST_CASE("a long list of problems is cut at fifty", "[unit][population]") {
  std::string text = "school_id,district_id,enrolment,deprivation\n";
  for (int i = 0; i < 70; ++i) text += std::to_string(i) + ",A,x,0\n";
  const std::string said = List(text).complaints();
  CHECK(std::count(said.begin(), said.end(), '\n') == 50);
  CHECK_THAT(said, Contains("list.csv: and 20 more problems"));
}

TEST_CASE("bad rows can be skipped; all copies of a repeated id go", "[unit][population]") {
  List list(
      "school_id,district_id,enrolment,deprivation\n"
      "1,A,100,0.1\n2,A,x,0.1\n3,A,100,0.1\n3,A,200,0.1\n4,A\n5,A,50,0.2\n");
  list.scenario.set("population.on_bad_row", std::string("skip"));
  const Population p = list.import();
  CHECK(p.school_code == std::vector<std::string>{"1", "5"});
  CHECK(has_note(p, "4 of 6 rows left out as bad; the first: "));
}

TEST_CASE("a list without schools is refused", "[unit][population]") {
  CHECK_THAT(List("school_id,district_id,enrolment,deprivation\n").complaints(),
             Contains("the list has no schools, only a header"));
  List all_bad("school_id,district_id,enrolment,deprivation\n1,A,x,0\n");
  all_bad.scenario.set("population.on_bad_row", std::string("skip"));
  CHECK_THAT(all_bad.complaints(), Contains("list.csv:2:5: ") && Contains("no school is left"));
}

TEST_CASE("columns: a name the file does not have, a needed one not named", "[unit][population]") {
  List list("school_id,district_id,enrolment,deprivation\n1,A,100,0\n");
  list.scenario.set("population.columns.enrolment", std::string("enrollment"));
  list.scenario.set_place("population.columns.enrolment", {"s.yaml", 7, 16});
  list.scenario.set("population.columns.deprivation", std::string());
  list.scenario.set("population.columns.latitude", std::string("enrolment"));
  const std::string said = list.complaints();
  CHECK_THAT(said, Contains("s.yaml:7:16: population.columns.enrolment: 'list.csv' has no column "
                            "'enrollment'; did you mean 'enrolment'?"));
  CHECK_THAT(said, Contains("population.columns.deprivation must name a column"));
  CHECK_THAT(said, Contains("latitude and longitude go together"));
}

TEST_CASE("phases: lists of texts, and a text in two lists", "[unit][population]") {
  List list(
      "school_id,district_id,phase,enrolment,deprivation\n1,A,Elem,100,0\n2,A,K-8,100,0\n3,A,"
      "middle,9,0\n");
  list.scenario.set("population.phases.primary", std::string("Elem\nK-8"));
  CHECK(list.import().phase == std::vector<std::int32_t>{0, 0, 1});
  list.scenario.set("population.phases.primary", std::string("Elem\nK-8\nmiddle"));
  CHECK(list.import().phase == std::vector<std::int32_t>{0, 0, 0});
  list.scenario.set("population.phases.secondary", std::string("K-8"));
  CHECK_THAT(list.complaints(), Contains("'K-8' already stands for primary"));
}

TEST_CASE("places on the plane: distances, the 180th meridian, unknown ones",
          "[unit][population]") {
  std::vector<float> x(3), y(3);
  // One degree of latitude is 111.195 km; a degree of longitude at 60 degrees half of that.
  project(std::vector<double>{60, 60, 61}, std::vector<double>{10, 11, 10}, x, y);
  CHECK(y[2] - y[0] == Approx(111.195).epsilon(1e-5));
  CHECK(x[1] - x[0] == Approx(111.195 * std::cos((181.0 / 3) * M_PI / 180)).epsilon(1e-5));
  CHECK(x[0] + x[1] + x[2] == Approx(0).margin(1e-4));
  project(std::vector<double>{-44, -43, 0}, std::vector<double>{-176.5, 172.5, NAN}, x, y);
  CHECK(std::abs(x[0] - x[1]) < 1000);
  CHECK(x[0] > x[1]);  // the Chatham Islands lie east of Christchurch
  CHECK(std::isnan(x[2]));
  CHECK(std::isnan(y[2]));
  project(std::vector<double>{90, -90}, std::vector<double>{0, 0}, std::span(x).first(2),
          std::span(y).first(2));
  CHECK(y[0] - y[1] == Approx(180 * 111.195).epsilon(1e-5));
}

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Scenario california() {
  Scenario scenario(settings());
  scenario.directory = std::string(REFORMSIM_SOURCE_DIR) + "/scenarios/populations";
  const std::pair<const char*, const char*> texts[] = {
      {"kind", "list"},
      {"file", "california_schools.csv"},
      {"columns.school_id", "school_id"},
      {"columns.school_name", "school"},
      {"columns.district_id", "district_id"},
      {"columns.district_name", "district"},
      {"columns.county", "county"},
      {"columns.phase", "phase"},
      {"columns.enrolment", "enrolment"},
      {"columns.tested", "tested"},
      {"columns.deprivation", "meals_percent"},
      {"columns.score", "api1999"},
      {"columns.unqualified_teachers", "emergency_teachers_percent"},
      {"deprivation_unit", "percent"},
      {"unqualified_unit", "percent"},
      {"phases.secondary", "high"},
  };
  for (const auto& [path, text] : texts)
    scenario.set("population." + std::string(path), std::string(text));
  scenario.set("population.score_pupil_sd", 239.0);
  return scenario;
}

}  // namespace

TEST_CASE("California: counts and moments of the published list",
          "[unit][population][california]") {
  const Population p = make_population(california(), 0);
  REQUIRE(p.schools() == 6194);
  CHECK(p.districts() == 766);
  CHECK(p.county_name.size() == 57);
  CHECK(std::count(p.phase.begin(), p.phase.end(), 0) == 4421);
  CHECK(std::count(p.phase.begin(), p.phase.end(), 1) == 1018);
  CHECK(std::count(p.phase.begin(), p.phase.end(), 2) == 755);
  CHECK(p.school_code[0] == "01611190130229");
  CHECK(p.district_code[0] == "0161119");
  CHECK(std::is_sorted(p.school_code.begin(), p.school_code.end()));
  CHECK(has_note(p, "enrolment missing in 37 of 6194 schools"));
  CHECK(has_note(p, "tested above enrolment in 20 of 6194 schools"));
  CHECK(has_note(p, "unqualified_teachers missing in 2 of 6194 schools"));
  CHECK(has_note(p, "district name differs between schools in 1 of 766 districts"));
  double sum = 0, squares = 0;
  std::map<int, std::pair<double, double>> centre;
  for (std::size_t i = 0; i < p.schools(); ++i) {
    sum += p.deprivation[i];
    squares += p.deprivation[i] * p.deprivation[i];
    centre[p.phase[i]].first += p.score[i] * p.enrolment[i];
    centre[p.phase[i]].second += p.enrolment[i];
  }
  const double n = 6194, mean = sum / n;
  CHECK(mean == Approx(0.480).margin(0.0005));
  CHECK(std::sqrt(squares / n - mean * mean) == Approx(0.305).margin(0.0005));
  for (const auto& [phase, sums] : centre)
    CHECK(sums.first / sums.second == Approx(0).margin(1e-5));
}

TEST_CASE("the order of lines changes nothing", "[unit][population][california]") {
  const std::string text = read_file(std::string(REFORMSIM_SOURCE_DIR) +
                                     "/scenarios/populations/california_schools.csv");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::shuffle(lines.begin() + 1, lines.end(), std::mt19937(7));
  std::string shuffled;
  for (const std::string& line : lines) shuffled += line + "\n";
  REQUIRE(shuffled != text);
  List list(shuffled);
  Scenario scenario = california();
  const std::uint64_t as_published = columns_hash(make_population(scenario, 0));
  scenario.directory = list.scenario.directory;
  scenario.set("population.file", std::string("list.csv"));
  CHECK(columns_hash(make_population(scenario, 0)) == as_published);
  CHECK(columns_hash(make_population(scenario, 3)) == as_published);  // replicates share a list
}

TEST_CASE("one school more leaves the others alone", "[unit][population]") {
  const Population before = List(kSmall).import();
  const Population after =
      List(std::string(kSmall) + "a0,Aspen,A,Acre,East,secondary,300,200,0.9,,,,,\n").import();
  REQUIRE(after.schools() == 4);
  CHECK(after.school_code[0] == "a0");
  for (std::size_t i = 0; i < before.schools(); ++i) {
    CHECK(after.school_id[i + 1] == before.school_id[i]);
    CHECK(after.school_code[i + 1] == before.school_code[i]);
    CHECK(after.deprivation[i + 1] == before.deprivation[i]);
  }
  CHECK(after.district_id == before.district_id);
}
