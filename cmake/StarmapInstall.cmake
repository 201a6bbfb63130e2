# What `cmake --install` puts down: the library, its headers, the command, the Slurm scripts, the
# Python module that reads records, and the two ways to find the library, find_package(starmap) and
# pkg-config.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/starmap")
get_target_property(library_type starmap TYPE)

install(TARGETS starmap EXPORT starmap_targets)
install(EXPORT starmap_targets NAMESPACE starmap:: DESTINATION "${package_dir}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/starmap"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
if(TARGET starmap_command)
    install(TARGETS starmap_command)
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/slurm" DESTINATION "${CMAKE_INSTALL_DATADIR}/starmap")
# In a folder of its own, which is what PYTHONPATH is to name.
install(PROGRAMS "${PROJECT_SOURCE_DIR}/scripts/starmap_record.py"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/starmap/python")
install(FILES "${PROJECT_SOURCE_DIR}/scripts/starmap_record_file.py"
    "${PROJECT_SOURCE_DIR}/scripts/starmap_record_plots.py"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/starmap/python")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/starmap-config.cmake.in"
    "${PROJECT_BINARY_DIR}/starmap-config.cmake" INSTALL_DESTINATION "${package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/starmap-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/starmap-config.cmake"
    "${PROJECT_BINARY_DIR}/starmap-config-version.cmake" DESTINATION "${package_dir}")

# MPI and HDF5 have no pkg-config name that holds on every system, so the file says where they are.
set(pc_hdf5 ${HDF5_C_LIBRARY_hdf5})
if(NOT pc_hdf5)
    set(pc_hdf5 ${HDF5_LIBRARIES})
endif()
set(pc_private ${MPI_CXX_LIBRARIES} ${MPI_CXX_LINK_FLAGS} ${pc_hdf5} ${CMAKE_THREAD_LIBS_INIT})
list(JOIN pc_private " " pc_private)
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR libdir_is_absolute)
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_INCLUDEDIR includedir_is_absolute)
set(pc_libdir "\${pcfiledir}/..")
if(includedir_is_absolute OR libdir_is_absolute)
    set(pc_includedir "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
else()
    cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR
        BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE pc_includedir)
    set(pc_includedir "\${pcfiledir}/${pc_includedir}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/starmap.pc.in" "${PROJECT_BINARY_DIR}/starmap.pc.gen"
    @ONLY)
file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/starmap.pc" INPUT "${PROJECT_BINARY_DIR}/starmap.pc.gen")
install(FILES "${PROJECT_BINARY_DIR}/starmap.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
