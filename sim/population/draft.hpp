// A first population file for a list that nobody has described yet: which column is which, in what
// unit, which text means which phase. Everything is a guess until the person who knows the list has
// looked at it, so everything comes with what it was guessed from. Where the list cannot be read as
// it is (its encoding, its separator, its numbers, codes for "not known"), a clean copy goes with
// the file, and every kind of change is counted.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "population/list.hpp"
#include "population/population.hpp"
#include "scenario/field.hpp"

namespace reformsim {

struct DraftRequest {
  std::string list;      // path of the CSV
  std::string output;    // path of the population file to be
  std::string encoding;  // empty: found out
  std::string decimal;   // "point", "comma"; empty: found out
  bool skip_bad_rows = false;
  std::map<ListColumn, std::string> columns;               // said, not guessed; empty text: none
  std::vector<std::pair<std::string, std::string>> where;  // lines to keep: column, text
  std::vector<std::string> missing;                        // texts that mean "not known"
  std::vector<std::pair<int, std::string>> phases;         // a Phase, and a text that means it
  std::string command;                                     // for the file's first lines
};

struct DraftColumn {
  ListColumn what = kSchoolId;
  std::string header, examples;
  bool said = false;
  std::vector<std::string> others;  // headers that could be it as well
};

struct Draft {
  std::string file;                  // what the list was: lines, encoding, separator
  std::vector<DraftColumn> columns;  // those found
  std::vector<std::string> without;  // settings for which no column was found
  std::vector<std::string> assumed;  // sentences
  std::vector<std::string> changes;  // between list and copy; empty when there is no copy
  std::string yaml, csv;             // csv: empty when there is no copy
  std::string copy;                  // its path
  Population population;             // what a run will see
};

// Throws InputError with all that a person has to decide, each with the option that decides it.
Draft draft_population(const DraftRequest& request, const FieldTable& table);

}  // namespace reformsim
