# Installs the build BUILD into the folder PREFIX, from which everything older is taken first.
file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}"
    --config "${CONFIG}" COMMAND_ERROR_IS_FATAL ANY)

# Only public headers are handed out, and all of them.
file(GLOB_RECURSE installed RELATIVE "${PREFIX}/include" "${PREFIX}/include/*")
file(GLOB_RECURSE public RELATIVE "${CMAKE_CURRENT_LIST_DIR}/../../include"
    "${CMAKE_CURRENT_LIST_DIR}/../../include/*.hpp")
if(NOT installed STREQUAL public)
    message(FATAL_ERROR "installed headers:\n${installed}\npublic headers:\n${public}")
endif()
