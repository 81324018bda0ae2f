// Text on its way into a page.
#pragma once

#include <string>
#include <string_view>

namespace reformsim {

// Whatever the text is, it is text: in an element or in a quoted attribute.
std::string escaped(std::string_view text);

// A name that others chose. Its direction of writing stays its own.
std::string named(std::string_view text);

// JSON for a <script type="application/json">: no "<" that could end it.
std::string json_in_script(std::string_view json);

// What Content-Security-Policy takes for the text of an inline script or style: 'sha256-...'.
std::string content_hash(std::string_view text);

}  // namespace reformsim
