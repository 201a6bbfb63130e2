#pragma once

#include "roles/kept_process.hpp"
#include "roles/worker.hpp"
#include "simulation/fibre.hpp"
#include "transport/transport.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>

namespace simulation {

/// A process that runs tasks, simulated: the real Worker in a fibre, between two lines on which
/// frames lie for a while. It can die at any moment; then it sends nothing more, what lies on its
/// way out is lost from some frame on, and what it was at stays as it was.
class MortalProcess {
public:
    MortalProcess(int rank, std::mt19937_64& random);
    MortalProcess(MortalProcess const&) = delete;
    MortalProcess& operator=(MortalProcess const&) = delete;
    ~MortalProcess();

    /// Lets it go on for a while. False: it has nothing to do.
    bool step();
    /// Dies as wait() would tell it.
    void die(int status);
    bool dead() const noexcept { return dead_; }
    /// Frames that were lost with it.
    std::size_t lost() const noexcept { return lost_; }
    /// It is in a chunk.
    bool at_work() const noexcept { return place_.chunk != 0; }
    /// The item that it is at is one that never ends.
    void set_stuck(bool stuck) noexcept { stuck_ = stuck; }
    bool stuck() const noexcept { return stuck_; }

    /// The one whose task is running; null outside all of them.
    static MortalProcess* running() noexcept { return running_; }
    /// Inside a task: others go on meanwhile.
    void pause();

    /// The keeper's side of it.
    class Handle;

private:
    class End;
    void work();
    void leave();

    inline static MortalProcess* running_ = nullptr;
    std::mt19937_64& random_;
    starmap::detail::WorkPlace place_;
    starmap::detail::WorkPlace place_at_death_;
    std::deque<starmap::detail::Bytes> to_;
    std::deque<starmap::detail::Bytes> from_;
    std::unique_ptr<starmap::transport::Transport> end_;
    starmap::roles::Worker worker_;
    std::unique_ptr<Fibre> fibre_;
    bool moved_ = false;
    bool dead_ = false;
    bool stuck_ = false;
    int status_ = 0;
    std::size_t lost_ = 0;
};

class MortalProcess::Handle final : public starmap::roles::KeptProcess {
public:
    explicit Handle(std::shared_ptr<MortalProcess> process) : process_(std::move(process)) {}

    void send(starmap::wire::Parcel frame) override;
    std::optional<starmap::detail::Bytes> poll() override;
    bool closed() const override { return process_->dead_ && process_->from_.empty(); }
    std::size_t unsent() const override { return 0; }
    int descriptor() const override { return -1; }
    starmap::detail::WorkPlace const& place() const override;
    std::size_t resident_bytes() const override { return 0; }
    void kill() override;
    starmap::execution::Death await_death(double) override { return {.status = process_->status_}; }

private:
    std::shared_ptr<MortalProcess> process_;
};

} // namespace simulation
