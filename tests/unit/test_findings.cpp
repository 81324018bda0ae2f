// What a comparison finds beside differences of the system: ratios, groups, single schools, the
// file that keeps it, and the page that shows it. Numbers worked out on paper.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.hpp"
#include "decide/comparison_file.hpp"
#include "decide/findings.hpp"
#include "report/html.hpp"
#include "report/page.hpp"
#include "report/words.hpp"

using namespace reformsim;

namespace {

Population ten_schools() {
  Population population;
  for (int i = 0; i < 10; ++i) {
    population.school_id.push_back(static_cast<std::uint64_t>(100 - i));
    population.school_code.push_back("s" + std::to_string(i));
    population.school_name.push_back("School " + std::to_string(i));
    population.district.push_back(i / 5);
    population.phase.push_back(i < 6 ? 0 : 2);
    population.enrolment.push_back(static_cast<float>(100 * (i + 1)));
    population.deprivation.push_back(static_cast<float>(9 - i) / 10);
  }
  population.district_id = {1, 2};
  population.district_code = {"d0", "d1"};
  population.district_name = {"First", "<script>alert(1)</script>"};
  return population;
}

// Two scenarios and two replicates of these schools; the reform moves school i by gain[i].
std::unique_ptr<SchoolEffects> effects_of(const Population& population,
                                          const std::vector<float>& gain) {
  auto effects = std::make_unique<SchoolEffects>(2, 2, 0, population);
  for (std::size_t r = 0; r < 2; ++r) {
    std::vector<SchoolObserver> both(2, SchoolObserver(1));
    for (std::size_t s = 0; s < 2; ++s) {
      SchoolObserver& one = both[s];
      one.year = {0, 1};
      one.groups = group_schools(population);
      one.group_values.assign(2 * one.groups.groups.size() * group_measures().size(),
                              s == 0 ? 1.0 : 1.5 + 0.1 * static_cast<double>(r));
      one.pupils = population.enrolment;
      one.district_of = population.district;
      for (std::size_t e = 0; e < kEffects; ++e) {
        for (std::size_t i = 0; i < 10; ++i) {
          // Luck that both scenarios share, and a little that is the reform's own.
          const float luck = 0.5f * static_cast<float>(r);
          const float own = s == 1 ? 0.002f * static_cast<float>(r) : 0.0f;
          one.school[e].push_back(luck + own + (s == 1 ? gain[i] : 0.0f));
        }
        one.district[e] = {0.0f, s == 1 ? 0.3f : 0.0f};
      }
    }
    effects->add(r, {&both[0], &both[1]});
  }
  return effects;
}

Findings small_findings() {
  const std::vector<Measure> measures = {
      {"true_attainment_mean", "pupil SD", "True attainment.", "mean over pupils", "0.1"},
      {"value_added_mean", "pupil SD", "Value added.", "mean over pupils", "0.1"},
      {"spending_per_pupil", "currency/pupil/year", "Spending.", "mean", "0.1"},
      {"lever_spending_per_pupil", "currency/pupil/year", "Levers.", "mean", "0.1"},
  };
  std::vector<Ensemble> ensembles;
  for (const double gain : {0.0, 0.2}) {
    Ensemble one;
    one.name = gain > 0 ? "reform" : "base";
    one.title = gain > 0 ? "<img src=x>" : "Base & Co";
    one.replicates = {0, 1};
    one.year = {0, 1};
    for (int r = 0; r < 2; ++r)
      for (int t = 0; t < 2; ++t) {
        const double at = 0.5 * r + (t == 1 && gain > 0 ? gain + 0.01 * r : 0);
        one.values.insert(one.values.end(), {at, at, 1000, gain > 0 ? 40 + 2.0 * r : 20});
      }
    ensembles.push_back(one);
  }
  Findings findings;
  add_system(findings, compare(ensembles, measures, 0), ensembles);
  const Population population = ten_schools();
  add_schools(findings,
              *effects_of(population, {0.1f, 0.1f, 0.1f, 0.1f, 0.001f, 0, 0, -0.1f, -0.1f, -0.1f}),
              population);
  findings.program_version = "1.2.3";
  findings.git_commit = "unknown";
  findings.seed = 42;
  findings.notes = {"A note </script><script>alert(2)</script>"};
  findings.schools = 10;
  findings.districts = 2;
  findings.pupils = 5500;
  findings.scenarios[0].recipe = findings.scenarios[1].recipe = "reformsim: 1\n";
  findings.scenarios[1].changes = {{"a.b_c", "What it is.", "share", "0 throughout", "rises to 1"}};
  findings.started = "2020-01-01T00:00:00Z";
  findings.command = "reformsim compare base.yaml '<b>.yaml'";
  return findings;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

}  // namespace

TEST_CASE("ratio of means with its interval, worked out on paper") {
  // Means 3 and 2: R = 1.5. Residuals s - 1.5 b: 2 - 1.5 = 0.5 and 4 - 4.5 = -0.5, sum of squares
  // 0.5, SE = sqrt(0.5 / 1 / 2) / 2 = 0.25; t(1; 0.975) = 12.7062.
  const RatioEstimate r =
      ratio_of_means(std::vector<double>{2.0, 4.0}, std::vector<double>{1.0, 3.0});
  CHECK(r.ratio == Approx(1.5));
  CHECK(r.high - r.ratio == Approx(12.7062 * 0.25).epsilon(1e-4));
  CHECK(r.ratio - r.low == Approx(12.7062 * 0.25).epsilon(1e-4));
  const RatioEstimate none =
      ratio_of_means(std::vector<double>{2.0, 4.0}, std::vector<double>{1.0, -1.0});
  CHECK(std::isnan(none.ratio));
}

TEST_CASE("an estimate holds level, difference, ratio, percentage and their ranges") {
  const Estimate e = estimate(std::vector<double>{2.0, 4.0}, std::vector<double>{1.0, 3.0}, true);
  CHECK(e.mean == 3);
  CHECK(e.difference == 1);
  CHECK(e.low == 1);  // every replicate differs by the same
  CHECK(e.high == 1);
  CHECK(e.band_low == Approx(2.1));
  CHECK(e.band_high == Approx(3.9));
  CHECK(e.percent == Approx(50));
  CHECK(e.percent_high == Approx(50 + 100 * 12.7062 * 0.25).epsilon(1e-4));
  CHECK(e.higher == 1);
  const Estimate none =
      estimate(std::vector<double>{2.0, 4.0}, std::vector<double>{1.0, 3.0}, false);
  CHECK(std::isnan(none.ratio));
  CHECK(std::isnan(none.percent));
  const Estimate one = estimate(std::vector<double>{2.0}, std::vector<double>{1.0}, true);
  CHECK(one.ratio == 2);
  CHECK(std::isnan(one.low));
  CHECK_FALSE(one.distinguishable());
}

TEST_CASE("fifths hold equal numbers of schools, and pupils add up") {
  const SchoolGroups groups = group_schools(ten_schools());
  REQUIRE(groups.groups.size() == 1 + 3 + 5 + 5);
  for (const SchoolGroup& group : groups.groups)
    if (group.kind == "deprivation" || group.kind == "size") CHECK(group.schools == 2);
  // School 9 is the largest and the least deprived.
  CHECK(groups.kinds[2].of[9] == 0);
  CHECK(groups.kinds[2].of[0] == 4);
  CHECK(groups.kinds[3].of[9] == 4);
  CHECK(groups.groups[0].pupils == 5500);
  CHECK(groups.groups[1].schools == 6);
  CHECK(groups.groups[2].schools == 0);
  CHECK(groups.groups[3].schools == 4);
  CHECK(groups.groups[4].name == "deprivation_1");
  CHECK(groups.groups[4].low == Approx(0.0));
  CHECK(groups.groups[4].high == Approx(0.1));
}

TEST_CASE("equal values are ranked by the lasting id, not by the order of the list") {
  Population population = ten_schools();
  population.deprivation.assign(10, 0.5f);
  const SchoolGroups groups = group_schools(population);
  CHECK(groups.kinds[2].of[9] == 0);  // its id is the smallest
  CHECK(groups.kinds[2].of[0] == 4);
}

TEST_CASE("sums of differences: mean and standard error, whatever the order") {
  // 0.1 and 0.3: mean 0.2, SD 0.141421, SE 0.1.
  DifferenceSums a(1), b(1);
  a.add(0, 0.1), a.add(0, 0.3);
  b.add(0, 0.3), b.add(0, 0.1), b.add(0, NAN);
  const RowEffect one = a.at(0), other = b.at(0);
  CHECK(one.difference == Approx(0.2).margin(1e-6));
  CHECK(one.standard_error == Approx(0.1).margin(1e-6));
  CHECK(one.high == Approx(0.2 + 12.7062 * 0.1).margin(1e-4));
  CHECK(one.verdict == Verdict::unclear);
  CHECK(one.difference == other.difference);
  CHECK(one.standard_error == other.standard_error);
  CHECK(std::isnan(DifferenceSums(1).at(0).difference));
}

TEST_CASE("better off: clear of zero and large enough") {
  const auto verdict = [](double first, double second) {
    DifferenceSums sums(1);
    sums.add(0, first), sums.add(0, second);
    return sums.at(0).verdict;
  };
  CHECK(verdict(0.1, 0.101) == Verdict::better);
  CHECK(verdict(-0.1, -0.101) == Verdict::worse);
  CHECK(verdict(0.01, 0.0101) == Verdict::unclear);  // clear, but less than a week of learning
  CHECK(verdict(0.5, -0.1) == Verdict::unclear);     // large, but not clear
}

TEST_CASE("winners and losers: shares of schools, of pupils and of districts") {
  const Findings f = small_findings();
  const Balance* reform = &f.balance[kEffects * SchoolEffects::kUnits];
  // Schools 0 to 3 gain, 7 to 9 lose, three are moved by less than 0.02.
  CHECK(reform[0].better == Approx(0.4));
  CHECK(reform[0].worse == Approx(0.3));
  CHECK(reform[0].unclear == Approx(0.3));
  // With (1 + 2 + 3 + 4) and (8 + 9 + 10) hundred pupils of 5,500.
  CHECK(reform[1].better == Approx(1000.0 / 5500));
  CHECK(reform[1].worse == Approx(2700.0 / 5500));
  CHECK(reform[2].better == Approx(0.5));
  CHECK(reform[2].worse == Approx(0.0));
  CHECK(reform[0].one_better == Approx(0.4));
  CHECK(reform[0].one_worse_low == Approx(0.3));
  CHECK(f.balance[0].unclear == Approx(1.0));  // the baseline against itself
}

TEST_CASE("groups are paired over replicates") {
  const Findings f = small_findings();
  const Estimate& e = f.at(1, 0, 0, 1);  // differences 0.5 and 0.6
  CHECK(e.difference == Approx(0.55));
  CHECK(e.standard_error == Approx(0.05));
}

TEST_CASE("cost of a tenth of an SD with its interval") {
  const Findings f = small_findings();
  // One year: 20 and 22 more for 0.20 and 0.21: 21 / 2.05 tenths.
  CHECK(f.cost_per_tenth[1].ratio == Approx(21 / 2.05));
  CHECK(f.cost_per_tenth[1].low < 21 / 2.05);
  CHECK(std::isnan(f.cost_per_tenth[0].ratio));
}

TEST_CASE("a scenario against every other, not only the baseline") {
  const Findings f = small_findings();
  const PairFacts& there = f.pairs[(1 * 2 + 0) * f.measures.size()];
  const PairFacts& back = f.pairs[(0 * 2 + 1) * f.measures.size()];
  CHECK(there.difference == Approx(0.205));
  CHECK(back.difference == Approx(-0.205));
  CHECK(there.higher == 1);
  CHECK(back.higher == 0);
}

TEST_CASE("clear from the year after which a difference stays on its side") {
  // Helps in year 1, harms in year 2: clear from year 2, and turned after year 1.
  std::vector<Ensemble> ensembles(2);
  const std::vector<Measure> measures = {
      {"true_attainment_mean", "pupil SD", "True attainment.", "mean over pupils", "0.1"}};
  for (int s = 0; s < 2; ++s) {
    ensembles[static_cast<std::size_t>(s)].name = s == 0 ? "a" : "b";
    ensembles[static_cast<std::size_t>(s)].replicates = {0, 1};
    ensembles[static_cast<std::size_t>(s)].year = {0, 1, 2};
    ensembles[static_cast<std::size_t>(s)].values = {0, 0.1 * s, -0.2 * s, 0, 0.1 * s, -0.2 * s};
  }
  const Comparison comparison = compare(ensembles, measures, 0);
  Findings f;
  add_system(f, comparison, ensembles);
  CHECK(f.clear_from[1] == 2);
  CHECK(comparison.scenarios[1].measures[0].distinguishable_from == 2.0);
  CHECK(turned_after(f, 1, 0) == 1.0);
  CHECK_FALSE(turned_after(f, 0, 0));
}

TEST_CASE("the comparison file gives back what was written") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "reformsim_test_comparison.h5").string();
  const Findings f = small_findings();
  write_comparison(path, f);
  const Findings g = read_comparison(path);
  std::filesystem::remove(path);
  CHECK(g.scenarios[1].title == "<img src=x>");
  CHECK(g.scenarios[1].changes.size() == 1);
  CHECK(g.scenarios[1].changes[0].path == "a.b_c");
  CHECK(g.notes == f.notes);
  CHECK(g.baseline == 0);
  CHECK(g.seed == 42);
  CHECK(g.command == f.command);
  CHECK(g.district.name == f.district.name);
  REQUIRE(g.system.size() == f.system.size());
  for (std::size_t i = 0; i < f.system.size(); ++i)
    for (const EstimateField& field : estimate_fields()) {
      const double a = f.system[i].*field.value, b = g.system[i].*field.value;
      CHECK((a == b || (std::isnan(a) && std::isnan(b))));
    }
  REQUIRE(g.school.effects.size() == f.school.effects.size());
  CHECK(g.school.effects[kEffects][0].verdict == Verdict::better);
  CHECK(g.balance[kEffects * SchoolEffects::kUnits].worse == Approx(0.3));
  CHECK(report_page(g) == report_page(f));
}

