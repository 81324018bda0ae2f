# Writes the files of ASSETS (a list of paths) as bytes into OUTPUT, a C++ source that defines FUNCTION: the program
# carries them, and needs no installed file. Their names are relative to BASE; without it, those of the files alone.
set(code "// Made by embed.cmake.\n#include \"report/assets.hpp\"\n\nnamespace {\n\n")
set(rows "")
set(number 0)
foreach(path IN LISTS ASSETS)
  if(BASE)
    file(RELATIVE_PATH name "${BASE}" "${path}")
  else()
    get_filename_component(name "${path}" NAME)
  endif()
  file(READ "${path}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND code "constexpr unsigned char kAsset${number}[] = {${bytes}0};\n")
  string(APPEND rows "      {\"${name}\", {reinterpret_cast<const char*>(kAsset${number}), "
    "sizeof kAsset${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND code "\n}  // namespace\n\n// Declared where it is used.\nnamespace reformsim::serve { std::span<const reformsim::assets::Asset> shipped_files(); }\n\nstd::span<const reformsim::assets::Asset> ${FUNCTION}() {\n"
  "  static const reformsim::assets::Asset all[] = {\n${rows}  };\n  return all;\n}\n")
file(WRITE "${OUTPUT}" "${code}")
