#pragma once

#include "execution/zygote.hpp"

#include <cstdint>

namespace starmap::execution {

/// What goes between the zygote and the process that started it.
enum class ZygoteMessage : std::uint32_t {
    fork,   ///< to the zygote, with two files: the socket's other end, and the shared place
    kill,   ///< to the zygote
    forked, ///< from it; `value` is an errno, or 0
    died,   ///< from it; `value` is the status
};

struct Zygote::Message {
    ZygoteMessage kind = ZygoteMessage::fork;
    std::int32_t value = 0;
    std::int64_t pid = 0;
    std::uint64_t peak_rss_bytes = 0;
};

/// Makes this process end with the one that forked it, which was `parent`.
void die_with(pid_t parent);

/// The life of the zygote: it never returns. It ends when the other end of `control` is closed, and
/// then all ends that it has forked.
[[noreturn]] void run_zygote(int control, Zygote::Body const& body);

/// Sends a message with files; a file below 0 is left out. False with errno set.
bool send_message(int control, void const* message, std::size_t size, int file1, int file2);
/// Receives a message into `message`, and up to two files. Returns its size, 0 at the end, -1 with
/// errno set.
long receive_message(int control, void* message, std::size_t size, int (&files)[2]);

} // namespace starmap::execution