TEST_CASE("sets of parameters go through the file into the page") {
  const std::vector<Measure> measures = {
      {"true_attainment_mean", "pupil SD", "True attainment.", "mean over pupils", "0.1"}};
  std::vector<Ensemble> ensembles(2);
  for (std::size_t s = 0; s < 2; ++s) {
    Ensemble& one = ensembles[s];
    one.name = s == 0 ? "base" : "reform";
    one.replicates = {0, 1, 2, 3, 4, 5};
    one.set = {4, 4, 2, 2, 0, 0};
    one.year = {0, 1};
    for (const double gain : {1, 3, 5, 7, -1, 1})
      one.values.insert(one.values.end(), {0.0, s == 0 ? 0.0 : gain / 100});
  }
  Findings f;
  add_system(f, compare(ensembles, measures, 0), ensembles);
  f.set_names = {"s4", "s2", "s0"};
  f.looks = 3;
  f.program_version = f.git_commit = "x";
  const std::string path =
      (std::filesystem::temp_directory_path() / "reformsim_test_sets.h5").string();
  write_comparison(path, f);
  const Findings g = read_comparison(path);
  std::filesystem::remove(path);
  CHECK(g.set == std::vector<std::size_t>{0, 0, 1, 1, 2, 2});
  CHECK(g.set_names == f.set_names);
  CHECK(g.looks == 3);
  for (const EstimateField& field : parameter_fields())
    CHECK(g.at(1, 0, 1).*field.value == Approx(f.at(1, 0, 1).*field.value));
  CHECK(g.pairs[2].sd_luck == Approx(std::sqrt(2.0) / 100));
  CHECK(g.best[0] == Approx(1.0 / 6));  // in the fifth replicate alone
  const std::string page = report_page(g);
  CHECK(page == report_page(f));
  CHECK(count(page, "id=\"parts-table\"") == 1);
  CHECK(count(page, "id=\"chart-parts\"") == 1);
  CHECK(page.find("3 sets of parameters that are held possible, of which 83% agree") !=
        std::string::npos);
  CHECK(page.find("not calibrated") == page.rfind("not calibrated"));  // in the chart's script
  CHECK(page.find("cannot be told from luck</td>") == std::string::npos);
  CHECK(count(report_page(small_findings()), "id=\"parts-table\"") == 0);
}

