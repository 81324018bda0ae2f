// A CSV file as a table of texts, each cell with its place. The only file that names libcsv.
//
// What is read: comma separated, quoted with ", UTF-8 with or without a byte order mark, lines
// ending with LF, CR LF or CR; blank lines are passed over; blanks around an unquoted cell do not
// count. Nothing is guessed: a file with another separator, another encoding or broken quotes is
// refused with the reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace reformsim {

class CsvTable {
 public:
  const std::string& path() const { return path_; }
  const std::string& digest() const { return digest_; }  // of the bytes of the file
  const std::vector<std::string>& header() const { return header_; }
  Place header_place(std::size_t column) const {
    return cell_place(header_begin_, header_line_, column);
  }

  std::size_t rows() const { return rows_.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const;
  int line(std::size_t row) const { return rows_[row].line; }  // where the row begins
  // Where a cell begins. Looked for in the file's text when asked: only messages need it.
  Place place(std::size_t row, std::size_t column) const;

  // Rows with too many or too few cells. They are not among the rows above, and the caller chooses
  // between stopping and doing without them.
  const std::vector<Problem>& bad_rows() const { return bad_rows_; }

 private:
  friend class CsvReader;
  struct Row {
    std::size_t begin;  // offset in text_
    std::size_t first;  // index of its first cell in ends_
    int line;
  };
  Place cell_place(std::size_t begin, int line, std::size_t column) const;

  std::string path_;
  char separator_ = ',';
  std::string digest_;
  std::string text_;  // the file
  std::vector<std::string> header_;
  std::size_t header_begin_ = 0;
  int header_line_ = 1;
  std::vector<Row> rows_;
  std::string cells_;              // contents of all cells, one after the other
  std::vector<std::size_t> ends_;  // where each cell ends in cells_
  std::vector<Problem> bad_rows_;
};

// Throws InputError for a file that cannot be read as a CSV at all. `named_at` is where the path
// was written: a file that is missing is reported there.
CsvTable read_csv(const std::string& path, const Place& named_at);

// The same from a text; `path` is for messages. Only `reformsim import` reads other separators.
CsvTable parse_csv(std::string path, std::string text, char separator = ',');

// The bytes of a file, as it is. Throws InputError like read_csv.
std::string read_bytes(const std::string& path, const Place& named_at);

// Length of the UTF-8 sequence that begins at `at`; 0 when the bytes there are none (overlong
// forms, surrogates and numbers beyond U+10FFFF included).
std::size_t utf8_length(std::string_view text, std::size_t at);

}  // namespace reformsim
