# How tests are registered. Each has a timeout (a hang is a failure, not a stuck CI), an environment
# of its own and a working directory of its own, so that no test sees the files of another.
set(STARMAP_TEST_TIMEOUT 120 CACHE STRING "Seconds after which a test counts as hung")
# Another launcher, srun say: -DMPIEXEC_EXECUTABLE=srun -DMPIEXEC_NUMPROC_FLAG=-n and its options here.
set(STARMAP_MPIEXEC_OPTIONS --oversubscribe --bind-to none -q CACHE STRING
    "Options of the MPI launcher in tests, before the number of ranks")

function(starmap_can_import_h5py result candidate)
    execute_process(COMMAND "${candidate}" -c "import h5py, numpy" RESULT_VARIABLE status
        OUTPUT_QUIET ERROR_QUIET)
    if(NOT status EQUAL 0)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()
# The first python3 of the path need not be the one that the system's h5py belongs to.
find_program(STARMAP_PYTHON python3 VALIDATOR starmap_can_import_h5py REQUIRED
    DOC "Python with h5py and numpy, for the tests")

# Only tests may run as root, and with more ranks than cores; a user's mpirun decides for itself.
set(STARMAP_TEST_ENVIRONMENT
    OMPI_ALLOW_RUN_AS_ROOT=1
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    OMPI_MCA_rmaps_base_oversubscribe=1
    OMPI_MCA_mpi_yield_when_idle=1)
if(STARMAP_SANITIZE)
    # The slow unwinder, as Open MPI has no frame pointers and leaks are told apart by their frames.
    list(APPEND STARMAP_TEST_ENVIRONMENT
        "ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_stack_use_after_return=1"
        "LSAN_OPTIONS=suppressions='${PROJECT_SOURCE_DIR}/tests/support/lsan.supp':print_suppressions=0"
        "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# starmap_add_test(NAME test COMMAND words... LABELS label... [PROCESSORS n] [TIMEOUT seconds]
#     [CONFIGURATIONS name...]): with configurations it runs only under ctest -C name.
function(starmap_add_test)
    cmake_parse_arguments(arg "" "NAME;PROCESSORS;TIMEOUT" "COMMAND;LABELS;CONFIGURATIONS"
        ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT ${STARMAP_TEST_TIMEOUT})
    endif()
    set(cost)
    if(arg_TIMEOUT GREATER STARMAP_TEST_TIMEOUT)
        set(cost COST ${arg_TIMEOUT}) # the longest first, before ctest has seen how long they take
    endif()
    if(STARMAP_SANITIZE)
        math(EXPR arg_TIMEOUT "3 * ${arg_TIMEOUT}") # they take several times as long
    endif()
    if(NOT arg_PROCESSORS)
        set(arg_PROCESSORS 1)
    endif()
    set(directory "${CMAKE_CURRENT_BINARY_DIR}/run/${arg_NAME}")
    file(MAKE_DIRECTORY "${directory}")
    add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND} WORKING_DIRECTORY "${directory}"
        CONFIGURATIONS ${arg_CONFIGURATIONS} COMMAND_EXPAND_LISTS)
    set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
        PROCESSORS ${arg_PROCESSORS} ENVIRONMENT "${STARMAP_TEST_ENVIRONMENT}" ${cost})
endfunction()

# What the private headers need besides the library.
add_library(starmap_private INTERFACE)
target_link_libraries(starmap_private INTERFACE starmap starmap_private_headers
    Boost::mpi MPI::MPI_CXX hdf5::hdf5 SQLite::SQLite3 spdlog::spdlog Threads::Threads)
target_compile_definitions(starmap_private INTERFACE OMPI_SKIP_MPICXX)

# starmap_add_unit_test(NAME SOURCES... [ALONE SOURCES...]): a doctest program of its own for one
# layer. Those that are ALONE call things as others do, so they are never compiled as one with them.
function(starmap_add_unit_test name)
    cmake_parse_arguments(arg "" "" "ALONE" ${ARGN})
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS} ${arg_ALONE})
    set_source_files_properties(${arg_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_link_libraries(${name} PRIVATE unit_main starmap_private starmap_warnings
        doctest::doctest)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    starmap_add_test(NAME ${name} COMMAND ${name} --no-version=true LABELS unit)
endfunction()

# starmap_add_mpi_test(NAME PROGRAM target [ARGS ...] [NP 1 2 3 5] [LABELS ...]): the same program
# under the launcher with each number of ranks, as the tests NAME.<n>ranks with the label mpi.
function(starmap_add_mpi_test name)
    cmake_parse_arguments(arg "" "PROGRAM;TIMEOUT" "NP;ARGS;LABELS" ${ARGN})
    if(NOT arg_NP)
        set(arg_NP 1 2 3 5)
        if(STARMAP_SANITIZE)
            set(arg_NP 3) # other numbers of ranks run through the same code, several times slower
        endif()
    endif()
    foreach(ranks IN LISTS arg_NP)
        # Launching is mostly waiting, and so is being a rank without a task, which takes about 1 % of
        # a core: two small tests fit beside each other.
        set(processors ${ranks})
        if(ranks LESS_EQUAL 3)
            set(processors 1)
        endif()
        starmap_add_test(NAME ${name}.${ranks}ranks
            COMMAND "${MPIEXEC_EXECUTABLE}" ${STARMAP_MPIEXEC_OPTIONS} ${MPIEXEC_NUMPROC_FLAG}
                ${ranks} $<TARGET_FILE:${arg_PROGRAM}> ${arg_ARGS}
            LABELS mpi ${arg_LABELS} PROCESSORS ${processors} TIMEOUT ${arg_TIMEOUT})
    endforeach()
endfunction()

# The compiler as a user of starmap::starmap calls it, for tests that compile.
set(STARMAP_USER_FLAGS "@${PROJECT_BINARY_DIR}/starmap_user_flags")
set(STARMAP_USER_COMPILER "${CMAKE_CXX_COMPILER}" ${STARMAP_USER_FLAGS})
set(includes "$<TARGET_PROPERTY:starmap,INTERFACE_INCLUDE_DIRECTORIES>")
file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/starmap_user_flags"
    CONTENT "-std=c++20\n-I\"$<JOIN:${includes},\"\n-I\">\"\n")
