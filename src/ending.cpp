// How a run ends.
#include "ending.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <typeinfo>

namespace starmap::detail {

void print_error(std::string const& text)
{
    fmt::print(stderr, "error: {}\n", text);
    std::fflush(stderr);
}

std::string describe_current()
{
    try {
        throw;
    } catch (std::exception const& error) {
        return fmt::format("{}: {}", demangle(typeid(error).name()), error.what());
    } catch (...) {
        return "main threw something that is not derived from std::exception";
    }
}

} // namespace starmap::detail
