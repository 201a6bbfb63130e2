// A run with something of everything that task_info.h5 tells; check_record.py knows what it does.
#include <starmap/starmap.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

int wait_a_little(int milliseconds, starmap::Monitor& monitor)
{
    auto const timer = monitor("waiting");
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return milliseconds;
}
int refuse_three(int i)
{
    if (i == 3) throw std::domain_error("three is refused");
    return i;
}
int fail_once(int i, std::string const& folder)
{
    auto const mark = std::filesystem::path(folder) / std::to_string(i);
    if (i % 4 == 0 && !std::filesystem::exists(mark)) {
        std::ofstream{mark};
        throw std::runtime_error("not at the first attempt");
    }
    return i;
}
/// As a task does that runs another program: how that ended, and what it took.
int run_program(int i, starmap::Monitor& monitor)
{
    monitor.used(0.05, std::size_t{3} << 30);
    monitor.used(0.05, std::size_t{2} << 30);
    if (i % 4 == 1)
        monitor.outcome(starmap::TaskStatus::failed, 7, "exit code 7 of " + std::to_string(i));
    if (i % 4 == 2) monitor.outcome(starmap::TaskStatus::crashed, -11, "not at the first attempt");
    if (i % 4 == 2 && monitor.attempt() == 1) throw std::runtime_error("signal 11");
    if (i % 4 == 2) monitor.outcome(starmap::TaskStatus::ok, 0);
    return i;
}
std::size_t count(std::span<int const> items) { return items.size(); }
double half(int i) { return i / 2.0; }

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [](starmap::Session& session) {
        std::vector<int> numbers(20);
        std::iota(numbers.begin(), numbers.end(), 0);
        auto const weight = [](int i) { return 0.5 * i; };

        session.starmap(starmap::fn<wait_a_little>, numbers, {.weight = weight}).reduce();
        session
            .starmap(starmap::fn<refuse_three>, numbers,
                     {.on_failure = starmap::OnFailure::collect})
            .reduce();
        std::filesystem::create_directory("marks");
        session
            .map(starmap::fn<fail_once>, numbers, starmap::shared(std::string("marks")),
                 {.concurrent_tasks = 5, .retries = 1})
            .reduce();
        auto const all =
            session
                .starmap(starmap::fn<run_program>, numbers,
                         {.retries_by = [](int i) { return i % 4 == 2 ? 1U : 0U; },
                          .label = [](int i) { return "program " + std::to_string(i % 4); }})
                .reduce();
        if (all != 190) throw std::logic_error("a result is missing");
        session.apply(starmap::fn<count>, numbers, {.weight = weight, .concurrent_tasks = 6})
            .reduce();
        session.map(starmap::fn<half>, std::vector<int>(10'000, 1)).reduce();
        session.map(starmap::fn<half>, numbers, {.name = "_hidden"}).reduce();
    });
}