TEST_CASE("sets that cannot be told from luck: the report says so") {
  const std::vector<Measure> measures = {
      {"true_attainment_mean", "pupil SD", "True attainment.", "mean over pupils", "0.1.0"}};
  std::vector<Ensemble> ensembles(2);
  for (std::size_t s = 0; s < 2; ++s) {
    Ensemble& one = ensembles[s];
    one.name = s == 0 ? "base" : "reform";
    one.replicates = {0, 1, 2, 3};
    one.set = {0, 0, 1, 1};
    one.year = {0};
    for (const double gain : {0.01, 0.03, 0.03, 0.01}) one.values.push_back(s == 0 ? 0.0 : gain);
  }
  Findings f;
  add_system(f, compare(ensembles, measures, 0), ensembles);
  f.set_names = {"s0", "s1"};
  f.program_version = f.git_commit = "x";
  CHECK(f.at(1, 0, 0).sd_parameters == 0);
  CHECK(report_page(f).find("cannot be told from luck</td>") != std::string::npos);
}

TEST_CASE("levels: how a difference is spread over districts and schools") {
  const Findings f = small_findings();
  const auto at = [&](Level level) {
    return f.spread[kEffects * kLevelNames.size() + static_cast<std::size_t>(level)];
  };
  // Schools: four gain 0.1, three lose it, three are near zero; mean of the ten 0.0101.
  CHECK(at(Level::school).units == 10);
  CHECK(at(Level::school).mean == Approx(0.0101 + 0.001).margin(1e-6));
  CHECK(at(Level::school).better == Approx(0.4));
  CHECK(at(Level::school).worse == Approx(0.3));
  CHECK(at(Level::school).high == Approx(0.101).margin(1e-4));
  CHECK(at(Level::district).units == 2);
  CHECK(at(Level::district).mean == Approx(0.15));
  CHECK(at(Level::district).sd == Approx(0.3 / std::sqrt(2.0)));
  CHECK(at(Level::system).units == 1);
  CHECK(at(Level::system).mean == Approx(0.55));
  CHECK(at(Level::cluster).units == 0);
  CHECK(std::isnan(at(Level::cluster).mean));
}

