#include "scenario/tree.hpp"

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace reformsim {

namespace {

// Length of the UTF-8 sequence that starts at `at`; 0 when it is not valid.
std::size_t utf8_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool beyond = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

// Before the parser sees a byte: it takes U+0004 for the end of the file and passes broken UTF-8 on
// to every message and results file, so neither may get in.
void check_text(const std::string& text, const std::string& file, int first_column) {
  int line = 1;
  int column = first_column;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    const Place place{file, line, column};
    if (length == 0) throw InputError(place, "this is not UTF-8 text; save the file as UTF-8");
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
      throw InputError(place,
                       fmt::format("the control character {:#04x} has no place in a scenario; "
                                   "is this a text file?",
                                   byte));
    // The parser reads over directives it does not know, so a line meant as a comment, or as a
    // setting, would vanish without a word.
    const bool starts_line = at == 0 || text[at - 1] == '\n';
    if (starts_line && byte == '%' && text.compare(at, 6, "%YAML ") != 0)
      throw InputError(place, "a line cannot begin with '%'; a comment begins with '#'");
    at += length;
    ++column;
    if (byte == '\n') {
      ++line;
      column = 1;
    }
  }
}

// The parser's words in ours, where its own would puzzle a reader.
std::string plain_words(const std::string& message) {
  static const std::unordered_map<std::string, std::string> words = {
      {"illegal tab when looking for indentation",
       "a tab stands in the indentation; YAML wants spaces"},
      {"illegal map value",
       "a ':' cannot stand here; put the text in quotes, or look for a wrong indentation above"},
      {"end of map not found",
       "this line does not fit the map above it; look at its indentation, or for a missing ':'"},
      {"end of sequence not found",
       "this line does not fit the list above it; look at its indentation"},
      {"end of sequence flow not found", "a '[' is not closed by ']', or a ',' is missing"},
      {"end of map flow not found", "a '{' is not closed by '}', or a ',' is missing"},
      {"illegal EOF in scalar", "a quote is not closed"},
      {"illegal flow end", "this bracket closes nothing"},
      {"illegal block entry", "a '- ' cannot stand here; start the list on a line of its own"},
      {"unknown token", "this character cannot begin a value; put the text in quotes"},
      {"the referenced anchor is not defined", "this alias names an anchor that does not exist"},
      {"bad file", "the nesting is too deep"},
  };
  const auto found = words.find(message);
  return found == words.end() ? message : found->second;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string& text, const std::string& file, int first_column)
      : text_(text), file_(file), first_column_(first_column) {}

  Place place(const YAML::Mark& mark) const {
    if (mark.line < 0) return {file_, 0, 0};
    int column = mark.column;
    // The parser counts bytes, people count characters. Beyond some thousand nobody counts, and
    // recounting the same long line for each of its values would take quadratic time.
    if (column < 4096 && mark.pos >= mark.column &&
        static_cast<std::size_t>(mark.pos) <= text_.size())
      for (int i = mark.pos - mark.column; i < mark.pos; ++i)
        if ((static_cast<unsigned char>(text_[static_cast<std::size_t>(i)]) & 0xC0) == 0x80)
          --column;
    return {file_, mark.line + 1, column + (mark.line == 0 ? first_column_ : 1)};
  }

  NodePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      throw InputError(place(mark), "a second document begins here; a file holds one scenario");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // The parser notices a missing value only at the next token, lines below; the key is where it
    // misses.
    const bool after_key = !open_.empty() && open_.back().node->kind == Node::Kind::map &&
                           open_.back().node->items.size() % 2 == 1;
    add(std::make_shared<Node>(
            Node{.place = after_key ? open_.back().node->items.back()->place : place(mark)}),
        anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    add(std::make_shared<Node>(Node{
            .kind = Node::Kind::scalar, .quoted = tag == "!", .text = value, .place = place(mark)}),
        anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw InputError(place(mark), "this alias stands inside what it repeats");
    add(found->second, 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
  };

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      throw InputError(place(mark),
                       "tags such as '!x' have no meaning in a scenario; leave it out");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Node::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() >= static_cast<std::size_t>(kMaxDepth)) too_deep(place(mark));
    open_.push_back({std::make_shared<Node>(Node{.kind = kind, .place = place(mark)}), anchor});
  }

  void close() {
    const Open last = open_.back();
    open_.pop_back();
    add(last.node, last.anchor);
  }

  [[noreturn]] static void too_deep(Place place) {
    throw InputError(std::move(place), fmt::format("nested more than {} levels deep", kMaxDepth));
  }

  void add(const NodePtr& node, YAML::anchor_t anchor) {
    if (++nodes_ > kMaxNodes) too_large(node->place);
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = node;
      return;
    }
    Node& parent = *open_.back().node;
    parent.items.push_back(node);
    parent.size += node->size;
    parent.depth = std::max(parent.depth, node->depth + 1);
    if (parent.size > kMaxNodes) too_large(node->place);
    if (parent.depth > kMaxDepth) too_deep(node->place);
  }

  [[noreturn]] static void too_large(Place place) {
    throw InputError(std::move(place), fmt::format("the scenario has more than {} values (an alias "
                                                   "counts each time it is used)",
                                                   kMaxNodes));
  }

  const std::string& text_;
  const std::string& file_;
  int first_column_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  NodePtr root_ = std::make_shared<Node>();
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, NodePtr> anchors_;
};

