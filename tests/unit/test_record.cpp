// The plan of what is recorded, and the results file: written whole or not at all, read back the
// same.
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "engine/simulation.hpp"
#include "model/fields.hpp"
#include "record/hdf5.hpp"
#include "record/recorder.hpp"
#include "record/results_file.hpp"
#include "record/whole_file.hpp"
#include "scenario/read.hpp"
#include "scenario/write.hpp"
#include "support/folder.hpp"

using namespace reformsim;
using support::Folder;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const Folder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()));
}

Scenario scenario_of(const std::string& more) {
  return read_scenario_text(
      "reformsim: 1\ntitle: Grüße \"quoted\"\npopulation: {schools: 40, districts: 4}\n"
      "horizon: {years: 2, burn_in_years: 1}\nensemble: {replicates: 3, seed: 5}\n" +
          more,
      "test.yaml", ".", field_table());
}

const std::string kDetails =
    "record: {schools: sample, school_sample: 7, districts: true, clusters: true, replicates: 2}\n";

std::vector<Recording> run(const Scenario& scenario) {
  const Parallel parallel(1);
  std::vector<Recording> recordings;
  for (std::uint32_t r = 0; r < 3; ++r) {
    auto population = std::make_shared<Population>(make_population(scenario, r));
    Simulation simulation(scenario, population, r, parallel);
    simulation.burn_in();
    Recorder recorder(record_plan(scenario, *population), parallel);
    recorder.take(simulation);
    simulation.add_observer(&recorder);
    while (!simulation.done()) simulation.next_term();
    recordings.push_back(recorder.recording());
  }
  return recordings;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void spoil(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

const Clock kClock{"2026-01-01T00:00:00Z", 1.5, 2, "host"};

// One run for all cases below.
struct Run {
  Scenario scenario = scenario_of(kDetails);
  Population population = make_population(scenario, 0);
  std::vector<Recording> recordings = run(scenario);
};
const Run& the_run() {
  static const Run one;
  return one;
}

template <class Work>
std::string message_of(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a recording has year 0 and the end of each year, or of each term", "[unit][record]") {
  const Run& one = the_run();
  CHECK(one.recordings[0].year == std::vector<double>{0, 1, 2});
  CHECK(one.recordings[0].system.size() == 3 * system_measures().size());
  CHECK(one.recordings[0].school.size() == 3 * 7 * standard_school_measures().size());
  CHECK(one.recordings[0].district.size() ==
        3 * 4 * (standard_school_measures().size() + district_measures().size()));
  CHECK(one.recordings[1].school_district.size() == 7);
  CHECK(one.recordings[2].school.empty());  // record.replicates: 2

  const std::vector<Recording> terms = run(scenario_of("record: {every: term}\n"));
  CHECK(terms[0].year.size() == 7);
  CHECK(terms[0].year[1] == Approx(1.0 / 3));
  CHECK(terms[0].school.empty());
  // What is recorded does not change what happens.
  const std::size_t measures = system_measures().size();
  for (std::size_t m = 0; m < measures; ++m) {
    INFO(system_measures()[m].name);
    const double yearly = one.recordings[1].system[2 * measures + m];
    const double termly = terms[1].system[6 * measures + m];
    CHECK((yearly == termly || (std::isnan(yearly) && std::isnan(termly))));
  }
}

TEST_CASE("a trajectory holds the columns of its schools and means over pupils of groups",
          "[unit][record]") {
  const Scenario scenario = scenario_of(
      "record: {schools: all, districts: true, school_measures: [energy, deprivation, energy]}\n");
  const auto population = std::make_shared<Population>(make_population(scenario, 0));
  const Parallel parallel(1);
  Simulation simulation(scenario, population, 0, parallel);
  simulation.burn_in();
  const RecordPlan plan = record_plan(scenario, *population);
  REQUIRE(plan.school_measures == std::vector<std::string>{"energy", "deprivation"});
  Recorder recorder(plan, parallel);
  recorder.take(simulation);
  const auto energy = simulation.world()[col::energy];
  const Recording& taken = recorder.recording();
  REQUIRE(taken.school.size() == 80);
  CHECK(std::equal(energy.begin(), energy.end(), taken.school.begin()));
  const auto means =
      group_means(simulation.world(), Column::energy, pupils_by_school(simulation.world()),
                  simulation.world()[col::district], 4);
  CHECK(std::equal(means.begin(), means.end(), taken.district.begin()));
}

TEST_CASE("the sample of schools depends on their ids only", "[unit][record]") {
  const Scenario scenario = scenario_of(kDetails);
  Population population = make_population(scenario, 0);
  const auto codes = [&] {
    std::set<std::string> found;
    for (const auto row : record_plan(scenario, population).school_rows)
      found.insert(population.school_code[static_cast<std::size_t>(row)]);
    return found;
  };
  const std::set<std::string> before = codes();
  CHECK(before.size() == 7);
  std::reverse(population.school_id.begin(), population.school_id.end());
  std::reverse(population.school_code.begin(), population.school_code.end());
  CHECK(codes() == before);
  CHECK(record_plan(scenario_of("record: {schools: sample, school_sample: 1000}\n"), population)
            .school_rows.size() == 40);
}

TEST_CASE("schools and measures that do not exist are refused together, with the nearest",
          "[unit][record]") {
  const Scenario scenario = scenario_of(
      "record:\n  schools: ids\n  school_ids: [nowhere_at_all]\n  school_measures: [enrgy, "
      "wellbeing]\n");
  const Population population = make_population(scenario, 0);
  try {
    record_plan(scenario, population);
    FAIL("accepted");
  } catch (const InputError& error) {
    REQUIRE(error.problems().size() == 2);
    CHECK(error.problems()[0].place.file == "test.yaml");
    CHECK(error.problems()[0].place.line == 8);
    CHECK(error.problems()[0].message.find("nowhere_at_all") != std::string::npos);
    CHECK(error.problems()[1].message.find("did you mean") != std::string::npos);
    CHECK(error.problems()[1].message.find("energy") != std::string::npos);
  }
}

TEST_CASE("a results file reads back as it was written", "[unit][record]") {
  const Run& one = the_run();
  const Folder folder;
  const std::string path = folder / "r.h5";
  write_results(path, one.scenario, one.population, one.recordings, kClock, false);
  CHECK(files_in(folder) == 1);
  const Results results = read_results(path);
  CHECK(results.title == "Grüße \"quoted\"");
  CHECK(results.scenario == resolved_yaml(one.scenario));
  CHECK(results.scenario_digest == scenario_digest(one.scenario));
  CHECK(results.seed == 5);
  CHECK(results.complete);
  CHECK(results.replicate == std::vector<std::int32_t>{0, 1, 2});
  CHECK(results.year == std::vector<double>{0, 1, 2});
  REQUIRE(results.measure.size() == system_measures().size());
  const std::size_t measures = results.measure.size();
  for (std::size_t m = 0; m < measures; ++m) {
    INFO(results.measure[m]);
    CHECK(results.measure[m] == system_measures()[m].name);
    CHECK(results.unit[m] == system_measures()[m].unit);
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t t = 0; t < 3; ++t) {
        const double expected = one.recordings[r].system[t * measures + m];
        const double got = results.at(m, r, t);
        CHECK((got == expected || (std::isnan(got) && std::isnan(expected))));
      }
  }
  CHECK(results.clock.threads == 2);
  CHECK(results.clock.host == "host");
  REQUIRE(results.trajectories.size() == 3);
  CHECK(results.trajectories[0].of == "school");
  CHECK(results.trajectories[0].rows == 7);
  CHECK(results.trajectories[0].replicates == 2);
  CHECK(results.find("pupils") < measures);
  CHECK(message_of([&] { results.find("pupil"); }).find("did you mean 'pupils'") !=
        std::string::npos);

  // Trajectories: replicate 1, the last time, the third school.
  const hdf5::Reader reader(path);
  const std::vector<float> energy = reader.root().open("school").open("energy").read<float>();
  const auto& names = standard_school_measures();
  const auto m =
      static_cast<std::size_t>(std::find(names.begin(), names.end(), "energy") - names.begin());
  CHECK(energy[(1 * 3 + 2) * 7 + 3] == one.recordings[1].school[(2 * names.size() + m) * 7 + 3]);

  // Summaries over replicates.
  const double a = results.at(0, 0, 2), b = results.at(0, 1, 2), c = results.at(0, 2, 2);
  const double mean = (a + b + c) / 3;
  const hdf5::Node summary = reader.root().open("summary");
  CHECK(summary.open("mean").open(results.measure[0]).read<double>()[2] == Approx(mean));
  const double sd =
      std::sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean)) / 2);
  CHECK(summary.open("sd").open(results.measure[0]).read<double>()[2] == Approx(sd));
  CHECK(summary.open("se").open(results.measure[0]).read<double>()[2] ==
        Approx(sd / std::sqrt(3.0)));
  CHECK(summary.open("quantile").open(results.measure[0]).read<double>()[2 * 3 + 2] ==
        Approx(std::max(std::min(a, b), std::min(std::max(a, b), c))));
}

