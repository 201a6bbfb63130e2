#include "report/recover.hpp"

#include "report/record_path.hpp"
#include "report/task_info_file.hpp"
#include "report/task_info_reader.hpp"

#include <starmap/error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>

namespace starmap::report {

namespace {

// Copied, not mended in place: what the killed writer left behind the last flush may lead outside
// of the file, and an ordinary reader stumbles over it where a live one does not.
std::uint64_t copy(TaskInfoReader const& reader, std::string const& target)
{
    hdf5::QuietErrors const quiet;
    TaskInfoFile file(target, reader.run(), reader.starmap_version());
    reader.for_each_batch([&](TaskInfoBatch const& batch) { file.write(batch); });
    file.close(false);
    return file.task_rows();
}

} // namespace

Recovery recover(std::string const& path)
{
    TaskInfoReader const reader(path);
    Recovery recovery;
    if (reader.state() == RecordState::writing)
        throw UsageError(fmt::format("Cannot recover {} (its run still goes on) Read it with "
                                     "'starmap info {}' meanwhile",
                                     path, path));
    if (reader.state() != RecordState::killed) {
        reader.for_each_task([&](auto const&, auto) { ++recovery.task_rows; });
        return recovery;
    }
    recovery.was_needed = true;
    auto const hidden = hidden_name(path).string();
    try {
        recovery.task_rows = copy(reader, hidden);
        if (std::rename(hidden.c_str(), path.c_str()) != 0)
            throw IoError(
                fmt::format("Cannot rename {} to {} ({})", hidden, path, std::strerror(errno)));
    } catch (...) {
        ::unlink(hidden.c_str());
        throw;
    }
    return recovery;
}

} // namespace starmap::report
