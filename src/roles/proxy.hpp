#pragma once

#include "roles/relay.hpp"
#include "transport/transport.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace starmap::roles {

/// A rank whose tasks run in a process of their own: MPI on one side, a kept worker on the other,
/// which may die and be replaced while the rank lives on. It passes frames on, and hands openings
/// on to other ranks, which its worker has no way to. Like Worker it never waits inside: its owner
/// calls step() until stopped().
class Proxy {
public:
    /// `kept` is the line to the worker, its peer 1. Both must outlive it.
    Proxy(transport::Transport& transport, transport::Transport& kept);

    /// Takes in what has arrived on both sides. False: nothing to do.
    bool step();
    /// The worker's goodbye has left.
    bool stopped() const noexcept { return stopped_; }
    int exit_code() const noexcept { return exit_code_; }
    /// Both sides, to wait on.
    transport::Waitable& line() noexcept { return line_; }

private:
    bool from_manager();
    bool from_worker();
    void handle(detail::Bytes frame);
    void open(std::uint32_t job, detail::Bytes frame);
    void send_opening(std::uint32_t job, bool with_bytes);
    void stop_if_due();

    transport::Transport& transport_;
    Relay relay_;
    transport::Transport& kept_;
    transport::Either line_;
    /// Their segments are mapped here as long as they are open, for the worker and its successors.
    std::map<std::uint32_t, TakenOpening> openings_;
    std::vector<detail::Bytes> early_; ///< openings that came before the welcome
    bool welcomed_ = false;
    bool stopping_ = false;
    bool stop_sent_ = false;
    std::uint64_t openings_due_ = 0;
    bool goodbye_ = false; ///< the worker's was passed on
    bool stopped_ = false;
    int exit_code_ = 0;
};

} // namespace starmap::roles
