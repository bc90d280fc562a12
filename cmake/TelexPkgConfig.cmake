# telex_pkg_config(NAME): installs NAME.pc, made from cmake/NAME.pc.in.
#
# Paths are relative to ${prefix}, so that the tree can be moved; absolute paths stay unchanged. The prefix is resolved at install
# time: `cmake --install --prefix` may change it.
function(telex_pkg_config name)
  foreach(kind LIBDIR INCLUDEDIR DATADIR)
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
      set(telex_pc_${kind} "${CMAKE_INSTALL_${kind}}")
    else()
      set(telex_pc_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
    endif()
  endforeach()
  set(TELEX_AT "@")
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${file}.in @ONLY)
  install(CODE "
    set(TELEX_PREFIX \"\${CMAKE_INSTALL_PREFIX}\")
    configure_file(\"${file}.in\" \"${file}\" @ONLY)
  " COMPONENT development)
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()
