#pragma once

#include "base/clock.hpp"
#include "roles/crew.hpp"
#include "roles/deadline.hpp"
#include "roles/kept_worker.hpp"
#include "roles/manager.hpp"
#include "roles/proxy.hpp"
#include "simulation/cluster.hpp"
#include "simulation/mortal_process.hpp"
#include "transport/simulated.hpp"

#include <starmap/session.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace simulation {

/// What becomes of an item whenever it is run.
enum class Fate : std::uint8_t {
    fine,
    throws,
    dies,
    hangs, ///< until it is killed for its timeout
};

/// A manager, ranks that are proxies, and behind each of them processes that die, all real but for
/// the network, the processes and the clock. Who goes on when is decided by the seed, and nothing
/// else: a seed gives the same run every time.
class Storm {
public:
    struct Weather {
        unsigned ranks = 2;
        double killing = 0; ///< probability of a kill from outside, each time all have a turn
        unsigned most_kills = 0;
        double latency = 1e-3;    ///< of the network, at the most [s]
        double item = 1e-3;       ///< mean duration of an item [s]
        double stop_after = 0;    ///< SIGUSR1 so many seconds after the start; 0: never
        double losing = 0;        ///< probability that a rank is lost, each time all have a turn
        unsigned most_losses = 0; ///< of ranks; one stays in any case
    };
    Storm(std::uint64_t seed, Weather const& weather);
    Storm(Storm const&) = delete;
    Storm& operator=(Storm const&) = delete;
    ~Storm();

    starmap::Session& session() noexcept { return *session_; }
    Ledger const& ledger() const noexcept { return ledger_; }
    /// Kills that no item is to blame for.
    unsigned kills() const noexcept { return kills_; }
    /// Ranks that were lost, with the process behind each.
    unsigned lost_ranks() const noexcept { return lost_ranks_; }
    /// Frames that were lost with a process.
    std::size_t losses() const noexcept { return losses_; }
    /// Ends the session; everybody must have gone, and all books be closed.
    void finish();

    /// The fates of the next Starmap's items, each for its first so many runs.
    struct Plan {
        Fate fate = Fate::fine;
        unsigned runs = 0;
    };
    void plan(std::map<std::int64_t, Plan> plans);
    /// Inside a task: the item runs. Throws if that is its fate.
    static void run_item(std::int64_t item);
    /// How often an item has been run to its end, or met its fate.
    unsigned runs_of(std::int64_t item) const;

private:
    class ManagerEnd;
    class Line;
    struct Rank {
        std::unique_ptr<starmap::transport::Transport> end;
        std::shared_ptr<MortalProcess> process;
        std::unique_ptr<Line> line;
        std::unique_ptr<starmap::roles::Proxy> proxy;
        double speed = 1;
        bool lost = false;
    };
    bool turn();
    bool step(Rank& rank);
    void strike();
    void lose();
    bool chance(double probability);
    std::unique_ptr<starmap::roles::KeptProcess> start_process(std::size_t rank);

    inline static Storm* current_ = nullptr;
    Weather weather_;
    starmap::base::VirtualClock clock_;
    starmap::Settings settings_;
    std::mt19937_64 random_;
    starmap::transport::SimulatedNetwork network_;
    std::vector<Rank> ranks_;
    std::vector<std::shared_ptr<MortalProcess>> dead_; ///< that may still be on their way out
    std::unique_ptr<ManagerEnd> manager_end_;
    Ledger ledger_;
    std::unique_ptr<starmap::roles::Crew> crew_;
    std::unique_ptr<starmap::roles::Manager> manager_;
    std::unique_ptr<starmap::Session> session_;
    std::map<std::int64_t, Plan> plans_;
    std::map<std::int64_t, unsigned> runs_;
    unsigned kills_ = 0;
    unsigned lost_ranks_ = 0;
    std::size_t losses_ = 0;
    std::uint64_t turns_ = 0;
    unsigned idle_turns_ = 0;
};

} // namespace simulation