TEST_CASE("with sets a school's difference is that of the set means") {
  const Population population = ten_schools();
  SchoolEffects effects(2, 0, 0, population);
  effects.expect(4, std::vector<std::size_t>{0, 0, 1, 1});
  const auto add = [&](std::size_t r, float gain) {
    std::vector<SchoolObserver> both(2, SchoolObserver(1));
    for (std::size_t s = 0; s < 2; ++s) {
      SchoolObserver& one = both[s];
      one.year = {0, 1};
      one.groups = group_schools(population);
      one.group_values.assign(2 * one.groups.groups.size() * group_measures().size(), 0);
      one.pupils = population.enrolment;
      one.district_of = population.district;
      for (std::size_t e = 0; e < kEffects; ++e) {
        one.school[e].assign(10, s == 1 ? gain : 0.0f);
        one.district[e] = {0, 0};
      }
    }
    effects.add(r, {&both[0], &both[1]});
  };
  // In any order: sets of 1, 3 and 5, 7 have means 2 and 6.
  add(3, 0.7f), add(0, 0.1f), add(2, 0.5f), add(1, 0.3f);
  const RowEffect effect = effects.schools(1, 0).at(0);
  CHECK(effect.difference == Approx(0.4).margin(1e-6));
  CHECK(effect.standard_error == Approx(0.2).margin(1e-6));
  // Batches of other sets come later.
  effects.expect(2, std::vector<std::size_t>{4, 4});
  add(5, 0.9f), add(4, 1.1f);
  CHECK(effects.schools(1, 0).at(0).difference == Approx(0.6).margin(1e-6));
}

