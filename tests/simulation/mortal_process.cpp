#include "simulation/mortal_process.hpp"

#include "wire/frame.hpp"

#include <signal.h>

#include <cstring>
#include <utility>

namespace simulation {

/// The worker's end of its line.
class MortalProcess::End final : public starmap::transport::Transport {
public:
    explicit End(MortalProcess& process) : process_(process) {}

    starmap::transport::Peer self() const override { return 1; }
    starmap::transport::Peer peers() const override { return 2; }
    void send(starmap::transport::Peer, starmap::detail::Bytes frame) override
    {
        process_.moved_ = true;
        if (!process_.dead_) process_.from_.push_back(std::move(frame));
    }
    std::optional<starmap::transport::Incoming> poll() override
    {
        if (process_.dead_) {
            // Whatever it is at ends so, unseen by anybody.
            if (std::exchange(sent_home_, true)) return std::nullopt;
            return starmap::transport::Incoming{0, starmap::wire::encode_stop(0)};
        }
        if (process_.to_.empty() || process_.random_() % 4 == 0) return std::nullopt;
        auto frame = std::move(process_.to_.front());
        process_.to_.pop_front();
        return starmap::transport::Incoming{0, std::move(frame)};
    }
    std::size_t unsent() const override { return 0; }

private:
    MortalProcess& process_;
    bool sent_home_ = false;
};

MortalProcess::MortalProcess(int rank, std::mt19937_64& random)
    : random_(random),
      end_(std::make_unique<End>(*this)),
      worker_(*end_, rank, "simulation", {.place = &place_}),
      fibre_(std::make_unique<Fibre>([this] { work(); }))
{
}

MortalProcess::~MortalProcess()
{
    if (!dead_) die(0);
    while (!fibre_->ended()) step();
}

void MortalProcess::work()
{
    worker_.say_hello();
    while (!worker_.stopped()) {
        if (worker_.step()) moved_ = true;
        if (!dead_) leave();
    }
}

/// Others go on, and this one when it is stepped again.
void MortalProcess::leave()
{
    running_ = nullptr;
    Fibre::stop();
    running_ = this;
}

bool MortalProcess::step()
{
    if (fibre_->ended()) return false;
    moved_ = false;
    running_ = this;
    fibre_->resume();
    running_ = nullptr;
    return moved_ || dead_;
}

void MortalProcess::pause()
{
    moved_ = true;
    if (!dead_) leave();
}

void MortalProcess::die(int status)
{
    if (dead_) return;
    dead_ = true;
    status_ = status;
    place_at_death_.chunk = place_.chunk.load();
    place_at_death_.finished = place_.finished.load();
    place_at_death_.position = place_.position.load();
    place_at_death_.count = place_.count.load();
    place_at_death_.begun = place_.begun.load();
    place_at_death_.opened = place_.opened.load();
    auto const& log = place_.items;
    auto& log_at_death = place_at_death_.items;
    log_at_death.begin(log.chunk, log.first, log.started);
    log_at_death.looked = log.looked.load();
    log_at_death.count(log.done, log.bytes);
    std::memcpy(log_at_death.results.data(), log.results.data(), log.bytes);
    // A socket delivers what it has taken, so that few lose anything.
    if (from_.empty() || random_() % 4 != 0) return;
    lost_ = random_() % from_.size() + 1;
    from_.resize(from_.size() - lost_);
}

void MortalProcess::Handle::send(starmap::wire::Parcel frame)
{
    if (!process_->dead_) process_->to_.push_back(std::move(frame).joined());
}

std::optional<starmap::detail::Bytes> MortalProcess::Handle::poll()
{
    if (process_->from_.empty() || process_->random_() % 4 == 0) return std::nullopt;
    auto frame = std::move(process_->from_.front());
    process_->from_.pop_front();
    return frame;
}

starmap::detail::WorkPlace const& MortalProcess::Handle::place() const
{
    return process_->dead_ ? process_->place_at_death_ : process_->place_;
}

void MortalProcess::Handle::kill() { process_->die(SIGKILL); }

} // namespace simulation
