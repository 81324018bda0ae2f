// The documents of the model say what the code says: each of their tables is the generated one.
// REFORMSIM_UPDATE_DOCUMENTS=1 (sh tests/run.sh documents-update) writes the tables anew.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "decide/text.hpp"
#include "model/tables.hpp"
#include "model/term.hpp"
#include "record/measures.hpp"

using namespace reformsim;

namespace {

const std::string kFolder = REFORMSIM_SOURCE_DIR "/sim/model/";
constexpr std::string_view kOpen = "<!-- table: ", kClose = "<!-- end of table -->";

std::string text_of(const std::string& file) {
  std::ifstream stream(kFolder + file);
  INFO(file);
  REQUIRE(stream);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string table_of(std::string_view name) {
  return name == "measures" ? measures_table() : odd_table(name);
}

// The document with every table as the code has it; the names of its tables are added to `names`.
std::string brought_up_to_date(const std::string& text, std::multiset<std::string>& names) {
  std::string result;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(kOpen)) {
      INFO(line);
      REQUIRE_FALSE(inside);
      REQUIRE(line.ends_with(" -->"));
      const std::string name =
          line.substr(kOpen.size(), line.size() - kOpen.size() - std::string(" -->").size());
      names.insert(name);
      result += line + "\n" + table_of(name);
      inside = true;
    } else if (line == kClose) {
      REQUIRE(inside);
      inside = false;
    }
    if (!inside) result += line + "\n";
  }
  CHECK_FALSE(inside);
  return result;
}

// Those of one level, without its marks, in their order.
std::vector<std::string> headings(const std::string& text, const std::string& marks) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(text))
    if (line.starts_with(marks + ' ')) found.push_back(line.substr(marks.size() + 1));
  return found;
}

}  // namespace

TEST_CASE("the tables of the documents are those of the code", "[unit][documents]") {
  std::multiset<std::string> names;
  for (const std::string file : {"ODD.md", "TRACE.md"}) {
    INFO(file << ": sh tests/run.sh documents-update writes the tables anew");
    const std::string text = text_of(file);
    const std::string wanted = brought_up_to_date(text, names);
    if (std::getenv("REFORMSIM_UPDATE_DOCUMENTS") != nullptr) {
      std::ofstream(kFolder + file) << wanted;
      continue;
    }
    const std::vector<std::string> have = lines_of(text), want = lines_of(wanted);
    for (std::size_t i = 0; i < std::min(have.size(), want.size()); ++i) {
      INFO("line " << i + 1);
      REQUIRE(have[i] == want[i]);
    }
    CHECK(have.size() == want.size());
  }
  // Every table stands in one document.
  std::vector<std::string_view> all = odd_tables();
  all.push_back("measures");
  CHECK(names.size() == all.size());
  for (const std::string_view name : all) {
    INFO(name);
    CHECK(names.count(std::string(name)) == 1);
  }
}

TEST_CASE("lines of the documents that are no tables have at most 120 characters",
          "[unit][documents]") {
  for (const std::string file : {"ODD.md", "TRACE.md"}) {
    std::size_t number = 0;
    bool formula = false;
    for (const std::string& line : lines_of(text_of(file))) {
      ++number;
      if (line.find("```") != std::string::npos) formula = !formula;
      if (formula || line.starts_with("|")) continue;
      INFO(file << ":" << number);
      CHECK(text_width(line) <= 120);
    }
  }
}

TEST_CASE("the documents have the elements of their protocols in order", "[unit][documents]") {
  const auto begins = [](const std::string& file, const std::vector<std::string>& elements) {
    const std::vector<std::string> found = headings(text_of(file), "##");
    REQUIRE(found.size() >= elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
      CHECK(found[i] == std::to_string(i + 1) + ". " + elements[i]);
  };
  begins("ODD.md", {"Purpose and patterns", "Entities, state variables and scales",
                    "Process overview and scheduling", "Design concepts", "Initialization",
                    "Input data", "Submodels"});
  begins("TRACE.md", {"Problem formulation", "Model description", "Data evaluation",
                      "Conceptual model evaluation", "Implementation verification",
                      "Model output verification", "Model analysis", "Model output corroboration"});
  const std::vector<std::string> concepts = {
      "Basic principles", "Emergence",   "Adaptation",    "Objectives",  "Learning",   "Prediction",
      "Sensing",          "Interaction", "Stochasticity", "Collectives", "Observation"};
  std::vector<std::string> third = headings(text_of("ODD.md"), "###");
  REQUIRE(third.size() >= concepts.size());
  third.resize(concepts.size());
  CHECK(third == concepts);
}

TEST_CASE("every unit of the term has its submodel, in order", "[unit][documents]") {
  const std::string text = text_of("ODD.md");
  std::vector<std::string> described;
  for (const std::string& heading : headings(text, "####")) {
    const std::size_t open = heading.find("(`");
    if (open != std::string::npos && heading.ends_with("`)"))
      described.push_back(heading.substr(open + 2, heading.size() - open - 4));
  }
  std::vector<std::string> wanted;
  for (const Mechanism& mechanism : term_schedule()) wanted.emplace_back(mechanism.name);
  CHECK(described == wanted);
}
