# What only the one who builds Starmap itself should decide: never set on behalf of a project that
# takes Starmap in by add_subdirectory.
get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

# g++ would go through its memory for garbage from 128 MB on, again and again.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options("SHELL:--param ggc-min-heapsize=1048576")
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(STARMAP_CCACHE ccache)
    if(STARMAP_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${STARMAP_CCACHE}")
    endif()
endif()
