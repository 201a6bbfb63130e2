// Random schedules of work that grows, as processes die and whole ranks are lost: a task that was
// given up has submitted nothing, any other has each of its children done or given up, once.
#include "base/mix.hpp"
#include "simulation/storm.hpp"

#include <starmap/emitter.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <vector>

using simulation::Fate;
using simulation::Storm;
using starmap::OnFailure;

namespace {

constexpr std::uint64_t schedules = 3'000;
constexpr unsigned always = 1000;
constexpr std::int64_t no_children_from = 1'000'000; // three generations behind the first items

std::vector<std::int64_t> children_of(std::int64_t item)
{
    std::vector<std::int64_t> children;
    if (item < no_children_from)
        for (auto n = starmap::base::mix(static_cast<std::uint64_t>(item)) % 3; n > 0; --n)
            children.push_back(10 * item + static_cast<std::int64_t>(n));
    return children;
}

/// Its value is itself, so that the answer tells who was done.
void grow(std::int64_t item, starmap::Emitter<std::int64_t>& emitter)
{
    emitter.emit(item);
    for (auto const child : children_of(item)) emitter.submit(child);
    Storm::run_item(item);
}

struct Totals {
    std::uint64_t done = 0;
    std::uint64_t given_up = 0;
    std::uint64_t raised = 0;
    std::uint64_t kills = 0;
    std::uint64_t lost_ranks = 0;
};

class Schedule {
public:
    Schedule(std::uint64_t seed, Totals& totals)
        : totals_(totals),
          random_(seed),
          storm_(seed, weather())
    {
    }

    void run()
    {
        for (auto jobs = 1 + random_() % 2; jobs > 0; --jobs) run_job();
        totals_.kills += storm_.kills();
        totals_.lost_ranks += storm_.lost_ranks();
        storm_.finish();
    }

private:
    bool one_in(unsigned n) { return random_() % n == 0; }

    Storm::Weather weather()
    {
        Storm::Weather weather;
        weather.ranks = static_cast<unsigned>(1 + random_() % 5);
        if (one_in(3)) {
            weather.killing = std::array{0.002, 0.01, 0.05}[random_() % 3];
            weather.most_kills = static_cast<unsigned>(1 + random_() % 4);
        }
        if (one_in(2)) {
            weather.losing = std::array{0.001, 0.01, 0.1}[random_() % 3];
            weather.most_losses = static_cast<unsigned>(1 + random_() % 4);
        }
        weather.latency = std::array{1e-5, 1e-3, 20e-3}[random_() % 3];
        weather.item = std::array{1e-6, 1e-3, 20e-3}[random_() % 3];
        return weather;
    }

    void plan_for(std::int64_t item, unsigned rarity)
    {
        if (one_in(rarity)) {
            auto const fate = std::array{Fate::throws, Fate::dies, Fate::hangs}[random_() % 3];
            auto const runs = one_in(2) ? always : static_cast<unsigned>(1 + random_() % 3);
            plans_[item] = {.fate = fate, .runs = runs};
        }
        for (auto const child : children_of(item)) plan_for(child, rarity);
    }

    void run_job()
    {
        plans_.clear();
        items_.clear();
        for (auto n = static_cast<std::int64_t>(random_() % 12); n > 0; --n)
            items_.push_back(1000 + static_cast<std::int64_t>(random_() % 800) * 10);
        std::set<std::int64_t> const different(items_.begin(), items_.end());
        items_.assign(different.begin(), different.end());
        auto const rarity = std::array{5U, 20U, 1000U}[random_() % 3];
        for (auto const item : items_) plan_for(item, rarity);
        storm_.plan(plans_);
        starmap::Options<std::int64_t> options;
        options.on_failure = one_in(4) ? OnFailure::raise : OnFailure::collect;
        options.retries = static_cast<unsigned>(random_() % 3);
        options.timeout = 0.5;
        auto const kills = storm_.kills();
        auto const work = [&](auto tasks) {
            try {
                auto const values = tasks.collect();
                check(values, tasks, options, storm_.kills() != kills);
            } catch (starmap::TaskError const& error) {
                REQUIRE(options.on_failure == OnFailure::raise);
                REQUIRE(error.attempt == *options.retries + 1);
                ++totals_.raised;
            }
        };
        auto& session = storm_.session();
        if (one_in(2))
            work(session.starmap(starmap::fn<grow>, items_, options));
        else
            work(session.map(starmap::fn<grow>, items_, options));
    }

    void check(std::vector<std::int64_t> const& values, auto const& tasks,
               starmap::Options<std::int64_t> const& options, bool killed)
    {
        std::multiset<std::int64_t> left(values.begin(), values.end());
        std::uint64_t given_up = 0;
        auto const look = [&](auto const& self, std::int64_t item) -> void {
            auto const found = left.find(item);
            if (found == left.end()) {
                ++given_up;
                auto const plan = plans_.find(item);
                auto const doomed = plan != plans_.end() && plan->second.runs > *options.retries;
                REQUIRE((killed || doomed));
                return;
            }
            left.erase(found);
            for (auto const child : children_of(item)) self(self, child);
        };
        for (auto const item : items_) look(look, item);
        REQUIRE(left.empty()); // nothing twice, and nothing from who was given up
        REQUIRE(tasks.failures().size() == given_up);
        totals_.done += values.size();
        totals_.given_up += given_up;
    }

    Totals& totals_;
    std::mt19937_64 random_;
    Storm storm_;
    std::vector<std::int64_t> items_;
    std::map<std::int64_t, Storm::Plan> plans_;
};

void run_schedule(std::uint64_t seed, Totals& totals)
{
    CAPTURE(seed);
    INFO("to run it alone: STARMAP_SCHEDULE="
         << seed << " tests/simulation/simulation -tc='*random schedules of work that grows*'");
    Schedule(seed, totals).run();
}

} // namespace

TEST_CASE("three thousand random schedules of work that grows, with deaths and lost ranks")
{
    Totals totals;
    if (auto const* const alone = std::getenv("STARMAP_SCHEDULE")) {
        run_schedule(std::strtoull(alone, nullptr, 10), totals);
        return;
    }
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) run_schedule(seed, totals);
    MESSAGE(totals.done << " tasks done, " << totals.given_up << " given up, " << totals.raised
                        << " raised, " << totals.kills << " kills from outside, "
                        << totals.lost_ranks << " ranks lost");
    CHECK(totals.done > 10 * schedules);
    CHECK(totals.given_up > schedules / 10);
    CHECK(totals.raised > schedules / 100);
    CHECK(totals.kills > schedules / 20);
    CHECK(totals.lost_ranks > schedules / 20);
}
