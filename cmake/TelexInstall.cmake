# Installs headers, both libraries, the CMake package `telex`, telex.pc and telex-typed.pc. (proto/ installs the .proto files.)
include(CMakePackageConfigHelpers)

install(TARGETS telex_client_shared telex_client_static EXPORT telexTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
          NAMELINK_COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lib/client/include/telex
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

set(telex_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/telex)
install(EXPORT telexTargets NAMESPACE telex:: DESTINATION ${telex_package_dir}
  COMPONENT development)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/telexConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/telexConfig.cmake
  INSTALL_DESTINATION ${telex_package_dir}
  PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/telexConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/telexConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/telexConfigVersion.cmake
  DESTINATION ${telex_package_dir} COMPONENT development)

telex_pkg_config(telex)
telex_pkg_config(telex-typed)
