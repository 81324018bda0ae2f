#include "scenario/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/hash.hpp"
#include "scenario/words.hpp"

namespace reformsim {

std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1, 0x80, 0xbf) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2, 0x80, 0xbf) && follows(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Walks the text by line breaks as libcsv sees them: LF, CR LF or CR.
struct Walk {
  int line = 1;
  int column = 1;
  void pass(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '\n' || (c == '\r' && (at + 1 == text.size() || text[at + 1] != '\n'))) {
      ++line;
      column = 1;
    } else if (!continues(c)) {
      ++column;
    }
  }
};

Place place_of(const std::string& path, std::string_view text, std::size_t begin,
               std::size_t offset) {
  Walk walk;
  for (std::size_t i = begin; i < offset; ++i) walk.pass(text, i);
  return {path, walk.line, walk.column};
}

// Where the quoted cell begins that is still open at `end`.
std::size_t open_quote(std::string_view text, std::size_t begin, std::size_t end) {
  bool inside = false;
  std::size_t opened = begin;
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] != '"') continue;
    inside = !inside;
    // "" inside a cell closes and opens again without a step between
    if (inside && (i == begin || text[i - 1] != '"')) opened = i;
  }
  return opened;
}

// One message for a whole file: where the first place is and how many lines have some, since a file
// in another encoding has thousands.
struct Sightings {
  Problem first;
  int lines = 0;
  int last_line = 0;
  void see(const Place& at, const std::string& message) {
    if (lines == 0) first = {at, message};
    if (at.line != last_line) ++lines;
    last_line = at.line;
  }
};

// Throws for bytes that no CSV in UTF-8 has.
void check_encoding(const std::string& path, std::string_view text, std::size_t begin) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    throw InputError({path, 1, 1},
                     "the file is UTF-16; save it as UTF-8, or let `reformsim import` do it");
  Sightings nul, invalid;
  Walk walk;
  for (std::size_t i = begin; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (text[i] == '\0')
      nul.see({path, walk.line, walk.column}, "a NUL byte, which no text has; is this a CSV file?");
    else if (length == 0)
      invalid.see({path, walk.line, walk.column},
                  fmt::format("the byte {:#04x} is not UTF-8; save the file as UTF-8, or let "
                              "`reformsim import` do it",
                              static_cast<unsigned char>(text[i])));
    walk.pass(text, i);
    i += std::max<std::size_t>(length, 1);
  }
  std::vector<Problem> problems;
  for (Sightings* seen : {&nul, &invalid}) {
    if (seen->lines == 0) continue;
    if (seen->lines > 1)
      seen->first.message += fmt::format(" (the first of {} lines with such bytes)", seen->lines);
    problems.push_back(seen->first);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

}  // namespace

// Feeds libcsv one line of the file at a time, so that the line a row begins at is known: the first
// one fed since the row before was complete. A row goes on over several lines when a quoted cell
// holds line breaks.
class CsvReader {
 public:
  CsvReader(std::string path, std::string text, char separator) {
    table_.separator_ = separator;
    table_.digest_ = digest(text);
    table_.path_ = std::move(path);
    table_.text_ = std::move(text);
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
  }
  ~CsvReader() { csv_free(&parser_); }
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  CsvTable read() {
    const std::string& text = table_.text_;
    const std::size_t begin = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
    check_encoding(table_.path_, text, begin);
    row_begin_ = begin;
    for (std::size_t at = begin; at < text.size();) {
      const std::size_t end = line_end(at);
      if (!row_open_) {
        row_begin_ = at;
        row_line_ = line_;
        row_open_ = true;
      }
      const std::size_t read =
          csv_parse(&parser_, text.data() + at, end - at, on_cell, on_row, this);
      if (read != end - at) broken_quotes(at + read);
      // Nothing kept and no row ended: a blank line, which libcsv passes over.
      if (row_open_ && blank(at, end)) row_open_ = row_cells_ > 0 || parser_.quoted;
      at = end;
      ++line_;
    }
    if (csv_fini(&parser_, on_cell, on_row, this) != 0) unclosed_quote();
    if (table_.header_.empty()) throw InputError({table_.path_, 1, 1}, "the file is empty");
    return std::move(table_);
  }

 private:
  static void on_cell(void* data, std::size_t size, void* self) {
    static_cast<CsvReader*>(self)->cell({static_cast<const char*>(data), size});
  }
  static void on_row(int, void* self) { static_cast<CsvReader*>(self)->row(); }

  std::size_t line_end(std::size_t at) const {
    const std::string& text = table_.text_;
    const std::size_t found = text.find_first_of("\r\n", at);
    if (found == std::string::npos) return text.size();
    const bool both = text[found] == '\r' && found + 1 < text.size() && text[found + 1] == '\n';
    return found + (both ? 2 : 1);
  }

  bool blank(std::size_t at, std::size_t end) const {
    return table_.text_.find_first_not_of(" \t\r\n", at) >= end;
  }

  void cell(std::string_view content) {
    if (table_.header_.empty()) {
      header_.emplace_back(content);
    } else {
      table_.cells_ += content;
      table_.ends_.push_back(table_.cells_.size());
    }
    ++row_cells_;
  }

