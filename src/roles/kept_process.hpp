#pragma once

#include "execution/zygote.hpp"
#include "wire/parcel.hpp"

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/work_place.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace starmap::roles {

/// A process that runs tasks, as the one who keeps it sees it. Destroying it leaves the process
/// alone at the end of a closed line.
class KeptProcess {
public:
    virtual ~KeptProcess() = default;

    virtual void send(wire::Parcel frame) = 0;
    /// The next frame that has come whole. Throws ProtocolError if what comes makes no sense.
    virtual std::optional<detail::Bytes> poll() = 0;
    /// The process is gone, or has closed its end, and all that it sent was polled.
    virtual bool closed() const = 0;
    virtual std::size_t unsent() const = 0;
    /// To wait on for input.
    virtual int descriptor() const = 0;
    /// What it was at when it was last heard of.
    virtual detail::WorkPlace const& place() const = 0;
    virtual std::size_t resident_bytes() const = 0;
    virtual void kill() = 0;
    /// How it ended, waiting so many seconds for that; then nobody knows.
    virtual execution::Death await_death(double patience) = 0;
};

/// Starts one. Throws IoError if none can be had.
using StartProcess = std::function<std::unique_ptr<KeptProcess>()>;

/// Processes that the zygote forks, which must outlive what is returned.
StartProcess forked_by(execution::Zygote& zygote);

} // namespace starmap::roles
