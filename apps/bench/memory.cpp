#include "benchmarks.hpp"
#include "peak_memory.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t long_input = 10'000'000;
constexpr double megabyte = 1e6;
constexpr double result_size = 100 * megabyte;

std::int64_t same_number(std::int64_t number) { return number; }

/// Its length is known to nobody before its end.
auto generator()
{
    return std::views::iota(std::int64_t{0}) |
           std::views::take_while([](std::int64_t number) { return number < long_input; });
}

struct Large {
    int pause = 0; ///< before it begins [ms]
    double cost = 1;
};

std::vector<double> large_result(Large const& large)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(large.pause));
    return std::vector<double>(static_cast<std::size_t>(result_size) / sizeof(double), 1.0);
}

/// A directory of its own for records, which can be as long as the input. Removed in the end.
class RecordFolder {
public:
    RecordFolder()
        : path_(std::filesystem::temp_directory_path() / fmt::format("bench-{}", ::getpid()))
    {
        std::filesystem::create_directory(path_);
    }
    RecordFolder(RecordFolder const&) = delete;
    RecordFolder& operator=(RecordFolder const&) = delete;
    ~RecordFolder()
    {
        std::error_code none;
        std::filesystem::remove_all(path_, none);
    }
    std::string record() const { return path_ / "task_info.h5"; }

private:
    std::filesystem::path path_;
};

enum class Record { none, written };

/// The most that rank 0 needs in any round, beside what is allowed: `limit` above what it had
/// before.
void show(Runner const& runner, std::string const& what, double limit, std::string const& reason,
          starmap::Settings settings, Record record,
          std::function<void(starmap::Session&)> const& work)
{
    MemoryUse most;
    for (int round = 0; round < runner.rounds; ++round) {
        RecordFolder const folder;
        if (record == Record::written) settings.task_info = folder.record();
        auto const use = memory_of([&] { runner.session(work, settings); });
        if (use.peak > most.peak) most = use;
    }
    if (runner.rank == 0)
        fmt::print("{:<34} peak RSS {:>5.0f} MB, {:>3.0f} of them before; limit {:>5.0f} MB: {}\n",
                   what, most.peak, most.before, most.before + limit, reason);
}

void show_long_inputs(Runner const& runner)
{
    // At most 32 MiB of rows wait, and as many are being written; 2^18 units are read ahead. The
    // rest is some MiB of messages for each worker, and what libraries load on first use.
    constexpr double rows = 2 * (32 << 20) / megabyte;
    constexpr double read_ahead = (1 << 18) * 2 * sizeof(std::int64_t) / megabyte;
    constexpr double rest = 32;
    constexpr auto* why = "rows of the record 67 MB, input read ahead, messages";
    for (bool const as_map : {false, true}) {
        show(runner, as_map ? "1e7 map items from a generator" : "1e7 tasks from a generator",
             rows + read_ahead + rest, why, Runner::quiet(), Record::written,
             [&](starmap::Session& session) {
                 auto const sum =
                     as_map ? session.map(starmap::fn<same_number>, generator()).reduce()
                            : session.starmap(starmap::fn<same_number>, generator()).reduce();
                 if (sum != long_input * (long_input - 1) / 2)
                     throw std::logic_error("The sum is wrong: tasks are missing.");
             });
    }
    show(runner, "endless input, left after 1e5", read_ahead + rest, "input read ahead, messages",
         Runner::quiet(), Record::none, [](starmap::Session& session) {
             std::int64_t taken = 0;
             auto const endless = std::views::iota(std::int64_t{0});
             for ([[maybe_unused]] auto const number :
                  session.map(starmap::fn<same_number>, endless).results())
                 if (++taken == 100'000) break;
         });
}

void consume_slowly(starmap::Session& session, starmap::Order order)
{
    // The one that all others wait for: it comes first in canonical order, and last of all.
    std::vector<Large> items(40);
    if (order == starmap::Order::canonical) items.front() = {.pause = 3000, .cost = 2};
    double sum = 0;
    for (auto const& result :
         session.starmap(starmap::fn<large_result>, items, {.weight = &Large::cost})
             .results(order)) {
        sum += result.back();
        std::this_thread::sleep_for(50ms);
    }
    if (sum != static_cast<double>(items.size())) throw std::logic_error("A result is missing.");
}

void show_large_results(Runner const& runner)
{
    for (auto const buffer : {starmap::Settings().result_buffer, std::size_t{16} << 20}) {
        auto settings = Runner::quiet();
        settings.result_buffer = buffer;
        auto const allowed = static_cast<double>(buffer) / megabyte;
        auto const name = starmap::humansize(buffer);
        // The consumer has one; one is taken in whatever the buffer, further ones if it allows.
        show(runner, fmt::format("100 MB results, buffer {}", name),
             allowed + 2 * result_size / megabyte, "the buffer and 2 results", settings,
             Record::none,
             [](starmap::Session& session) { consume_slowly(session, starmap::Order::arrival); });
        if (runner.workers == 1) continue; // results of one worker come in their order
        // What has begun when the buffer is full is finished all the same: two chunks a worker.
        auto const begun = 2 * runner.workers;
        show(runner, "the same, the heaviest last", allowed + begun * result_size / megabyte,
             fmt::format("the buffer and {} results begun", begun), settings, Record::none,
             [](starmap::Session& session) { consume_slowly(session, starmap::Order::canonical); });
    }
}

} // namespace

void show_memory(Runner const& runner)
{
    show_long_inputs(runner);
    show_large_results(runner);
}

} // namespace bench
