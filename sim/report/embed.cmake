# Writes the files of ASSETS (a list of paths) as bytes into OUTPUT, a C++ source: the program carries them, so a
# report needs no installed file.
set(code "// Made by embed.cmake.\n#include \"report/assets.hpp\"\n\n#include <stdexcept>\n\n")
string(APPEND code "namespace reformsim::assets {\n\nnamespace {\n\n")
set(rows "")
set(number 0)
foreach(path IN LISTS ASSETS)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND code "constexpr unsigned char kAsset${number}[] = {${bytes}0};\n")
  string(APPEND rows "    if (name == \"${name}\")\n      return {reinterpret_cast<const char*>(kAsset${number}), "
    "sizeof kAsset${number} - 1};\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND code "\n}  // namespace\n\nstd::string_view text(std::string_view name) {\n${rows}"
  "  throw std::logic_error(\"no asset of that name\");\n}\n\n}  // namespace reformsim::assets\n")
file(WRITE "${OUTPUT}" "${code}")
