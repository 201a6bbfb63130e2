#include "core/text_file.hpp"

#include "core/input_error.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hazard {

std::string text_of_file(std::string const& path)
{
    auto const refuse = [&](std::string const& why) {
        throw PlacedError("cannot read \"" + path + "\" (" + why + "): give a readable file");
    };
    if (std::filesystem::is_directory(path)) refuse("it is a directory");
    std::ifstream in(path, std::ios::binary);
    if (!in) refuse(std::strerror(errno));
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) refuse(std::strerror(errno));
    return text;
}

std::string beside(std::string const& path, std::string const& other)
{
    return (std::filesystem::path(path).parent_path() / other).string();
}

} // namespace hazard
