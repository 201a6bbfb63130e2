#pragma once

#include "report/observer.hpp"
#include "roles/crew.hpp"
#include "roles/deadline.hpp"
#include "roles/manager.hpp"
#include "roles/worker.hpp"
#include "transport/simulated.hpp"

#include <starmap/session.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

/// A manager and its workers over a simulated network, in one thread: while the manager waits for
/// a message, workers are stepped and time moves on, in an order that the seed decides.
namespace simulation {

/// Holds the manager to what it tells its observers.
class Ledger final : public starmap::report::Observer {
public:
    struct Entry {
        std::uint64_t rows = 0;
        std::uint64_t items_ok = 0;                    ///< in rows that went well
        std::uint64_t items = 0;                       ///< in rows of what was tried
        std::uint64_t failures = 0;                    ///< attempts
        std::map<std::uint64_t, unsigned> failures_of; ///< the same, by first item
        bool open = true;
    };
    void starmap_opened(starmap::report::StarmapInfo const& info) override;
    void tasks_done(starmap::report::StarmapInfo const& info,
                    std::span<starmap::TaskRecord const> rows, double done_weight) override;
    void task_failed(starmap::TaskFailure const& failure) override;
    void starmap_closed(starmap::report::StarmapInfo const& info) override;
    /// Throws when the manager waits for something that does not come.
    void tick(double now) override;

    std::map<std::uint32_t, Entry> starmaps;         ///< by number
    starmap::report::Observer* checkpoint = nullptr; ///< is told of rows as well

private:
    unsigned idle_ticks_ = 0;
};

class Cluster {
public:
    /// What becomes of the others when a rank dies.
    enum class Launcher : bool { ends_all, leaves_alive };
    /// `workers` may be 0: then all runs inside the manager. They are spread over so many nodes.
    Cluster(unsigned workers, std::uint64_t seed, starmap::Settings settings = {},
            unsigned nodes = 1, starmap::roles::Deadline deadline = {},
            Launcher launcher = Launcher::leaves_alive);
    Cluster(Cluster const&) = delete;
    Cluster& operator=(Cluster const&) = delete;

    void use(starmap::journal::Checkpoint& checkpoint) noexcept
    {
        manager_.use(checkpoint);
        ledger_.checkpoint = &checkpoint;
    }
    starmap::Session& session() noexcept { return *session_; }
    Ledger const& ledger() const noexcept { return ledger_; }
    /// A worker, from 1, is lost after so many turns: dead, or only taken for that; what it was is
    /// seen some turns later.
    struct Loss {
        unsigned worker = 0;
        std::uint64_t at = 0;
        std::uint64_t seen = 0;
        bool lives = false;
        enum class State : std::uint8_t { to_come, unseen, past } state = State::to_come;
    };
    void lose(Loss loss) { losses_.push_back(loss); }
    double virtual_seconds() const noexcept { return network_.now(); }
    /// Ends the session as run() does; all workers must have gone, and all books be closed.
    void finish();

private:
    struct Station {
        std::unique_ptr<starmap::transport::Transport> end;
        std::unique_ptr<starmap::roles::Worker> worker;
        bool dead = false;
        bool lost = false; ///< or taken for it
    };
    void take_losses();
    bool turn();
    bool step(std::size_t station);

    starmap::Settings settings_;
    std::mt19937_64 random_;
    starmap::transport::SimulatedNetwork network_;
    std::unique_ptr<starmap::transport::Transport> manager_end_;
    std::vector<Station> stations_;
    std::vector<Loss> losses_;
    std::vector<double> speeds_; ///< how often each is stepped, relative to the others
    Ledger ledger_;
    starmap::roles::Crew crew_;
    starmap::roles::Manager manager_;
    std::unique_ptr<starmap::Session> session_;
    std::uint64_t turns_ = 0;
    unsigned idle_polls_ = 0;
};

/// Calls `main(cluster)` for 0 to 8 workers, `seeds` seeds each.
template <class Main>
void for_clusters(std::uint64_t seeds, Main main);

/// An input whose length nobody knows: 0, 1, ... up to `count`, once.
class Counting {
public:
    class Iterator {
    public:
        using value_type = std::int64_t;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        Iterator() = default;
        explicit Iterator(std::int64_t count) : count_(count) {}
        std::int64_t operator*() const { return at_; }
        Iterator& operator++()
        {
            ++at_;
            return *this;
        }
        void operator++(int) { ++at_; }
        bool operator==(std::default_sentinel_t) const { return at_ == count_; }

    private:
        std::int64_t at_ = 0;
        std::int64_t count_ = 0;
    };
    explicit Counting(std::int64_t count) : count_(count) {}
    Iterator begin() const { return Iterator(count_); }
    std::default_sentinel_t end() const { return {}; }

private:
    std::int64_t count_;
};

/// 0, 1, ..., count - 1.
std::vector<std::int64_t> numbers(std::int64_t count);

/// The sum along the reduction tree: split at the largest power of two below the length.
double tree_sum(std::span<double const> values);

template <class Main>
void for_clusters(std::uint64_t seeds, Main main)
{
    for (unsigned workers = 0; workers <= 8; ++workers)
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            Cluster cluster(workers, 100 * workers + seed);
            main(cluster);
            cluster.finish();
        }
}

} // namespace simulation
