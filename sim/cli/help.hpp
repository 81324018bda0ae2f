// How help is laid out: nothing is wider than a terminal of 80 columns.
#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

namespace reformsim::cli {

// Text broken between words. Lines that begin with a blank, such as examples, stay as they are.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent = 0);

std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace reformsim::cli
