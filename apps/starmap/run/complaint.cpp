#include "run/complaint.hpp"

#include <cstdio>

namespace starmap::farm {

int complain(std::string const& text, int code)
{
    std::fprintf(stderr, "starmap: %s\n", text.c_str());
    return code;
}

} // namespace starmap::farm
