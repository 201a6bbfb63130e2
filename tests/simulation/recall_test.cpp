// Work that is asked back, at every moment at which the question can come: each chunk is answered
// once, whatever crosses it.
#include "base/clock.hpp"
#include "roles/worker.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/kernel.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::detail;
namespace wire = starmap::wire;

namespace {

constexpr std::uint32_t job = 1;

/// What a task does, set by the test.
std::function<void(std::int64_t)> in_task;

std::int64_t run_hook(std::int64_t item)
{
    in_task(item);
    return item;
}
using Calls = MapKernel<starmap::Fn<run_hook>, std::int64_t>;

Bytes opening()
{
    wire::Open open;
    open.starmap = job;
    open.kernel = registration_of<Calls>.index();
    return wire::encode_opening(open, job, {}).joined();
}

Bytes welcome()
{
    return wire::encode(wire::Welcome{
        .worker = 0, .node = 0, .seed = 1, .run_start = 0, .soft_mem = 1e9, .hard_mem = 1e9});
}

/// A map chunk of ten items.
Bytes chunk(std::uint64_t number, std::uint64_t first = 0, double seconds = 0)
{
    Bytes items;
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < 10; ++i) values.push_back(i);
    encode(items, values);
    auto frame = wire::start_frame(wire::Kind::chunk, job);
    frame.put(wire::ChunkHead{
        .chunk = number, .first = first, .count = 10, .units = 1, .seconds = seconds});
    frame.put(UnitHead{.task_no = 1,
                       .index = 0,
                       .weight = 10,
                       .length = items.size(),
                       .items = 10,
                       .flags = unit_is_map});
    frame.append(items.data(), items.size());
    wire::seal(frame);
    return frame;
}

/// What the manager hears of a chunk: how many items were done, and whether it is let go.
struct Answer {
    std::uint64_t chunk = 0;
    std::uint32_t done = 0;
    bool last = false;
    bool operator==(Answer const&) const = default;
};
std::ostream& operator<<(std::ostream& out, Answer const& answer)
{
    return out << "chunk " << answer.chunk << ", done " << answer.done
               << (answer.last ? ", last" : "");
}

Answer answer_in(Bytes const& frame)
{
    ByteReader in(frame.view());
    REQUIRE(wire::read_header(in).kind == wire::Kind::result);
    auto const head = wire::read_result(in).head;
    return {head.chunk, head.done, head.last != 0};
}

/// A worker with the test in the place of its manager.
class Stage final : public starmap::transport::Transport {
public:
    Stage()
    {
        freeze_registry();
        in_task = [this](std::int64_t item) {
            tried.push_back(item);
            clock.advance(2e-3); // a worker looks for messages about once a millisecond
        };
        tell(welcome());
        tell(opening());
    }
    ~Stage() override { in_task = nullptr; }
    Stage(Stage const&) = delete;
    Stage& operator=(Stage const&) = delete;

    void tell(Bytes frame) { come.push_back(std::move(frame)); }
    void run()
    {
        while (worker.step()) {
        }
    }

    starmap::transport::Peer self() const override { return 1; }
    starmap::transport::Peer peers() const override { return 2; }
    void send(starmap::transport::Peer, Bytes frame) override
    {
        answers.push_back(answer_in(frame));
    }
    std::optional<starmap::transport::Incoming> poll() override
    {
        if (unsent_polls > 0 && --unsent_polls == 0 && when_sent) when_sent();
        if (come.empty()) return std::nullopt;
        auto frame = std::move(come.front());
        come.pop_front();
        return starmap::transport::Incoming{0, std::move(frame)};
    }
    std::size_t unsent() const override { return unsent_polls; }
    void wait(double seconds, std::span<int const>) override { clock.advance(seconds); }

    starmap::base::VirtualClock clock;
    std::deque<Bytes> come;
    std::vector<Answer> answers;
    std::vector<std::int64_t> tried;
    std::size_t unsent_polls = 0; ///< something is on its way out for so many polls
    std::function<void()> when_sent;
    starmap::roles::Worker worker{*this, 1, "test"};
};

} // namespace

TEST_CASE("a chunk that waits is given back whole, and the one before it is run")
{
    Stage stage;
    stage.tell(chunk(11));
    stage.tell(chunk(12, 10));
    stage.tell(wire::encode_recall(job, 12));
    stage.run();
    CHECK(stage.answers == std::vector<Answer>{{12, 0, true}, {11, 10, true}});
    CHECK(stage.tried.size() == 10);
}

TEST_CASE("the rest of a chunk that runs is given back, and what was done of it counts")
{
    Stage stage;
    in_task = [&, plain = in_task](std::int64_t item) {
        plain(item);
        if (item == 3) stage.tell(wire::encode_recall(job, 11));
    };
    stage.tell(chunk(11));
    stage.run();
    CHECK(stage.tried.size() >= 4);
    CHECK(stage.tried.size() < 10);
    auto const done = static_cast<std::uint32_t>(stage.tried.size());
    CHECK(stage.answers == std::vector<Answer>{{11, done, true}});
    // The next chunk is none of it.
    stage.tell(chunk(12, 10));
    stage.run();
    CHECK(stage.answers.back() == Answer{12, 10, true});
}

TEST_CASE("a recall that comes while the last results leave, before the chunk's first item")
{
    Stage stage;
    stage.unsent_polls = 20;
    stage.when_sent = [&] { stage.tell(wire::encode_recall(job, 11)); };
    stage.tell(chunk(11, 0, 1.0));
    stage.run();
    CHECK(stage.answers == std::vector<Answer>{{11, 0, true}});
    CHECK(stage.tried.empty());
}

TEST_CASE("a recall of what was reported, or of what nobody knows, is met with silence")
{
    Stage stage;
    stage.tell(chunk(11));
    stage.run();
    stage.tell(wire::encode_recall(job, 11));
    stage.tell(wire::encode_recall(job, 99));
    stage.run();
    CHECK(stage.answers == std::vector<Answer>{{11, 10, true}});
}

TEST_CASE("a recall and a cancel that cross are answered once")
{
    Stage stage;
    SUBCASE("the recall first")
    {
        stage.tell(chunk(11));
        stage.tell(wire::encode_recall(job, 11));
        stage.tell(wire::encode_plain(wire::Kind::cancel, job));
        stage.run();
    }
    SUBCASE("the cancel first")
    {
        stage.tell(chunk(11));
        stage.tell(wire::encode_plain(wire::Kind::cancel, job));
        stage.tell(wire::encode_recall(job, 11));
        stage.run();
    }
    SUBCASE("the recall after the answer to the cancel")
    {
        stage.tell(chunk(11));
        stage.tell(wire::encode_plain(wire::Kind::cancel, job));
        stage.run();
        stage.tell(wire::encode_recall(job, 11));
        stage.run();
    }
    SUBCASE("both while it runs")
    {
        in_task = [&, plain = in_task](std::int64_t item) {
            plain(item);
            if (item != 0) return;
            stage.tell(wire::encode_recall(job, 11));
            stage.tell(wire::encode_plain(wire::Kind::cancel, job));
        };
        stage.tell(chunk(11));
        stage.run();
        CHECK(stage.tried.size() < 10);
    }
    REQUIRE(stage.answers.size() == 1);
    CHECK(stage.answers[0].chunk == 11);
    CHECK(stage.answers[0].last);
}
