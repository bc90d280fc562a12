# Tests. Each ctest entry records the results of its cases as a JUnit file in ${TELEX_TEST_RECORDS};
# script/test counts them and checks that every test ran.
#
#   telex_unit_test(NAME codec SOURCES a_test.cpp DEPENDS codec)
#       executable unit_codec, one ctest entry per module, label "unit"
#   telex_gtest(TARGET conformance TEST integration.conformance LABEL integration)
#       a ctest entry for an executable with GoogleTest cases
#   telex_python_tests(PREFIX integration.bridges FILE bridges_test.py LABEL integration [SERIAL] [WHOLE]
#                      [ENVIRONMENT NAME=VALUE...])
#       one ctest entry per unittest class of the file, or one for the WHOLE file; classes are discovered.
#       Classes with the most tests start first, so that no core is idle at the end.

# Seconds. Only for tests that hang: with sanitizers on a busy machine, the longest take five minutes.
set(TELEX_TEST_TIMEOUT 1200)
set(TELEX_TEST_RECORDS ${PROJECT_BINARY_DIR}/test-records)
set(TELEX_PYTHON /usr/bin/python3)  # the interpreter that Debian's python3-* packages serve

function(telex_gtest)
  cmake_parse_arguments(T "" "TARGET;TEST;LABEL" "" ${ARGN})
  add_test(NAME ${T_TEST} COMMAND ${T_TARGET})
  set_tests_properties(${T_TEST} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${TELEX_TEST_TIMEOUT}
    ENVIRONMENT "GTEST_OUTPUT=xml:${TELEX_TEST_RECORDS}/${T_TEST}.xml")
endfunction()

# GoogleTest's headers, precompiled once for all test executables of a tree.
function(telex_precompiled_gtest target)
  if(NOT TARGET telex_gtest_headers)
    # An executable, like the programs that use it: libraries are compiled with other flags (PIC, not PIE).
    set(source ${PROJECT_BINARY_DIR}/gtest_headers.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() {}\n")
    add_executable(telex_gtest_headers EXCLUDE_FROM_ALL ${source})
    target_link_libraries(telex_gtest_headers PRIVATE telex_flags GTest::gmock)
    target_precompile_headers(telex_gtest_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM telex_gtest_headers)
endfunction()

function(telex_unit_test)
  cmake_parse_arguments(T "" "NAME" "SOURCES;DEPENDS" ${ARGN})
  add_executable(unit_${T_NAME} ${T_SOURCES})
  target_include_directories(unit_${T_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  telex_link(unit_${T_NAME} PRIVATE ${T_DEPENDS} telex_flags GTest::gmock GTest::gtest_main)
  telex_precompiled_gtest(unit_${T_NAME})
  telex_gtest(TARGET unit_${T_NAME} TEST unit.${T_NAME} LABEL unit)
endfunction()

function(telex_python_tests)
  cmake_parse_arguments(T "SERIAL;WHOLE" "PREFIX;FILE;LABEL" "ENVIRONMENT" ${ARGN})
  set(file ${CMAKE_CURRENT_SOURCE_DIR}/${T_FILE})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  if(T_WHOLE)
    telex_python_test(${T_PREFIX} ${file} "" 1)
    return()
  endif()
  execute_process(
    COMMAND ${TELEX_PYTHON} -B ${PROJECT_SOURCE_DIR}/tests/checks/discovery.py ${file}
    OUTPUT_VARIABLE classes OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" classes "${classes}")
  foreach(entry IN LISTS classes)
    string(REPLACE ":" ";" entry ${entry})
    list(GET entry 0 class)
    list(GET entry 1 count)
    telex_python_test(${T_PREFIX}.${class} ${file} ${class} ${count})
  endforeach()
endfunction()

# telex_python_test(TEST FILE CLASS COUNT): the rest comes from the arguments of telex_python_tests().
function(telex_python_test test file class count)
  set(support ${PROJECT_SOURCE_DIR}/tests/integration/support)
  add_test(NAME ${test} COMMAND ${TELEX_PYTHON} -B ${support}/run_class.py ${file} ${class})
  set(environment
    TELEX=$<TARGET_FILE:telex>
    TELEXD=$<TARGET_FILE:telexd>
    TELEX_SOURCE_DIR=${PROJECT_SOURCE_DIR}
    TELEX_BUILD_DIR=${PROJECT_BINARY_DIR}
    TELEX_TEST_RECORD=${TELEX_TEST_RECORDS}/${test}.xml
    PYTHONDONTWRITEBYTECODE=1
    PYTHONPATH=${support}
    ${T_ENVIRONMENT})
  set_tests_properties(${test} PROPERTIES
    LABELS ${T_LABEL} TIMEOUT ${TELEX_TEST_TIMEOUT} RUN_SERIAL ${T_SERIAL} COST ${count} ENVIRONMENT "${environment}")
endfunction()
