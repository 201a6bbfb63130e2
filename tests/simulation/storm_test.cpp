// Ten thousand random schedules of one farm: processes die, in tasks and between them, are killed
// for their timeouts and from outside; messages are late and overtake one another; work is asked
// back, failed, tried again, cancelled and left. Whatever happens, each item ends once.
#include "base/mix.hpp"
#include "simulation/storm.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

using simulation::Fate;
using simulation::Storm;
using starmap::OnFailure;

namespace {

constexpr std::uint64_t schedules = 10'000;
constexpr unsigned always = 1000;

/// No two sums of a few of them are the same.
std::int64_t value_of(std::int64_t item)
{
    return static_cast<std::int64_t>(starmap::base::mix(static_cast<std::uint64_t>(item)) >> 24);
}

std::int64_t weathered(std::int64_t item)
{
    Storm::run_item(item);
    return value_of(item);
}

/// One Starmap of a schedule.
struct Job {
    std::uint32_t number = 0;
    bool each = false; ///< starmap; else map
    std::vector<std::int64_t> items;
    starmap::Options<std::int64_t> options;
    std::map<std::int64_t, Storm::Plan> plans;
};

/// What became of the Starmaps of all schedules.
struct Totals {
    std::uint64_t jobs = 0;
    std::uint64_t failures = 0; ///< attempts
    std::uint64_t kills = 0;    ///< from outside
    std::uint64_t moves = 0;    ///< of work that was asked back
    std::uint64_t raised = 0;
    std::uint64_t interrupted = 0;
};

class Schedule {
public:
    Schedule(std::uint64_t seed, Totals& totals)
        : totals_(totals),
          random_(seed),
          weather_(weather()),
          storm_(seed, weather_)
    {
    }

    void run()
    {
        auto const jobs = 1 + random_() % 3;
        for (std::uint32_t number = 1; number <= jobs && !stopped_; ++number) {
            auto const job = next(number);
            storm_.plan(job.plans);
            run(job);
        }
        totals_.kills += storm_.kills();
        storm_.finish();
    }

private:
    bool one_in(unsigned n) { return random_() % n == 0; }

    Storm::Weather weather()
    {
        Storm::Weather weather;
        weather.ranks = static_cast<unsigned>(1 + random_() % 5);
        if (one_in(2)) {
            weather.killing = std::array{0.002, 0.01, 0.05}[random_() % 3];
            weather.most_kills = static_cast<unsigned>(1 + random_() % 4);
        }
        weather.latency = std::array{1e-5, 1e-3, 20e-3}[random_() % 3];
        weather.item = std::array{1e-6, 1e-3, 20e-3}[random_() % 3];
        if (one_in(10)) weather.stop_after = 1e-3 * static_cast<double>(1 + random_() % 100);
        return weather;
    }

    Job next(std::uint32_t number)
    {
        Job job{.number = number, .each = one_in(2), .items = {}, .options = {}, .plans = {}};
        auto const count = static_cast<std::int64_t>(random_() % 40);
        for (std::int64_t i = 0; i < count; ++i) job.items.push_back(1000 * number + i);
        job.options.on_failure = one_in(3) ? OnFailure::raise : OnFailure::collect;
        job.options.retries = static_cast<unsigned>(random_() % 3);
        if (!job.each && one_in(3)) job.options.concurrent_tasks = 1 + random_() % 20;
        auto const rarity = std::array{5U, 20U, 1000U}[random_() % 3];
        for (auto const item : job.items) {
            if (!one_in(rarity)) continue;
            auto const fate = std::array{Fate::throws, Fate::dies, Fate::hangs}[random_() % 3];
            if (fate == Fate::hangs) job.options.timeout = 0.5;
            auto const runs = one_in(2) ? always : static_cast<unsigned>(1 + random_() % 3);
            job.plans[item] = {.fate = fate, .runs = runs};
        }
        return job;
    }

    void run(Job const& job)
    {
        auto& session = storm_.session();
        if (job.each)
            consume(job, session.starmap(starmap::fn<weathered>, job.items, job.options));
        else
            consume(job, session.map(starmap::fn<weathered>, job.items, job.options));
    }

    template <class Work>
    void consume(Job const& job, Work work)
    {
        auto const kills = storm_.kills();
        auto const losses = storm_.losses();
        left_ = false;
        try {
            switch (random_() % 4) {
            case 0: check_values(job, work, work.collect()); break;
            case 1: check_sum(job, work, work.reduce()); break;
            case 2: check_count(job, work, work.wait()); break;
            default: iterate(job, work);
            }
            if (!left_) check_rows(job, good_values(job, work).size());
        } catch (starmap::TaskError const& error) {
            REQUIRE(job.options.on_failure == OnFailure::raise);
            REQUIRE(error.attempt == *job.options.retries + 1);
            check_may_fail(job, error.first_item, storm_.kills() != kills);
            ++totals_.raised;
        } catch (starmap::Interrupted const&) {
            REQUIRE(weather_.stop_after > 0);
            stopped_ = true;
            ++totals_.interrupted;
        }
        ++totals_.jobs;
        totals_.moves += work.stats().moves;
        totals_.failures += storm_.ledger().starmaps.at(job.number).failures;
        killed_ = storm_.kills() != kills;
        lost_ = storm_.losses() != losses;
        check_attempts(job, work);
    }

