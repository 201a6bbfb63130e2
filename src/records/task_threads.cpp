#include "records/task_threads.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

namespace starmap::records {

namespace {

constexpr char const* variable = "OMP_NUM_THREADS";
bool is_set = false; // before any thread

using SetThreads = void (*)(int);
SetThreads openmp()
{
    // Looked for at run time, as Starmap itself needs no OpenMP.
    return reinterpret_cast<SetThreads>(::dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
}

} // namespace

std::uint32_t fair_threads(std::uint32_t usable, std::uint32_t node, std::uint32_t workers)
{
    workers = std::max(1U, workers);
    auto const all_have_own = std::uint64_t{usable} * workers <= node;
    return std::max(1U, all_have_own ? usable : usable / workers);
}

void set_task_threads(std::uint32_t count)
{
    char const* const present = std::getenv(variable);
    if (present == nullptr || *present == '\0')
        is_set = ::setenv(variable, std::to_string(count).c_str(), 1) == 0;
}

bool task_threads_are_set() noexcept { return is_set; }

void adopt_task_threads()
{
    auto const set = openmp();
    char const* const text = std::getenv(variable);
    if (set == nullptr || text == nullptr) return;
    std::string_view const digits = text;
    int count = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error == std::errc{} && end == digits.data() + digits.size() && count > 0) set(count);
}

bool has_openmp() { return openmp() != nullptr; }

} // namespace starmap::records
