#include "run/failed_list.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace starmap::farm {

namespace {

/// Whether a file begins with what the list of this farm begins with.
bool begins_with(std::string const& file, std::string const& head)
{
    std::ifstream in(file, std::ios::binary);
    std::string begin(head.size(), '\0');
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return static_cast<std::size_t>(in.gcount()) == head.size() && begin == head;
}

std::string free_name(std::string const& folder, std::string const& head)
{
    for (unsigned i = 0;; ++i) {
        auto const name = i == 0 ? std::string("failed.txt") : fmt::format("failed.{}.txt", i);
        auto const path = folder.empty() ? name : (std::filesystem::path(folder) / name).string();
        std::error_code error;
        auto const there = std::filesystem::exists(std::filesystem::symlink_status(path, error));
        if (!there || begins_with(path, head)) return path;
    }
}

} // namespace

FailedList::FailedList(std::string const& file, std::string const& folder, std::string const& farm)
    : head_(fmt::format("# What has failed of {}; `starmap run` runs it again.\n", farm))
{
    if (file == "none") return;
    file_ = file.empty() ? free_name(folder, head_) : file;
}

FailedList::~FailedList()
{
    if (fd_ >= 0) ::close(fd_);
}

void FailedList::add(std::string const& lines)
{
    if (file_.empty()) return;
    auto text = lines;
    if (fd_ < 0) {
        fd_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
        text = head_ + text;
    }
    for (std::size_t at = 0; fd_ >= 0 && at < text.size();) {
        auto const written = ::write(fd_, text.data() + at, text.size() - at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
        if (at == text.size()) return;
    }
    throw IoError(fmt::format("Cannot write the list of failed commands {} ({}). Choose another "
                              "place by --failed=FILE, or --failed=none.",
                              file_, std::strerror(errno)));
}

void FailedList::finish()
{
    if (file_.empty() || !empty() || !begins_with(file_, head_)) return;
    std::error_code error;
    std::filesystem::remove(file_, error);
}

} // namespace starmap::farm
