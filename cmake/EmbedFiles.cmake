# Writes a C++ source with a function that returns the names and texts of files. Run with cmake -P:
#
#   cmake -DOUTPUT=x.cpp -DHEADER=admin/dashboard.hpp -DNAMESPACE=telex::admin -DTYPE=DashboardFile
#         -DFUNCTION=dashboard_files -DFILES=path,path -P EmbedFiles.cmake
string(REPLACE "," ";" files "${FILES}")
list(LENGTH files count)
set(rows "")
foreach(path IN LISTS files)
  get_filename_component(name ${path} NAME)
  file(READ ${path} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  # Every byte is escaped, so no text can end the literal.
  string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${bytes}")
  string(APPEND rows "        ${TYPE}{\"${name}\", {\"${escaped}\", ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

#include <array>

namespace ${NAMESPACE} {

std::span<const ${TYPE}> ${FUNCTION}() {
    static constexpr std::array<${TYPE}, ${count}> kFiles = {
${rows}    };
    return kFiles;
}

}  // namespace ${NAMESPACE}
")
