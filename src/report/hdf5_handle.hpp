#pragma once

#include <starmap/error.hpp>

#include <hdf5.h>

#include <string>
#include <string_view>
#include <utility>

namespace starmap::report::hdf5 {

/// What a call that fails was to do with the file, for the sentence of its error.
inline constexpr auto creating = "create";
inline constexpr auto opening = "open";
inline constexpr auto reading = "read";
inline constexpr auto writing = "write";

/// Owns an HDF5 identifier and closes it with the function that belongs to its kind.
class Handle {
public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    Handle(hid_t id, Close close) noexcept : id_(id), close_(close) {}
    Handle(Handle&& other) noexcept
        : id_(std::exchange(other.id_, H5I_INVALID_HID)),
          close_(other.close_)
    {
    }
    Handle& operator=(Handle&& other) noexcept
    {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Handle()
    {
        if (id_ >= 0) close_(id_);
    }

    hid_t get() const noexcept { return id_; }
    explicit operator bool() const noexcept { return id_ >= 0; }
    /// Gives the identifier up, for a close whose success is to be checked.
    hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Keeps HDF5 from printing its error stack in this thread, for as long as it lives: errors are
/// reported by exceptions alone, and the program's own setting is put back.
class QuietErrors {
public:
    QuietErrors() noexcept;
    ~QuietErrors();
    QuietErrors(QuietErrors const&) = delete;
    QuietErrors& operator=(QuietErrors const&) = delete;

private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
    bool known_ = false;
};

/// A call of HDF5 that failed: "Cannot DOING FILE (WHY)".
class Failure : public IoError {
public:
    Failure(std::string_view doing, std::string const& file, std::string why);
    /// The reason alone.
    std::string const& why() const noexcept { return why_; }

private:
    std::string why_;
};

/// Throws Failure, the why being the deepest entry of HDF5's error stack: the operating system's
/// text where there is one.
[[noreturn]] void throw_last_error(std::string_view doing, std::string const& file);

/// The one way to call HDF5: passes a result on, or throws Failure for a negative one.
template <class Result>
Result checked(Result result, std::string_view doing, std::string const& file)
{
    if (result < 0) throw_last_error(doing, file);
    return result;
}

/// The same for a call that makes an identifier.
inline Handle checked(hid_t id, Handle::Close close, std::string_view doing,
                      std::string const& file)
{
    return {checked(id, doing, file), close};
}

/// Whether HDF5 was built to be called by several threads.
bool is_thread_safe() noexcept;

} // namespace starmap::report::hdf5
