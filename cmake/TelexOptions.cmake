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
  # Paths below the checkout do not count, so that another checkout is served from the same cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

add_library(telex_flags INTERFACE)
target_compile_options(telex_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wcast-align -Wformat=2
  -Wimplicit-fallthrough -Wdouble-promotion -Wundef -Wmissing-declarations -Wsuggest-override
  -Wno-missing-field-initializers  # designated initialisers name what differs from the default
  # libstdc++ 12's std::stable_sort uses std::get_temporary_buffer, which clang takes for a use of ours.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # GCC 12 sees overlapping copies in std::string where there are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wno-restrict>
  $<$<BOOL:${TELEX_WERROR}>:-Werror>)

# Files are named from the checkout on, wherever it lies.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache needs the preprocessor output of a translation unit to name its precompiled header.
  add_compile_options(-fpch-preprocess)
endif()

# Hardening of what is shipped; sanitizers bring their own checks and dislike _FORTIFY_SOURCE.
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
add_link_options(-Wl,-z,relro -Wl,-z,now)
include(CheckPIESupported)
check_pie_supported()

if(TELEX_SANITIZE)
  add_compile_options(-fsanitize=${TELEX_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  # The check of a virtual table opens a pipe to see whether it may read it; where descriptors run
  # out, which is tested, it takes each object for a broken one.
  add_compile_options(-fno-sanitize=vptr)
  # The instrumented code confuses GCC 12's static bounds checks; the sanitizer does it better.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
  add_link_options(-fsanitize=${TELEX_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

# telex_compile_fast(): in sanitizer trees the sources of this folder and those below are not optimised. For tests
# and for code off the data path, which take longer to compile than to run: instrumented and optimised, a test
# takes three times as long to compile.
macro(telex_compile_fast)
  if(TELEX_SANITIZE)
    add_compile_options(-O0)
  endif()
endmacro()
