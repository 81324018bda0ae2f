#include "population/raw_list.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/error.hpp"
#include "scenario/csv.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

class Converter {
 public:
  explicit Converter(const std::string& from)
      : from_(from), handle_(iconv_open("UTF-8", from.c_str())) {
    // What iconv_open says is a pointer's -1.
    if (handle_ == reinterpret_cast<iconv_t>(-1))
      throw InputError({"--encoding " + from, 0, 0},
                       "no encoding of this name is known; `iconv --list` names them");
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  std::string convert(const std::string& path, std::string bytes) {
    std::string text;
    char* in = bytes.data();
    std::size_t left = bytes.size();
    std::array<char, 4096> buffer;
    while (left > 0) {
      char* out = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t done = iconv(handle_, &in, &left, &out, &room);
      text.append(buffer.data(), buffer.size() - room);
      if (done == static_cast<std::size_t>(-1) && errno != E2BIG) {
        const int line = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
        throw InputError(
            {path, line, 0},
            fmt::format("the byte {:#04x} is not {}; say --encoding NAME with the encoding the "
                        "file was saved in",
                        static_cast<unsigned char>(*in), from_));
      }
    }
    return text;
  }

 private:
  std::string from_;
  iconv_t handle_;
};

// Outside quotes, in the first line that is not blank.
char separator_of(std::string_view text) {
  constexpr std::array<char, 4> kSeparators = {',', ';', '\t', '|'};
  std::array<std::size_t, 4> seen{};
  bool quoted = false, begun = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r') && begun) break;
    begun = begun || (c != '\n' && c != '\r');
    if (quoted) continue;
    for (std::size_t k = 0; k < kSeparators.size(); ++k) seen[k] += c == kSeparators[k];
  }
  const auto most = std::max_element(seen.begin(), seen.end());
  return *most == 0 ? ',' : kSeparators[static_cast<std::size_t>(most - seen.begin())];
}

}  // namespace

RawList read_raw_list(const std::string& path, std::string bytes, const std::string& encoding) {
  RawList list;
  list.encoding = encoding;
  if (list.encoding.empty()) {
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
      list.encoding = "UTF-16";
    else if (is_utf8(bytes))
      list.encoding = "UTF-8";
    else
      list.encoding = kAssumedEncoding, list.assumed = true;
  }
  list.text = list.encoding == "UTF-8" ? std::move(bytes)
                                       : Converter(list.encoding).convert(path, std::move(bytes));
  if (list.text.starts_with("\xef\xbb\xbf")) list.text.erase(0, 3);
  // Excel's own first line, which says what it then does.
  if (list.text.starts_with("sep=") && list.text.size() > 5) {
    const std::size_t end = list.text.find('\n');
    list.text.erase(0, end == std::string::npos ? list.text.size() : end + 1);
  }
  list.separator = separator_of(list.text);
  return list;
}

}  // namespace reformsim