TEST_CASE("equal results are equal bytes, but for the clock", "[unit][record]") {
  const Run& one = the_run();
  const Folder folder;
  write_results(folder / "a.h5", one.scenario, one.population, one.recordings, kClock, false);
  std::vector<Recording> turned(one.recordings.rbegin(), one.recordings.rend());
  write_results(folder / "b.h5", one.scenario, one.population, turned, kClock, false);
  CHECK((bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5")));

  const Clock later{"2031-12-31T23:59:59Z", 99.25, 64, "another.host.with.a.long.name"};
  write_results(folder / "c.h5", one.scenario, one.population, one.recordings, later, false);
  const std::string a = bytes_of(folder / "a.h5"), c = bytes_of(folder / "c.h5");
  REQUIRE(a.size() == c.size());
  std::size_t differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differ += a[i] != c[i];
  CHECK(differ > 0);
  CHECK(differ < 200);  // the clock and the sum over its group's header
  CHECK(results_digest(folder / "a.h5") == results_digest(folder / "c.h5"));

  std::vector<Recording> other = one.recordings;
  other[1].school[5] = std::nextafter(other[1].school[5], 10.0f);
  write_results(folder / "d.h5", one.scenario, one.population, other, kClock, false);
  CHECK(results_digest(folder / "a.h5") != results_digest(folder / "d.h5"));
  write_results(folder / "e.h5", one.scenario, one.population, one.recordings, kClock, true);
  CHECK(results_digest(folder / "a.h5") != results_digest(folder / "e.h5"));
  CHECK_FALSE(read_results(folder / "e.h5").complete);
}

TEST_CASE("info is text of 80 columns, or JSON", "[unit][record]") {
  const Run& one = the_run();
  const Folder folder;
  fs::current_path(folder.path);
  write_results("r.h5", one.scenario, one.population, one.recordings, kClock, false);
  std::istringstream lines(describe_results("r.h5", false));
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    // Bytes that continue a character take no column.
    CHECK(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }) <= 80);
  }
  const auto json = nlohmann::json::parse(describe_results("r.h5", true));
  CHECK(json["seed"] == 5);
  CHECK(json["measures"].size() == system_measures().size());
  CHECK(json["results_digest"] == results_digest("r.h5"));
  fs::current_path(REFORMSIM_SOURCE_DIR);
}

