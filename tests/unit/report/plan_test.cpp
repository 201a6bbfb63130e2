#include "report/plan.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace starmap;
using namespace starmap::report;
using doctest::Approx;

namespace {

RecordedRun recorded(std::vector<double> const& seconds, scheduling::Policy policy)
{
    RecordedStarmap starmap{.starmap = 1, .name = "work", .policy = policy, .tasks = {}};
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        starmap.tasks.push_back({i + 1, seconds[i], seconds[i], 1});
        starmap.useful += seconds[i];
    }
    RecordedRun run;
    run.starmaps.push_back(std::move(starmap));
    return run;
}

/// Without anything that messages cost.
PlanOptions const free_messages{.policy = {}, .message = 0, .latency = 0};

} // namespace

TEST_CASE("a plan: equal tasks, a long one, rank 0 alone")
{
    auto run = recorded(std::vector<double>(64, 1.0), scheduling::Policy::each);
    CHECK(Planner(run, free_messages).plan(1).seconds == Approx(64));
    auto const planned = Planner(run, free_messages).plan(16);
    CHECK(planned.seconds == Approx(4));
    CHECK(planned.busy_share == Approx(1));
    CHECK(planned.limit == "the work itself");
    run.serial = 8;
    CHECK(Planner(run, free_messages).plan(16).seconds == Approx(12));
    CHECK(Planner(run, free_messages).plan(16).limit == "rank 0 alone at work (8 s)");
    run.serial = 0;
    run.gap = 1; // each task keeps its worker waiting for a second
    CHECK(Planner(run, free_messages).plan(16).seconds == Approx(8));
    CHECK(Planner(run, free_messages).plan(16).limit == "waits between tasks (1 s each)");
    auto guided = run;
    guided.starmaps[0].policy = scheduling::Policy::guided;
    auto const chunks = Planner(guided, free_messages).plan(1); // longer by 1 s a chunk, not a task
    CHECK(chunks.seconds > 64);
    CHECK(chunks.seconds < 128);

    std::vector<double> seconds(40, 1.0);
    seconds[0] = 10;
    auto const uneven =
        Planner(recorded(seconds, scheduling::Policy::each), free_messages).plan(49);
    CHECK(uneven.seconds == Approx(10));
    CHECK(uneven.limit == "item 0 of \"work\" (10 s)");
    CHECK_THROWS_AS(Planner(RecordedRun{}, free_messages), UsageError);
}

TEST_CASE("a plan: the items of a chunk are taken apart, fixed blocks stay whole")
{
    auto run = recorded({8, 8}, scheduling::Policy::guided);
    for (auto& task : run.starmaps[0].tasks) task.items = 8;
    CHECK(Planner(run, free_messages).plan(16).seconds == Approx(1));
    run.starmaps[0].policy = scheduling::Policy::blocks;
    CHECK(Planner(run, free_messages).plan(16).seconds == Approx(8));
    auto as_each = free_messages;
    as_each.policy = scheduling::Policy::each;
    CHECK(Planner(run, as_each).plan(16).seconds == Approx(1));
    auto in_blocks = free_messages;
    in_blocks.policy = scheduling::Policy::blocks;
    CHECK(Planner(run, in_blocks).plan(2).seconds == Approx(8)); // ten blocks of one or two items
}

TEST_CASE("a plan: tasks that hold several cores")
{
    auto run = recorded(std::vector<double>(16, 1.0), scheduling::Policy::each);
    for (auto& task : run.starmaps[0].tasks) task.cores = 2;
    run.starmaps[0].useful *= 2;
    auto const planned = Planner(run, free_messages).plan(4);
    CHECK(planned.seconds == Approx(8));
    CHECK(planned.useful == Approx(32));
    CHECK(planned.busy_share == Approx(1));
    CHECK(planned.limit == "the work itself");
    // More cores than there are workers: all of them.
    CHECK(Planner(run, free_messages).plan(1).seconds == Approx(16));
    CHECK(Planner(run, free_messages).plan(1).busy_share == Approx(1));
    // Fixed blocks, and those that are asked for.
    run.starmaps[0].policy = scheduling::Policy::blocks;
    CHECK(Planner(run, free_messages).plan(4).seconds == Approx(8));
    auto as_blocks = free_messages;
    as_blocks.policy = scheduling::Policy::blocks;
    CHECK(Planner(run, as_blocks).plan(4).seconds == Approx(8));
}

TEST_CASE("the knee")
{
    auto const perfect = [](std::size_t workers) { return 1.0 / static_cast<double>(workers); };
    CHECK_FALSE(knee(perfect, 1000));
    // No more than 100 are of use: from 96 to 192 the gain is 4 %.
    auto const limited = [](std::size_t workers) {
        return 1.0 / static_cast<double>(std::min<std::size_t>(workers, 100));
    };
    CHECK(*knee(limited, 1000) == 96);
    CHECK_FALSE(knee(limited, 64));
    CHECK(*knee([](std::size_t) { return 1.0; }, 1) == 1);
}
