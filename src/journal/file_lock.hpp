#pragma once

#include <string>

namespace starmap::journal {

/// What a file is called in errors, and how another is chosen.
struct LockedFile {
    std::string what = "checkpoint";
    std::string setting = "--starmap-checkpoint=FILE";
};

/// Keeps a second run from a file for as long as it lives, by flock(), which the kernel lets go of
/// however this process ends. Where the file system knows no locks, nobody is kept away.
class FileLock {
public:
    /// Creates the file if it is not there. Waits for a moment for a run that is just ending; then
    /// throws UsageError. Throws IoError where the file cannot be opened.
    explicit FileLock(std::string const& path, LockedFile const& words = {});
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    /// False where the file system knows no locks.
    bool holds() const noexcept { return holds_; }

private:
    int fd_ = -1;
    bool holds_ = false;
};

} // namespace starmap::journal
