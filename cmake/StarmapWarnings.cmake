# An INTERFACE target that our own code links and that is never exported.
add_library(starmap_warnings INTERFACE)
target_compile_options(starmap_warnings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow $<$<BOOL:${STARMAP_WERROR}>:-Werror>)

# g++ 12 warns of std::string's own insides: https://gcc.gnu.org/PR105651, mended in 13.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(starmap_warnings INTERFACE -Wno-restrict)
endif()

# clang counts changes of sign to -Wconversion, g++ in C++ does not: one rule for both.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(starmap_warnings INTERFACE -Wno-sign-conversion)
endif()
