// A YAML document as a tree of nodes that know their place. The reader walks this tree and not the
// parser's own nodes, because it needs what those lose: duplicate keys, whether a text stood in
// quotes, and a bound on what aliases may grow to.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace reformsim {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind { empty, scalar, list, map };
  Kind kind = Kind::empty;
  bool quoted = false;  // a scalar in quotes or a block: text, whatever it looks like
  std::string text{};   // of a scalar
  Place place;
  std::vector<NodePtr> items{};  // of a list; of a map key, value, key, value ...
  std::size_t size = 1;          // nodes in this tree, aliases counted each time they are used
  int depth = 1;
};

// The largest scenario: far above what people write (a list of 100,000 school ids fits), far below
// what would make a broken or hostile file eat the machine.
inline constexpr std::size_t kMaxNodes = 1'000'000;
inline constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;
inline constexpr int kMaxDepth = 50;

// Throws InputError for anything that is not one YAML document in UTF-8 within those limits. An
// empty document gives a node of kind `empty`. `first_column` is where the text begins on its first
// line.
NodePtr parse_tree(const std::string& text, const std::string& file, int first_column = 1);

}  // namespace reformsim
