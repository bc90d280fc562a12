# Build-wide switches and compiler flags.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(TELEX_WERROR "Treat warnings as errors (on in the presets and in CI, off for packagers)" OFF)
option(TELEX_UNIT_TESTS "Build the unit tests too when BUILD_TESTING is on" ON)
option(TELEX_BENCH "Build the benchmarks" OFF)
option(TELEX_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(TELEX_SANITIZE "" CACHE STRING "Comma separated sanitizers: address,undefined or thread")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # time_macros and pch_defines let ccache serve objects built against precompiled headers.
  # Ignore the path of the checkout, so that other checkouts share the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

add_library(telex_flags INTERFACE)
target_compile_options(telex_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wcast-align -Wformat=2
  -Wimplicit-fallthrough -Wdouble-promotion -Wundef -Wmissing-declarations -Wsuggest-override
  -Wno-missing-field-initializers  # designated initializers name only the fields that differ from the default
  # libstdc++ 12's std::stable_sort uses std::get_temporary_buffer; clang attributes the warning to our code.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # False positives about overlapping copies in std::string (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wno-restrict>
  $<$<BOOL:${TELEX_WERROR}>:-Werror>)

# Debug information and __FILE__ use paths relative to the checkout.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # For ccache the preprocessor output of a translation unit must name its precompiled header.
  add_compile_options(-fpch-preprocess)
endif()

# Hardening of the release; sanitizers have their own checks and conflict with _FORTIFY_SOURCE.
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
add_link_options(-Wl,-z,relro -Wl,-z,now)
include(CheckPIESupported)
check_pie_supported()

if(TELEX_SANITIZE)
  add_compile_options(-fsanitize=${TELEX_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  # The vptr check opens a pipe to test whether memory is readable; tests run out of descriptors, and then it reports
  # every object as broken.
  add_compile_options(-fno-sanitize=vptr)
  # False positives of GCC 12's static bounds checks in instrumented code.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
  add_link_options(-fsanitize=${TELEX_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

# telex_compile_fast(): compile the sources of this folder and its subfolders without optimization in sanitizer trees. For tests
# and code off the data path, whose compile time matters more than their run time: with optimization, an instrumented test
# takes three times as long to compile.
macro(telex_compile_fast)
  if(TELEX_SANITIZE)
    add_compile_options(-O0)
  endif()
endmacro()
