# What only the one who builds Starmap itself should decide: never set on behalf of a project that
# takes Starmap in by add_subdirectory.
get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(STARMAP_CCACHE ccache)
    if(STARMAP_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${STARMAP_CCACHE}")
    endif()
endif()
