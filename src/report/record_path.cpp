#include "report/record_path.hpp"

#include <starmap/error.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace starmap::report {

namespace {

namespace fs = std::filesystem;

fs::path directory_of(fs::path const& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

bool is_taken(fs::path const& path)
{
    std::error_code error;
    return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

/// Renames without overwriting; false if the new name is taken.
bool rename_if_free(fs::path const& from, fs::path const& to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EEXIST) return false;
    // Some network file systems cannot rename so; the gap between look and leap is all they leave.
    bool const unknown = errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
    if (unknown && is_taken(to)) return false;
    if (unknown && ::rename(from.c_str(), to.c_str()) == 0) return true;
    throw IoError(fmt::format("Cannot rename {} to {} ({})", from.string(), to.string(),
                              std::strerror(errno)));
}

void move_away(fs::path const& path)
{
    for (unsigned n = 1; is_taken(path); ++n) {
        auto const older = older_name(path, n);
        if (!is_taken(older) && rename_if_free(path, older)) return;
    }
}

} // namespace

void check_writable(fs::path const& path)
{
    auto const refuse = [&](std::string const& why) {
        throw IoError(fmt::format("Cannot write the record {} ({}). Set STARMAP_TASK_INFO to "
                                  "another path, or to none",
                                  path.string(), why));
    };
    std::error_code error;
    if (path.filename().empty()) refuse("it names no file");
    auto const target = fs::status(path, error);
    if (fs::is_directory(target)) refuse("it is a directory");
    if (fs::exists(target) && !fs::is_regular_file(target)) refuse("it is not an ordinary file");
    auto const directory = directory_of(path);
    auto const parent = fs::status(directory, error);
    if (!fs::exists(parent))
        refuse(fmt::format("the directory {}: {}", directory.string(),
                           error ? error.message() : std::strerror(ENOENT)));
    if (!fs::is_directory(parent)) refuse(fmt::format("{} is not a directory", directory.string()));
    // Permissions tell only half (read-only mounts, quotas, root): making a file tells all.
    auto const probe = hidden_name(path);
    int const made = ::open(probe.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made < 0 && errno != EEXIST)
        refuse(fmt::format("the directory {}: {}", directory.string(), std::strerror(errno)));
    if (made < 0) return;
    ::close(made);
    ::unlink(probe.c_str());
}

fs::path hidden_name(fs::path const& path)
{
    // On a shared file system another host may have a process of the same number.
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    auto const name =
        fmt::format(".{}.{}.{}.new", path.filename().string(), host.data(), ::getpid());
    return path.parent_path() / name;
}

fs::path older_name(fs::path const& path, unsigned n)
{
    auto const name = fmt::format("{}.{}{}", path.stem().string(), n, path.extension().string());
    return path.parent_path() / name;
}

void publish(fs::path const& hidden, fs::path const& path)
{
    do {
        move_away(path);
    } while (!rename_if_free(hidden, path));
}

} // namespace starmap::report