    void iterate(Job const& job, auto& work)
    {
        std::vector<std::int64_t> values;
        auto const leave_after = one_in(3) ? random_() % (job.items.size() + 1) : job.items.size();
        for (auto const value : work.results()) {
            values.push_back(value);
            if (values.size() > leave_after) {
                left_ = true;
                return;
            }
        }
        std::sort(values.begin(), values.end());
        auto expected = good_values(job, work);
        std::sort(expected.begin(), expected.end());
        REQUIRE(values == expected);
    }

    /// The items that were given up; each is told once.
    static std::set<std::uint64_t> failed(auto const& work)
    {
        std::set<std::uint64_t> failed;
        for (auto const& failure : work.failures())
            REQUIRE(failed.insert(failure.first_item).second);
        return failed;
    }

    static std::vector<std::int64_t> good_values(Job const& job, auto const& work)
    {
        auto const bad = failed(work);
        std::vector<std::int64_t> values;
        for (std::size_t i = 0; i < job.items.size(); ++i)
            if (!bad.contains(i)) values.push_back(value_of(job.items[i]));
        return values;
    }

    static void check_values(Job const& job, auto const& work,
                             std::vector<std::int64_t> const& values)
    {
        REQUIRE(values == good_values(job, work));
    }

    static void check_sum(Job const& job, auto const& work, std::int64_t sum)
    {
        auto const values = good_values(job, work);
        REQUIRE(sum == std::accumulate(values.begin(), values.end(), std::int64_t{0}));
    }

    static void check_count(Job const& job, auto const& work, std::uint64_t count)
    {
        REQUIRE(count == good_values(job, work).size());
    }

    /// Each item that was tried is in a row, once for each attempt.
    void check_rows(Job const& job, std::size_t good) const
    {
        auto const& books = storm_.ledger().starmaps.at(job.number);
        REQUIRE(books.items == good + books.failures);
    }

    void check_may_fail(Job const& job, std::uint64_t item, bool killed) const
    {
        if (killed) return;
        auto const plan = job.plans.find(job.items.at(item));
        REQUIRE(plan != job.plans.end());
        REQUIRE(plan->second.runs > *job.options.retries);
    }

    void check_attempts(Job const& job, auto const& work) const
    {
        auto const retries = *job.options.retries;
        auto const bad = failed(work);
        auto const& books = storm_.ledger().starmaps.at(job.number);
        for (auto const& [item, failures] : books.failures_of) {
            REQUIRE(failures <= retries + 1);
            if (job.options.on_failure == OnFailure::collect && !stopped_)
                REQUIRE((failures == retries + 1) == bad.contains(item));
        }
        auto const undisturbed = !killed_ && !lost_ && !stopped_ && !left_;
        if (!job.each && job.options.on_failure == OnFailure::collect && undisturbed)
            check_runs(job, bad);
        for (auto const item : bad) {
            REQUIRE(books.failures_of.contains(item));
            if (job.options.on_failure == OnFailure::collect) check_may_fail(job, item, killed_);
        }
    }

    Totals& totals_;
    /// Where no item throws, nothing is run but what counts: a process that dies takes no result of
    /// an earlier item with it.
    void check_runs(Job const& job, std::set<std::uint64_t> const& bad) const
    {
        auto const throws = [](auto const& plan) { return plan.second.fate == Fate::throws; };
        if (std::any_of(job.plans.begin(), job.plans.end(), throws)) return;
        auto const& failures = storm_.ledger().starmaps.at(job.number).failures_of;
        for (std::uint64_t i = 0; i < job.items.size(); ++i) {
            auto const failed = failures.find(i);
            auto const expected =
                (failed == failures.end() ? 0 : failed->second) + (bad.contains(i) ? 0U : 1U);
            auto const runs = storm_.runs_of(job.items[i]);
            REQUIRE(runs == expected);
        }
    }

    std::mt19937_64 random_;
    Storm::Weather weather_;
    Storm storm_;
    bool killed_ = false;
    bool lost_ = false; ///< results, with the process that had made them
    bool stopped_ = false;
    bool left_ = false; ///< the last Starmap was left early
};

void run_schedule(std::uint64_t seed, Totals& totals)
{
    CAPTURE(seed);
    INFO("to run it alone: STARMAP_SCHEDULE="
         << seed << " tests/simulation/simulation -tc='*random schedules*'");
    Schedule(seed, totals).run();
}

} // namespace

TEST_CASE("ten thousand random schedules with deaths: each item ends once, and each run ends")
{
    Totals totals;
    if (auto const* const alone = std::getenv("STARMAP_SCHEDULE")) {
        run_schedule(std::strtoull(alone, nullptr, 10), totals);
        return;
    }
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) run_schedule(seed, totals);
    MESSAGE(totals.jobs << " Starmaps, " << totals.failures << " failed attempts, " << totals.kills
                        << " kills from outside, " << totals.moves << " moves, " << totals.raised
                        << " raised, " << totals.interrupted << " interrupted");
    // All that these schedules are for has happened.
    CHECK(totals.failures > schedules);
    CHECK(totals.kills > schedules / 10);
    CHECK(totals.moves > schedules / 100);
    CHECK(totals.raised > schedules / 100);
    CHECK(totals.interrupted > schedules / 1000);
}
