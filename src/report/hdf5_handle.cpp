#include "report/hdf5_handle.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace starmap::report::hdf5 {

namespace {

/// What the operating system said, if the text quotes it; else the text itself.
std::string essence(std::string const& text)
{
    std::string_view const before = "error message = '";
    auto const begin = text.find(before);
    if (begin == std::string::npos) return text;
    auto const end = text.find('\'', begin + before.size());
    return text.substr(begin + before.size(), end - begin - before.size());
}

/// HDF5 would complain at the end of the process of memory that its failed calls have lost.
void be_quiet_at_exit() noexcept
{
    // Runs before HDF5's own clean-up, which was registered earlier, and in the same thread.
    static int const registered = std::atexit([] { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); });
    (void)registered;
}

herr_t keep_deepest(unsigned depth, H5E_error2_t const* entry, void* text)
{
    if (depth == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
    return 0;
}

} // namespace

QuietErrors::QuietErrors() noexcept
{
    known_ = H5Eget_auto2(H5E_DEFAULT, &print_, &data_) >= 0;
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietErrors::~QuietErrors()
{
    if (known_) H5Eset_auto2(H5E_DEFAULT, print_, data_);
}

Failure::Failure(std::string_view doing, std::string const& file, std::string why)
    : IoError(fmt::format("Cannot {} {} ({})", doing, file, why)),
      why_(std::move(why))
{
}

void throw_last_error(std::string_view doing, std::string const& file)
{
    be_quiet_at_exit();
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_deepest, &text);
    H5Eclear2(H5E_DEFAULT);
    throw Failure(doing, file, text.empty() ? "HDF5 gives no reason" : essence(text));
}

bool is_thread_safe() noexcept
{
    hbool_t safe = 0;
    return H5is_library_threadsafe(&safe) >= 0 && safe != 0;
}

} // namespace starmap::report::hdf5
