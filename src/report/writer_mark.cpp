#include "report/writer_mark.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace starmap::report {

namespace {

// HDF5 locks whole files by flock, which NFS turns into a lock on all bytes: a *shared* lock on a
// byte that no file reaches bears with its shared locks there too.
struct flock mark_of_kind(short kind) noexcept
{
    struct flock mark {};
    mark.l_type = kind;
    mark.l_whence = SEEK_SET;
    mark.l_start = off_t{1} << 62;
    mark.l_len = 1;
    return mark;
}

} // namespace

WriterMark::WriterMark(std::filesystem::path const& path) noexcept
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
{
    auto mark = mark_of_kind(F_RDLCK);
    // Of the open file, not the process: other opens and closes of the path do not undo it.
    if (descriptor_ >= 0) ::fcntl(descriptor_, F_OFD_SETLK, &mark);
}

WriterMark::WriterMark(WriterMark&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
{
}

WriterMark& WriterMark::operator=(WriterMark&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

WriterMark::~WriterMark()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool is_being_written(std::filesystem::path const& path) noexcept
{
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    auto mark = mark_of_kind(F_WRLCK);
    bool const marked = ::fcntl(descriptor, F_OFD_GETLK, &mark) == 0 && mark.l_type != F_UNLCK;
    ::close(descriptor);
    return marked;
}

} // namespace starmap::report
