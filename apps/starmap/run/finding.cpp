#include "run/finding.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace starmap::farm {

namespace {

constexpr int not_found = 127;
constexpr int not_executable = 126;
constexpr char const* usual_path = "/bin:/usr/bin";

bool is_folder(std::string const& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// 0, or the error that execve() would have.
int obstacle(std::string const& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno;
    if (!S_ISREG(status.st_mode)) return EACCES;
    return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

} // namespace

Program refused_program(std::string const& path, int error)
{
    Program refused;
    auto const* what = std::strerror(error);
    refused.exit_code = not_executable;
    if (error == ENOENT || error == ENOTDIR) {
        // The file itself may be there: then it is what executes it that is not.
        if (::access(path.c_str(), F_OK) == 0)
            what = "its interpreter is missing (the program behind #!, or the loader it is linked "
                   "with)";
        else
            refused.exit_code = not_found;
    } else if (error == EACCES && is_folder(path)) {
        what = "Is a directory";
    }
    refused.why = fmt::format("cannot be started: {}: {}", path, what);
    return refused;
}

Program find_program(std::string const& name, char const* path)
{
    if (name.empty())
        return {.path = "",
                .exit_code = not_found,
                .why = "cannot be started: the name of its program is empty"};
    if (name.find('/') != std::string::npos) {
        auto const error = obstacle(name);
        return error == 0 ? Program{.path = name, .exit_code = 0, .why = ""}
                          : refused_program(name, error);
    }
    std::string seen; // that cannot be executed, while one that can may come
    std::string_view rest = path != nullptr ? path : usual_path;
    for (bool more = true; more;) {
        auto const colon = rest.find(':');
        std::string candidate(rest.substr(0, colon));
        candidate += candidate.empty() ? "./" + name : '/' + name;
        auto const error = obstacle(candidate);
        if (error == 0) return {.path = std::move(candidate), .exit_code = 0, .why = ""};
        if (error == EACCES && seen.empty() && ::access(candidate.c_str(), F_OK) == 0)
            seen = std::move(candidate);
        more = colon != std::string_view::npos;
        if (more) rest.remove_prefix(colon + 1);
    }
    // A shell takes no notice of directories on its way.
    if (!seen.empty() && !is_folder(seen)) return refused_program(seen, EACCES);
    return {.path = "",
            .exit_code = not_found,
            .why = fmt::format("cannot be started: {}: No such program in PATH", name)};
}

bool may_be_script(std::string const& path)
{
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    std::array<char, 128> text{};
    auto const length = ::read(file, text.data(), text.size());
    ::close(file);
    if (length < 0) return false;
    std::string_view const read(text.data(), static_cast<std::size_t>(length));
    return read.substr(0, read.find('\n')).find('\0') == std::string_view::npos;
}

} // namespace starmap::farm
