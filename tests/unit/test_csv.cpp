// Reading a CSV: what is accepted, and where each kind of damage is reported.
#include <catch2/catch.hpp>

#include "scenario/csv.hpp"

using namespace reformsim;

namespace {

// The messages with their places, without the file name.
std::string problems_of(const std::string& text) {
  try {
    const CsvTable table = parse_csv("x.csv", text);
    std::string all;
    for (const Problem& problem : table.bad_rows()) all += describe(problem) + "\n";
    return all;
  } catch (const InputError& error) {
    return std::string(error.what()) + "\n";
  }
}

bool contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return true;
  UNSCOPED_INFO("in: " << text);
  return false;
}

}  // namespace

TEST_CASE("a CSV with every kind of harmless oddity is read", "[unit][csv]") {
  const CsvTable table = parse_csv("x.csv",
                                   "\xef\xbb\xbf"
                                   "id , name,note\r\n"
                                   "1,\"O\"\"Hara, Mary\",\"two\r\nlines\"\r\n"
                                   "\r\n"
                                   "  2 ,\" kept \",\n"
                                   "3,\xc3\xa9t\xc3\xa9,x");
  REQUIRE(table.header() == std::vector<std::string>{"id", "name", "note"});
  REQUIRE(table.rows() == 3);
  CHECK(table.cell(0, 1) == "O\"Hara, Mary");
  CHECK(table.cell(0, 2) == "two\r\nlines");
  CHECK(table.cell(1, 0) == "2");
  CHECK(table.cell(1, 1) == " kept ");
  CHECK(table.cell(1, 2).empty());
  CHECK(table.cell(2, 1) == "\xc3\xa9t\xc3\xa9");
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 5);  // a quoted line break and a blank line lie between
  CHECK(table.line(2) == 6);
  CHECK(table.bad_rows().empty());
}

TEST_CASE("a cell's place counts characters and quoted line breaks", "[unit][csv]") {
  const CsvTable table = parse_csv("x.csv", "a,b,c\n\xc3\xa9\xc3\xa9,\"x,\ny\",z\n");
  CHECK(table.place(0, 0).line == 2);
  CHECK(table.place(0, 1).column == 4);
  CHECK(table.place(0, 2).line == 3);
  CHECK(table.place(0, 2).column == 4);
}

TEST_CASE("old line ends: CR alone", "[unit][csv]") {
  const CsvTable table = parse_csv("x.csv", "a,b\r1,2\r3,4\r");
  REQUIRE(table.rows() == 2);
  CHECK(table.line(1) == 3);
  CHECK(table.cell(1, 1) == "4");
}

TEST_CASE("blank lines before the header move it", "[unit][csv]") {
  CHECK(contains(problems_of("\n\na,a\n"), "x.csv:3:3: two columns are named 'a'"));
}

TEST_CASE("rows with another number of cells than the header are listed", "[unit][csv]") {
  const CsvTable table = parse_csv("x.csv", "a,b\n1\n2,3\n4,5,6\n7,8\n");
  REQUIRE(table.rows() == 2);
  CHECK(table.cell(0, 0) == "2");
  CHECK(table.cell(0, 1) == "3");
  CHECK(table.cell(1, 0) == "7");  // nothing of the bad rows is left in their neighbours
  REQUIRE(table.bad_rows().size() == 2);
  CHECK(describe(table.bad_rows()[0]) == "x.csv:2:1: 1 cell, but the header has 2");
  CHECK(describe(table.bad_rows()[1]) == "x.csv:4:1: 3 cells, but the header has 2");
}

TEST_CASE("damage is reported at its place", "[unit][csv]") {
  CHECK(contains(problems_of(""), "x.csv:1:1: the file is empty"));
  CHECK(contains(problems_of("\xef\xbb\xbf\n \n"), "x.csv:1:1: the file is empty"));
  CHECK(contains(problems_of("a;b\n1;2\n"),
                 "x.csv:1:1: the header has one column; the file seems "
                 "to be separated by semicolons"));
  CHECK(contains(problems_of("a\tb\n1\t2\n"), "separated by tabs"));
  CHECK(contains(problems_of("a,b\n1,\xe9\n"), "x.csv:2:3: the byte 0xe9 is not UTF-8"));
  CHECK(contains(problems_of("a\n\xe9\n\xe8\xe9\n"), "the first of 2 lines"));
  CHECK(contains(problems_of(std::string("a,b\n1,2\0\n", 9)), "x.csv:2:4: a NUL byte"));
  CHECK(contains(problems_of(std::string("\xff\xfe"
                                         "a\0",
                                         4)),
                 "x.csv:1:1: the file is UTF-16"));
  CHECK(contains(problems_of("a,b\n1,\"x\n2,y\n"), "x.csv:2:3: the quote that opens here"));
  CHECK(contains(problems_of("a,b\n1,\"x\n2,\"y\"\n"),
                 "x.csv:3:4: text after the quote that closes "
                 "the cell opened at line 2, column 3"));
  CHECK(contains(problems_of("a,b\n1,x\"y\n"), "x.csv:2:4: a quote inside an unquoted cell"));
  CHECK(contains(problems_of("a,b,,\n1,2,,\n"), ""));  // unnamed columns are let be
}

TEST_CASE("UTF-8 is checked strictly", "[unit][csv]") {
  const auto is_bad = [](const std::string& bytes) {
    return problems_of("a\n" + bytes + "\n").find("not UTF-8") != std::string::npos;
  };
  CHECK_FALSE(is_bad("\xf0\x9f\x8f\xab"));  // U+1F3EB
  CHECK_FALSE(is_bad("\xef\xbf\xbd"));
  CHECK(is_bad("\xc0\xaf"));          // overlong
  CHECK(is_bad("\xe0\x80\xaf"));      // overlong
  CHECK(is_bad("\xed\xa0\x80"));      // a surrogate
  CHECK(is_bad("\xf4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK(is_bad("\xe2\x82"));          // cut short
  CHECK(is_bad("\x80"));
}

TEST_CASE("a file that is missing or a folder is reported where it was named", "[unit][csv]") {
  const Place at{"s.yaml", 4, 9};
  CHECK_THROWS_WITH(read_csv("no/such.csv", at), "s.yaml:4:9: no/such.csv: no such file");
  CHECK_THROWS_WITH(read_csv(REFORMSIM_SOURCE_DIR, at),
                    Catch::Matchers::Contains("s.yaml:4:9: ") &&
                        Catch::Matchers::Contains("this is a folder, not a file"));
}

TEST_CASE("the digest is of the bytes of the file", "[unit][csv]") {
  CHECK(parse_csv("x", "a\n1\n").digest() != parse_csv("x", "a\r\n1\r\n").digest());
  CHECK(parse_csv("x", "a\n1\n").digest() == parse_csv("y", "a\n1\n").digest());
}