TEST_CASE("a file that is no comparison is refused") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "reformsim_test_no_comparison.h5").string();
  std::ofstream(path) << "no";
  CHECK_THROWS_AS(read_comparison(path), InputError);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(read_comparison(path), InputError);
}

TEST_CASE("text on its way into a page stays text") {
  CHECK(escaped("<a href='x'>\"&\"</a>") ==
        "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
  CHECK(json_in_script("{\"a\":\"</script>\"}") == "{\"a\":\"\\u003c/script>\"}");
  const std::string page = report_page(small_findings());
  CHECK(count(page, "<img") == 0);
  CHECK(count(page, "<b>") == 0);
  CHECK(count(page, "alert(1)</script>") == 0);
  // The library, four of ours, and the data.
  CHECK(count(page, "<script") == 6);
  CHECK(count(page, "</script>") == 6);
  CHECK(count(page, " onclick=") + count(page, " onload=") == 0);
}

TEST_CASE("the hash of a content security policy") {
  // SHA-256 of the empty text and of "abc" (FIPS 180-4), in base64.
  CHECK(content_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  CHECK(content_hash("abc") == "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
  CHECK(content_hash(std::string(64, 'a')) ==
        "'sha256-/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs='");
}

TEST_CASE("numbers are rounded to what their interval supports") {
  Estimate e;
  e.difference = 0.26123, e.low = 0.257, e.high = 0.2655;
  CHECK(difference_words(e, 1, 3) == "+0.261");
  CHECK(months_words(e) == "3.3 months more");
  e.low = 0.16, e.high = 0.36;
  CHECK(difference_words(e, 1, 3) == "+0.26");
  e.low = -7.2, e.high = 7.8;
  CHECK(difference_words(e, 1, 3) == "+0.3");
  CHECK(months_words(e) == "no clear difference");
  CHECK(share_words(0.001) == "less than 1%");
  CHECK(share_words(0.999) == "more than 99%");
  CHECK(share_words(1) == "100%");
  CHECK(count_words(1234567) == "1,234,567");
  CHECK(count_words(-999.6) == "-1,000");
  CHECK(probability_words(1, 100) == "all 100");
  CHECK(probability_words(0.5, 3) == "1.5 of 3");
}

TEST_CASE("the answer names the best, for whom, and how sure") {
  const std::vector<std::string> sentences = answer(small_findings());
  REQUIRE(sentences.size() == 3);
  CHECK(sentences[0].find("after 1 year") != std::string::npos);
  CHECK(sentences[0].find("ahead of") != std::string::npos);
  CHECK(sentences[1].find("40% of the schools") != std::string::npos);
  CHECK(sentences[2].find("not calibrated") != std::string::npos);
}

TEST_CASE("the answer says what hangs on a belief") {
  Findings f = small_findings();
  const std::size_t learnt = *f.measure("true_attainment_mean");
  const auto under = [&](double low, double high) {
    Belief belief{"doubt", "", std::vector<Estimate>(f.scenarios.size() * f.measures.size())};
    Estimate& at = belief.end[f.measures.size() + learnt];
    at.difference = (low + high) / 2, at.low = low, at.high = high;
    f.beliefs = {belief};
    return answer(f)[2];
  };
  const std::string hangs = "ends ahead or behind hangs on them";
  CHECK(under(0.1, 0.3).find(hangs) == std::string::npos);
  CHECK(same_under_all(f, 1, learnt));
  CHECK(under(0.1, 0.3).find("under the set <bdi>doubt</bdi>") != std::string::npos);
  CHECK(under(-0.1, 0.3).find(hangs) != std::string::npos);   // not clear
  CHECK(under(-0.3, -0.1).find(hangs) != std::string::npos);  // the other way round
  CHECK_FALSE(same_under_all(f, 1, learnt));
  f.beliefs[0].end[f.measures.size() + learnt].sets_higher = 0.1;
  CHECK(answer(f)[2].find("under the sets <bdi>doubt</bdi>") != std::string::npos);
}

TEST_CASE("a system that is drawn anew has no columns of schools on average") {
  Findings f = small_findings();
  CHECK(count(report_page(f), "Clearly better off") == 2);  // schools, districts
  for (Balance& balance : f.balance)
    balance.better = balance.worse = balance.unclear = Estimate::kNone;
  const std::string page = report_page(f);
  CHECK(count(page, "Clearly better off") == 0);
  CHECK(count(page, "Better off in one replicate") == 2);
}

TEST_CASE("only parameters that were set by hand are called so") {
  Findings f = small_findings();
  for (const char* by_hand : {"", "sceptical", "scenarios/parameters/optimistic.yaml"}) {
    f.parameters = by_hand;
    CHECK(count(report_page(f), "set by hand") == 3);
  }
  f.parameters = "scenarios/parameters/calibrated_central.yaml";
  CHECK(answer(f)[2].find("one set of values (<bdi>calibrated_central</bdi>)") !=
        std::string::npos);
  const std::string page = report_page(f);
  CHECK(count(page, "set by hand") == 0);
  CHECK(count(page, "calibrated_central</bdi>)") == 3);
  CHECK(page.find("\"by_hand\":false") != std::string::npos);
}
