// A list of schools as a ministry sends it: in some encoding, with some separator between cells.
#pragma once

#include <string>

namespace reformsim {

struct RawList {
  std::string text;      // UTF-8, without a byte order mark
  std::string encoding;  // what it was in: "UTF-8", "UTF-16" or the name that was given or assumed
  bool assumed = false;  // the encoding is the commonest one of files that are not UTF-8, no more
  char separator = ',';  // ',', ';', tab or '|': the commonest of them in the header
};

// Windows-1252 is what spreadsheets write in western Europe and the Americas; a file that is not
// UTF-8 may as well be in another encoding, in which its letters come out wrong and its numbers
// right.
inline constexpr const char* kAssumedEncoding = "WINDOWS-1252";

// `encoding` is a name that iconv knows, or empty to find out. Throws InputError at the first byte
// that the encoding does not have.
RawList read_raw_list(const std::string& path, std::string bytes, const std::string& encoding);

}  // namespace reformsim
