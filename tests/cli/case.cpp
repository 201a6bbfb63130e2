// A user's program that does what its first argument says; the tests of this folder run it.
#include <starmap/starmap.hpp>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {
int openmp_threads = 0;
}

/// In place of the OpenMP library's, which this program does without.
extern "C" void omp_set_num_threads(int count);
void omp_set_num_threads(int count) { openmp_threads = count; }

namespace {

class CaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

int same(int i) { return i; }
int refuse_seven(int i)
{
    if (i == 7) throw CaseError("seven is refused");
    return i;
}
/// For whoever is to disturb it: a task has begun.
void say_working(starmap::Monitor const& monitor)
{
    if (monitor.task_no() == 1) std::cout << "working" << std::endl;
}

int sleep_long(int seconds)
{
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    return seconds;
}

int work_long(int seconds, starmap::Monitor& monitor)
{
    say_working(monitor);
    return sleep_long(seconds);
}

/// Works for ever, if it is let.
int watch_deadline(int i, starmap::Monitor& monitor)
{
    say_working(monitor);
    while (std::chrono::system_clock::now() < monitor.deadline())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    throw starmap::Interrupted("task " + std::to_string(i) + " has no time left");
}

std::string task_threads(int)
{
    return std::string(std::getenv("OMP_NUM_THREADS")) + '/' + std::to_string(openmp_threads);
}

std::vector<int> numbers(int n)
{
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

void answer(starmap::Session& session)
{
    std::cout << "answer " << session.map(starmap::fn<same>, numbers(101)).reduce() << std::endl;
}
void weigh(starmap::Session& session, double seventh)
{
    auto const weight = [seventh](int i) { return i == 7 ? seventh : 1.0; };
    session.map(starmap::fn<same>, numbers(20), {.weight = weight}).reduce();
}
/// Two long tasks a worker, so that all are at work when the first second has passed.
auto long_tasks(starmap::Session& session)
{
    return session.starmap(starmap::fn<work_long>,
                           std::vector<int>(2 * std::size_t{session.workers()}, 600));
}

using Case = std::function<int(starmap::Session&)>;

std::map<std::string, Case> const cases{
    {"answer",
     [](auto& session) {
         answer(session);
         return 0;
     }},
    {"keyed",
     [](auto& session) {
         auto const third = [](int i) { return i % 3; };
         session.map(starmap::fn<same>, numbers(100), {.name = "keyed", .key = third}).reduce();
         return 0;
     }},
    {"return_seven",
     [](auto& session) {
         answer(session);
         return 7;
     }},
    {"task_throws",
     [](auto& session) {
         session.starmap(starmap::fn<refuse_seven>, numbers(20), {.name = "sevens"}).reduce();
         return 0;
     }},
    {"task_throws_and_main_goes_on",
     [](auto& session) {
         try {
             session.map(starmap::fn<refuse_seven>, numbers(20)).reduce();
         } catch (starmap::TaskError const&) {
         }
         answer(session);
         return 0;
     }},
    {"main_throws", [](auto&) -> int { throw CaseError("main gives up"); }},
    {"main_throws_a_number", [](auto&) -> int { throw 42; }},
    {"main_throws_while_all_work",
     [](auto& session) -> int {
         // The first task is over at once; main gives up with all others at work.
         std::vector<int> seconds(1 + 2 * std::size_t{session.workers()}, 600);
         seconds.front() = 0;
         for (int const done : session.starmap(starmap::fn<sleep_long>, seconds))
             if (done == 0) throw CaseError("main gives up");
         return 0;
     }},
    {"negative_weight",
     [](auto& session) {
         weigh(session, -2.5);
         return 0;
     }},
    {"nan_weight",
     [](auto& session) {
         weigh(session, std::nan(""));
         return 0;
     }},
    {"work_long",
     [](auto& session) {
         long_tasks(session).wait();
         return 0;
     }},
    {"until_deadline",
     [](auto& session) {
         session.starmap(starmap::fn<watch_deadline>, numbers(10)).wait();
         return 0;
     }},
    {"until_deadline_and_main_ends_well",
     [](auto& session) {
         try {
             session.starmap(starmap::fn<watch_deadline>, numbers(10)).wait();
         } catch (starmap::Interrupted const&) {
             std::cout << "saved" << std::endl;
         }
         return 0;
     }},
    {"task_threads",
     [](auto& session) {
         for (auto const& text : session.starmap(starmap::fn<task_threads>, numbers(2)).collect())
             std::cout << text << std::endl;
         return 0;
     }},
    {"many_rows",
     [](auto& session) {
         auto const sum = session.starmap(starmap::fn<same>, numbers(100'000)).reduce();
         std::cout << "sum " << (sum != 0) << std::endl;
         return 0;
     }},
};

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        auto const found = argc < 2 ? cases.end() : cases.find(argv[1]);
        if (found == cases.end()) {
            std::cerr << "case: no such case\n";
            return 99;
        }
        return found->second(session);
    });
}
