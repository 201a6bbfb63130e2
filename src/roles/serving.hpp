#pragma once

#include "transport/backoff.hpp"
#include "transport/waitable.hpp"

namespace starmap::roles {

/// Steps a Worker or a Proxy until it has stopped, or nobody is at the other end any more; naps on
/// `line` while there is nothing to do.
template <class Role, class Gone>
void serve(Role& role, transport::Waitable& line, Gone gone)
{
    transport::Backoff backoff;
    while (!role.stopped() && !gone()) {
        if (role.step())
            backoff.reset();
        else
            backoff.pause(line);
    }
}
template <class Role>
void serve(Role& role, transport::Waitable& line)
{
    serve(role, line, [] { return false; });
}

} // namespace starmap::roles
