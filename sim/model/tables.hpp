// The model as tables in Markdown, made from what the code declares, so that the documents that
// hold them (ODD.md, TRACE.md) cannot say anything else; tests/unit/test_documents.cpp compares.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/columns.hpp"

namespace reformsim {

// In words, for people.
std::string_view name_of(Entity entity);
std::string_view name_of(Kind kind);
std::string_view name_of(Type type);
std::string_view name_of(Width width);

// The names odd_table answers to.
const std::vector<std::string_view>& odd_tables();

// A table in Markdown, one line a row, ending with a line break. Throws std::out_of_range for a
// name that is not in odd_tables().
std::string odd_table(std::string_view name);

}  // namespace reformsim
