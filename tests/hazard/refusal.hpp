#pragma once

#include "core/input_error.hpp"

#include <fstream>
#include <string>

/// The sentence of the InputError that `f` throws; empty if it throws none.
template <class F>
std::string refusal(F const& f)
{
    try {
        f();
    } catch (hazard::InputError const& error) {
        return error.what();
    }
    return {};
}

/// Whether `text` contains all `parts`.
template <class... Parts>
bool has(std::string const& text, Parts const&... parts)
{
    return ((text.find(parts) != std::string::npos) && ...);
}

/// Writes a file into the working directory, which a test has to itself, and returns its name.
inline std::string file_of(std::string const& name, std::string const& text)
{
    std::ofstream(name) << text;
    return name;
}
