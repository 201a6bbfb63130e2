# An INTERFACE target that is empty unless STARMAP_SANITIZE is on.
add_library(starmap_sanitizers INTERFACE)
if(STARMAP_SANITIZE)
    set(flags -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_compile_options(starmap_sanitizers INTERFACE ${flags})
    target_link_options(starmap_sanitizers INTERFACE ${flags})
endif()