void run_parser(const std::string& body, Builder& builder) {
  // At the end of a line the parser forgets that a quote is still open and takes the rest of the
  // file as one text. A comment behind the last line keeps it awake.
  std::istringstream stream(body + "\n#");
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(builder)) {
  }
}

constexpr const char* kOpenQuote = "illegal EOF in scalar";

bool ends_in_open_quote(const std::string& body, const std::string& file) {
  Builder builder(body, file, 1);
  try {
    run_parser(body, builder);
  } catch (const YAML::Exception& error) {
    return error.msg == kOpenQuote;
  } catch (const InputError&) {
  }
  return false;
}

// Where the quote opens that nothing closes: the parser only knows that the file is over. Parsing
// shorter and shorter beginnings is slow, so this gives up on long files; 0-based, npos when it
// did.
std::size_t find_open_quote(const std::string& body, const std::string& file) {
  constexpr int most_tries = 100;
  std::size_t open = std::string::npos;
  if (body.size() > 100'000) return open;
  std::size_t quote = body.find_last_of("\"'");
  for (int i = 0; i < most_tries; ++i) {
    if (quote == std::string::npos || !ends_in_open_quote(body.substr(0, quote + 1), file))
      return open;
    open = quote;
    quote = quote == 0 ? std::string::npos : body.find_last_of("\"'", quote - 1);
  }
  return std::string::npos;
}

YAML::Mark mark_at(const std::string& body, std::size_t at) {
  YAML::Mark mark;
  const std::size_t line_break = at == 0 ? std::string::npos : body.rfind('\n', at - 1);
  const std::size_t line_start = line_break == std::string::npos ? 0 : line_break + 1;
  mark.pos = static_cast<int>(at);
  mark.line = static_cast<int>(std::count(body.begin(), body.begin() + static_cast<int>(at), '\n'));
  mark.column = static_cast<int>(at - line_start);
  return mark;
}

// A tab in the indentation of the line where the parser gave up, or of the one before; npos when
// none.
std::size_t find_tab(const std::string& body, int last_line) {
  std::size_t start = 0;
  for (int line = 0; line <= last_line && start < body.size(); ++line) {
    const std::size_t text = body.find_first_not_of(" \t", start);
    const std::size_t tab = body.find('\t', start);
    if (line + 1 >= last_line && tab != std::string::npos &&
        (text == std::string::npos || tab < text) && tab < body.find('\n', start))
      return tab;
    start = body.find('\n', start);
    if (start == std::string::npos) break;
    ++start;
  }
  return std::string::npos;
}

}  // namespace

NodePtr parse_tree(const std::string& text, const std::string& file, int first_column) {
  if (text.size() > kMaxBytes)
    throw InputError({file, 0, 0},
                     fmt::format("the file has more than {} MB; a scenario is a short "
                                 "text",
                                 kMaxBytes / (1024 * 1024)));
  check_text(text, file, first_column);
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::string body =
      text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
  Builder builder(body, file, first_column);
  try {
    run_parser(body, builder);
  } catch (const YAML::Exception& error) {
    Place place = builder.place(error.mark);
    std::string message = plain_words(error.msg);
    const std::size_t quote =
        error.msg == kOpenQuote ? find_open_quote(body, file) : std::string::npos;
    const std::size_t tab =
        error.msg == kOpenQuote ? std::string::npos : find_tab(body, error.mark.line);
    if (quote != std::string::npos) {
      place = builder.place(mark_at(body, quote));
    } else if (tab != std::string::npos) {
      place = builder.place(mark_at(body, tab));
      message = plain_words("illegal tab when looking for indentation");
    }
    throw InputError(std::move(place), "not valid YAML: " + message);
  }
  return builder.root();
}

}  // namespace reformsim
