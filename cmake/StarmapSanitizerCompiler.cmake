# Before project(): takes clang++ for a build with sanitizers, unless a compiler has been named. Its
# sanitizers take half the time of g++'s to compile, and so a second compiler sees all of the code.
if(NOT STARMAP_SANITIZE OR DEFINED CMAKE_CXX_COMPILER OR DEFINED CMAKE_C_COMPILER
   OR DEFINED ENV{CXX} OR DEFINED ENV{CC})
    return()
endif()

# From clang 14 on; its sanitizers' libraries are in a package of their own.
function(starmap_links_sanitizers result candidate)
    set(program "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/sanitized")
    file(WRITE "${program}.cpp"
        "#if __clang_major__ < 14\n#error too old\n#endif\n#include <concepts>\nint main() {}\n")
    execute_process(COMMAND "${candidate}" -std=c++20 -fsanitize=address,undefined "${program}.cpp"
            -o "${program}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(NOT status EQUAL 0)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()
find_program(STARMAP_CLANGXX clang++ VALIDATOR starmap_links_sanitizers)
find_program(STARMAP_CLANG clang)
if(STARMAP_CLANGXX AND STARMAP_CLANG)
    set(CMAKE_CXX_COMPILER "${STARMAP_CLANGXX}")
    set(CMAKE_C_COMPILER "${STARMAP_CLANG}")
endif()
