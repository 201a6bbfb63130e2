#include <starmap/types.hpp>

namespace starmap {

char const* to_string(TaskStatus status) noexcept
{
    switch (status) {
    case TaskStatus::ok: return "ok";
    case TaskStatus::failed: return "failed";
    case TaskStatus::crashed: return "crashed";
    case TaskStatus::timeout: return "timeout";
    case TaskStatus::memory: return "memory";
    case TaskStatus::cancelled: return "cancelled";
    }
    return "unknown";
}

char const* to_string(Order order) noexcept
{
    return order == Order::canonical ? "canonical" : "arrival";
}

char const* to_string(OnFailure on_failure) noexcept
{
    return on_failure == OnFailure::raise ? "raise" : "collect";
}

} // namespace starmap
