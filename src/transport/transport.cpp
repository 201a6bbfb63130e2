#include "transport/transport.hpp"

#include <time.h>

namespace starmap::transport {

void Transport::wait(double seconds)
{
    auto const whole = static_cast<time_t>(seconds);
    timespec const nap{whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
    ::nanosleep(&nap, nullptr);
}

} // namespace starmap::transport
