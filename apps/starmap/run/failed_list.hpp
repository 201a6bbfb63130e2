#pragma once

#include <string>

namespace starmap::farm {

/// The list of commands that have failed, ready to be run: made when there is the first one, and
/// written as they fail, so that it is there whatever becomes of the farm.
class FailedList {
public:
    /// `file`: where the user wants it; empty: failed.txt in `folder`, or failed.1.txt and so on
    /// where a file of that name is of another farm. "none": nowhere. `farm` is what the farm is
    /// called: its list, or its template.
    FailedList(std::string const& file, std::string const& folder, std::string const& farm);
    FailedList(FailedList const&) = delete;
    FailedList& operator=(FailedList const&) = delete;
    ~FailedList();

    /// Adds a command. Throws IoError.
    void add(std::string const& lines);
    /// At the end of a farm that has run to its end: where nothing failed, the list of an earlier
    /// run of it goes.
    void finish();

    /// Where it is; empty: there is none.
    std::string const& file() const noexcept { return file_; }
    bool empty() const noexcept { return fd_ < 0; }

private:
    std::string file_;
    std::string head_;
    int fd_ = -1;
};

} // namespace starmap::farm
