#include "peak_memory.hpp"

#include <malloc.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

/// A line of /proc/self/status that is a size [MB].
double status_of(std::string const& name)
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double kib = 0;
        if (word == name + ":" && status >> kib) return kib * 1024e-6;
    }
    throw std::runtime_error("/proc/self/status has no " + name +
                             " (it is Linux that counts): measure there");
}

void reset_peak()
{
    constexpr int peak_only = 5; // see proc(5)
    std::ofstream file("/proc/self/clear_refs");
    if (!(file << peak_only << std::flush))
        throw std::runtime_error("/proc/self/clear_refs cannot be written (the peak of memory is "
                                 "set back there): run where /proc is writable");
}

} // namespace

MemoryUse memory_of(std::function<void()> const& work)
{
    ::malloc_trim(0);
    reset_peak();
    MemoryUse use;
    use.before = status_of("VmRSS");
    work();
    use.peak = status_of("VmHWM");
    return use;
}

} // namespace bench
