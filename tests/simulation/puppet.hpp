#pragma once

#include "roles/kept_process.hpp"
#include "roles/kept_worker.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/work_place.hpp>

#include <signal.h>

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace simulation {

/// A process as its keeper sees it, and as the test wants it.
class Puppet final : public starmap::roles::KeptProcess {
public:
    void send(starmap::wire::Parcel frame) override { got.push_back(std::move(frame).joined()); }
    std::optional<starmap::detail::Bytes> poll() override
    {
        if (says.empty()) return std::nullopt;
        auto frame = std::move(says.front());
        says.pop_front();
        return frame;
    }
    bool closed() const override { return dead && says.empty(); }
    std::size_t unsent() const override { return 0; }
    int descriptor() const override { return -1; }
    starmap::detail::WorkPlace const& place() const override { return at; }
    std::size_t resident_bytes() const override { return 0; }
    void kill() override { dead = true; }
    starmap::execution::Death await_death(double) override
    {
        return {.status = SIGKILL, .for_memory = for_memory};
    }

    std::vector<starmap::wire::Kind> kinds() const
    {
        std::vector<starmap::wire::Kind> kinds;
        for (auto const& frame : got) {
            starmap::detail::ByteReader in(frame.view());
            kinds.push_back(starmap::wire::read_header(in).kind);
        }
        return kinds;
    }

    std::vector<starmap::detail::Bytes> got;
    std::deque<starmap::detail::Bytes> says;
    starmap::detail::WorkPlace at;
    bool dead = false;
    bool for_memory = false;
};

struct Keeper {
    std::vector<Puppet*> processes;
    starmap::roles::KeptWorker worker{[this] {
        auto process = std::make_unique<Puppet>();
        processes.push_back(process.get());
        return process;
    }};
    Puppet& now() { return *processes.back(); }
};

} // namespace simulation
