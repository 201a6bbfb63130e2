#pragma once

#include <string>

namespace starmap::farm {

/// A program that is to be executed, or why there is none.
struct Program {
    std::string path;  ///< empty: there is none
    int exit_code = 0; ///< then: that of a shell, 127 if there is no such program, else 126
    std::string why;   ///< then: one clause, with its name
};

/// Looks for a program as execvp() does: along `path`, the value of PATH, null where it is not set,
/// unless its name has a slash.
Program find_program(std::string const& name, char const* path);

/// What execve() has against a program, by its error.
Program refused_program(std::string const& path, int error);

/// True for a file that execve() has refused for its format and that may be a script without `#!`:
/// no NUL is in its first line, as far as that is of text's length.
bool may_be_script(std::string const& path);

} // namespace starmap::farm
