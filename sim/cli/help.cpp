#include "cli/help.hpp"

namespace reformsim::cli {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 30;  // where descriptions begin

class Formatter : public CLI::Formatter {
 public:
  Formatter() { column_width(kColumn); }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return entry(make_option_name(option, is_positional) + make_option_opts(option),
                 make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return entry(command->get_display_name(true), command->get_description());
  }
  std::string make_description(const CLI::App* command) const override {
    return wrapped(command->get_description(), kWidth) + "\n";
  }
  std::string make_footer(const CLI::App* command) const override {
    return wrapped(command->get_footer(), kWidth) + "\n";
  }

 private:
  static std::string entry(const std::string& name, const std::string& description) {
    std::string line = "  " + name;
    if (line.size() + 1 < kColumn)
      line.resize(kColumn, ' ');
    else
      line += "\n" + std::string(kColumn, ' ');
    return line + wrapped(description, kWidth - kColumn, kColumn) + "\n";
  }
};

}  // namespace

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  const std::string next_line = "\n" + std::string(indent, ' ');
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (at > 0) out += next_line;
    at = end + 1;
    if (line.starts_with(' ')) {
      out += line;
      continue;
    }
    std::size_t used = 0;
    for (std::size_t from = 0; from < line.size();) {
      const std::size_t to = std::min(line.find(' ', from), line.size());
      const std::size_t length = to - from;
      if (used > 0 && used + 1 + length > width) {
        out += next_line;
        used = 0;
      } else if (used > 0) {
        out += ' ';
        ++used;
      }
      out += line.substr(from, length);
      used += length;
      from = to + 1;
    }
  }
  return out;
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<Formatter>(); }

}  // namespace reformsim::cli