TEST_CASE("a file that cannot be written leaves the old one, and nothing else", "[unit][record]") {
  const Run& one = the_run();
  const auto write = [&](const std::string& path) {
    return message_of(
        [&] { write_results(path, one.scenario, one.population, one.recordings, kClock, false); });
  };
  const Folder folder;
  CHECK(write(folder / "none/r.h5") ==
        folder / "none/r.h5" + std::string(": cannot be written: the folder does not exist"));
  CHECK(write(folder.path.string()).find("it is a folder") != std::string::npos);
  CHECK(write("/dev/null").find("not a plain file") != std::string::npos);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(write("/proc/r.h5").find("cannot be written: ") != std::string::npos);
  CHECK(message_of([&] {
          write_results(folder / "r.h5", one.scenario, one.population, {}, kClock, true);
        }) != "");
  CHECK(files_in(folder) == 0);

  // No more room: the same place in the code as on a full disk, without a disk to fill.
  spoil(folder / "r.h5", "old");
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4096, before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string message = write(folder / "r.h5");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(message ==
        folder / "r.h5" +
            std::string(": cannot be written: the file would be larger than is allowed here"));
  CHECK(bytes_of(folder / "r.h5") == "old");
  CHECK(files_in(folder) == 1);

  // A link stays a link; what it leads to is replaced.
  fs::create_symlink("r.h5", folder / "link.h5");
  CHECK(write(folder / "link.h5") == "");
  CHECK(fs::is_symlink(folder / "link.h5"));
  CHECK(read_results(folder / "r.h5").complete);
}

TEST_CASE("what is not a results file of this format is refused in plain words", "[unit][record]") {
  const Run& one = the_run();
  const Folder folder;
  const std::string path = folder / "r.h5";
  const auto says = [&](const std::string& file, const std::string& words) {
    const std::string message = message_of([&] { read_results(file); });
    INFO(message);
    CHECK(message.find(words) != std::string::npos);
    CHECK_THROWS_AS(read_results(file), InputError);
  };
  says(folder / "missing.h5", "there is no such file");
  says(folder.path.string(), "folder");
  spoil(path, "");
  says(path, "not an HDF5 file");
  spoil(path, "year,score\n1,2\n");
  says(path, "not an HDF5 file");

  const auto with = [&](const char* type, const char* version) {
    hdf5::Image image(path);
    {
      hdf5::Group root = image.root();
      if (type) root.word("file_type", type);
      root.word("format_version", version);
      root.word("program_version", "9.9");
    }
    WholeFile file(path);
    file.write(image.bytes());
    file.commit();
  };
  with(nullptr, "1.0");
  says(path, "not written by reformsim");
  with("reformsim trace", "1.0");
  says(path, "a file of trace");
  with(kResultsType, "2.0");
  says(path, "newer than this program reads");
  says(path, "9.9");
  with(kResultsType, "0.3");
  says(path, "older than this program reads");
  CHECK_THROWS_AS(results_digest(path), InputError);
  with(kResultsType, "1.7");  // of this format, but empty
  says(path, "damaged");

  write_results(path, one.scenario, one.population, one.recordings, kClock, false);
  const std::string whole = bytes_of(path);
  for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{100}}) {
    spoil(path, whole.substr(0, length));
    CHECK_THROWS_AS(read_results(path), InputError);
  }
}
