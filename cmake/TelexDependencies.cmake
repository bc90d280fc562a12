# Libraries, all from Debian 12 packages (reasons: docs/dependencies.md).
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
pkg_check_modules(rocksdb REQUIRED IMPORTED_TARGET rocksdb)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)

# Standalone Asio is header only and ships no CMake package.
add_library(telex_asio INTERFACE)
target_compile_definitions(telex_asio INTERFACE
  ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
  # Allocate handlers with operator new, which uses the emergency reserve before it fails; aligned_alloc does not. Defined
  # for all files, because Asio 1.22 otherwise decides by earlier includes, and one file could allocate a handler in one
  # way and another free it in the other.
  ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(telex_asio INTERFACE Threads::Threads)
if(TELEX_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not model the fences that Asio puts around handlers, and g++ rejects them. Asio's queues are
  # protected by mutexes, which ThreadSanitizer does model.
  target_compile_definitions(telex_asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()