  void row() {
    if (table_.header_.empty()) {
      table_.header_ = std::move(header_);
      table_.header_begin_ = row_begin_;
      table_.header_line_ = row_line_;
      check_header();
    } else if (row_cells_ != table_.header_.size()) {
      std::string message = fmt::format("{} cell{}, but the header has {}", row_cells_,
                                        row_cells_ == 1 ? "" : "s", table_.header_.size());
      table_.bad_rows_.push_back({{table_.path_, row_line_, 1}, std::move(message)});
      table_.ends_.resize(table_.ends_.size() - row_cells_);
      table_.cells_.resize(table_.ends_.empty() ? 0 : table_.ends_.back());
    } else {
      table_.rows_.push_back({row_begin_, table_.ends_.size() - row_cells_, row_line_});
    }
    row_cells_ = 0;
    row_open_ = false;
  }

  void check_header() {
    const std::vector<std::string>& header = table_.header_;
    if (header.size() == 1 && header[0].find_first_of(";\t|") != std::string::npos) {
      const char separator = header[0][header[0].find_first_of(";\t|")];
      const char* name = separator == ';' ? "semicolons" : separator == '\t' ? "tabs" : "bars";
      throw InputError(
          table_.header_place(0),
          fmt::format("the header has one column; the file seems to be separated by {}. Save it "
                      "separated by commas, or let `reformsim import` do it",
                      name));
    }
    std::map<std::string_view, std::size_t> seen;
    std::vector<Problem> problems;
    for (std::size_t k = 0; k < header.size(); ++k) {
      // Unnamed columns are let be: spreadsheets leave empty ones behind, and nobody can ask for
      // them.
      if (header[k].empty()) continue;
      const auto [first, is_new] = seen.emplace(header[k], k);
      if (!is_new)
        problems.push_back(
            {table_.header_place(k),
             fmt::format("two columns are named {}; the other is column {} of the header",
                         in_quotes(header[k]), first->second + 1)});
    }
    if (!problems.empty()) throw InputError(std::move(problems));
  }

  [[noreturn]] void broken_quotes(std::size_t offset) {
    const std::string& text = table_.text_;
    // libcsv stops at the character that cannot follow: a quote inside an unquoted cell, or what
    // comes after the quote that closed a cell.
    Place at = place_of(table_.path_, text, row_begin_, offset);
    at.line += row_line_ - 1;
    std::vector<Problem> problems = table_.bad_rows_;
    if (parser_.quoted) {
      Place opened = place_of(table_.path_, text, row_begin_, open_quote(text, row_begin_, offset));
      problems.push_back(
          {at, fmt::format("text after the quote that closes the cell opened at line {}, column "
                           "{}; a quote inside a cell is written twice",
                           opened.line + row_line_ - 1, opened.column)});
    } else {
      problems.push_back(
          {at, "a quote inside an unquoted cell; quote the whole cell and write the quote twice"});
    }
    throw InputError(std::move(problems));
  }

  [[noreturn]] void unclosed_quote() {
    const std::string& text = table_.text_;
    Place opened =
        place_of(table_.path_, text, row_begin_, open_quote(text, row_begin_, text.size()));
    opened.line += row_line_ - 1;
    std::vector<Problem> problems = table_.bad_rows_;
    problems.push_back({opened, "the quote that opens here is never closed"});
    throw InputError(std::move(problems));
  }

  CsvTable table_;
  csv_parser parser_;
  std::vector<std::string> header_;
  int line_ = 1;
  bool row_open_ = false;
  std::size_t row_begin_ = 0;
  int row_line_ = 1;
  std::size_t row_cells_ = 0;
};

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  const std::size_t index = rows_[row].first + column;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(cells_).substr(begin, ends_[index] - begin);
}

Place CsvTable::place(std::size_t row, std::size_t column) const {
  return cell_place(rows_[row].begin, rows_[row].line, column);
}

Place CsvTable::cell_place(std::size_t begin, int line, std::size_t column) const {
  Walk walk;
  bool quoted = false;
  std::size_t at = begin;
  for (std::size_t cells = 0; cells < column && at < text_.size(); ++at) {
    if (text_[at] == '"') quoted = !quoted;
    if (text_[at] == separator_ && !quoted) ++cells;
    walk.pass(text_, at);
  }
  return {path_, line + walk.line - 1, walk.column};
}

CsvTable parse_csv(std::string path, std::string text, char separator) {
  return CsvReader(std::move(path), std::move(text), separator).read();
}

std::string read_bytes(const std::string& path, const Place& named_at) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw InputError(named_at, fmt::format("{}: no such file", path));
  if (status.type() == std::filesystem::file_type::directory)
    throw InputError(named_at, fmt::format("{}: this is a folder, not a file", path));
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad())
    throw InputError(named_at, fmt::format("{}: the file cannot be read", path));
  return text;
}

CsvTable read_csv(const std::string& path, const Place& named_at) {
  return parse_csv(path, read_bytes(path, named_at));
}

}  // namespace reformsim
