# Every library that telex links, from Debian 12 packages (docs/dependencies.md says why each).
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libsystemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

# Standalone Asio is header only and ships no CMake package.
add_library(telex_asio INTERFACE)
target_compile_definitions(telex_asio INTERFACE
  ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
  # Handlers come from operator new, which asks the reserve of memory before it fails; aligned_alloc
  # would not. Said here, because Asio 1.22 finds it out from what was included before it, and one file would
  # allocate a handler in one way and another free it in the other.
  ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(telex_asio INTERFACE Threads::Threads)
if(TELEX_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not model the fences that Asio puts around handlers, and g++ refuses them. Its
  # queues are guarded by mutexes, which it does model.
  target_compile_definitions(telex_asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()
