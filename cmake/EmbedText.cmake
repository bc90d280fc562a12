# Writes a C++ source with functions that return the text of files. Run with cmake -P:
#
#   cmake -DOUTPUT=x.cpp -DHEADER=admin/dashboard.hpp -DNAMESPACE=telex::admin
#         -DFILES=name=path,other=path -P EmbedText.cmake
string(REPLACE "," ";" files "${FILES}")
set(source "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n")
foreach(entry IN LISTS files)
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${entry}")
  set(name ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  # Every byte is escaped, so no text can end the literal.
  string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${bytes}")
  string(APPEND source "\nstd::string_view ${name}() {\n    return {\"${escaped}\", ${size}};\n}\n")
endforeach()
string(APPEND source "\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${source}")
